import type { CommandDeclaration } from './command.ts';

/** `status`: how both Regions stand. */
export const statusDeclaration: CommandDeclaration = {
  name: 'status',
  summary: 'show how the backup stands in both Regions',
  description: [
    'Shows the last complete export and its age against the schedule, the replica, verifications, snapshots, what runs, and what needs a look. What could not be asked is shown as unknown.',
    'With --check it prints one line: OK ends with 0, WARNING with 3, CRITICAL with 5. Without it the exit code is 0, or 3 where something is unknown.',
  ],
  configure: (command) => {
    command.option('--check', 'print one line for monitoring: OK, WARNING or CRITICAL');
  },
  examples: [
    ['status', 'Both Regions, in full'],
    ['status --check', 'One line and an exit code, for a monitoring system'],
  ],
  load: async () => (await import('./status/run-status.ts')).runStatus,
};
