import type { CommandDeclaration } from './command.ts';

/** `diff`: what differs between two runs. */
export const diffDeclaration: CommandDeclaration = {
  name: 'diff',
  summary: 'count what differs between two exports, and list it on request',
  description: [
    'Reads the snapshots of two kept runs, of whichever Region has them, and counts added, removed and changed users, groups and memberships, and the changed fields. Without a second run the newest sealed one is taken. The beginning of an id is enough. Who is concerned stands in the file that --save writes, which only you can read.',
  ],
  configure: (command) => {
    command
      .argument('<earlier>', 'id of the earlier run, or its beginning, such as 20261127')
      .argument('[later]', 'id of the later run; without it the newest sealed one')
      .option('--save <file>', 'write every difference to a CSV file: personal data');
  },
  examples: [
    ['diff 20261127', 'From that day to the newest run'],
    ['diff 20261126 20261127T0200 --save differences.csv', 'Who and what, into a file'],
  ],
  load: async () => (await import('./history/run-diff.ts')).runDiff,
};
