import type { CommandDeclaration } from './command.ts';

/** `runs`: what is kept. */
export const runsDeclaration: CommandDeclaration = {
  name: 'runs',
  summary: 'list the exports that are kept, with their counts and what changed',
  description: [
    'Lists the kept runs of both Regions, the newest first: users, groups and memberships, how many were added, changed and deleted since the run before, in which Regions the snapshot is whole, and when VerifyWorkflow last found the run in order. Each sealed or refused run can be restored by its id. No users are read.',
  ],
  examples: [
    ['runs', 'All that is kept'],
    ['runs --json', 'The same for a program'],
  ],
  load: async () => (await import('./history/run-runs.ts')).runRuns,
};
