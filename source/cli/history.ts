import type { CommandDeclaration } from './command.ts';

/** `history`: what happened to one user. */
export const historyDeclaration: CommandDeclaration = {
  name: 'history',
  summary: 'show what changed of one user, and at which export',
  description: [
    'Looks for a user in all kept runs of both Regions, and tells at which run the user appeared, changed, joined or left a group, or vanished, with the old and the new values. Who is found by a name in one run is followed by the sub through all others.',
    'Snapshots of earlier versions have no index and are read whole: that takes its time in a large pool. Personal data, on your own terminal; nothing is stored.',
  ],
  configure: (command) => {
    command.argument('<user>', 'sub, username, e-mail address or phone number; - reads it from standard input');
  },
  examples: [
    ['history ana@example.com', 'What happened to her'],
    ['history - < name.txt', 'So that the name stands in no shell history'],
  ],
  load: async () => (await import('./history/run-history.ts')).runHistory,
};
