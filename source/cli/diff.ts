import type { CommandDeclaration } from './command.ts';
import { wholeNumberBetween } from './given.ts';

/** `diff`: what differs between two runs, or a run and its pool. */
export const diffDeclaration: CommandDeclaration = {
  name: 'diff',
  summary: 'count what differs between two exports, or an export and the pool, and list it',
  description: [
    'Reads the snapshots of two kept runs, of whichever Region has them, and counts added, removed and changed users, groups and memberships, and the changed fields. Without a second run the newest sealed one is taken. The beginning of an id is enough. Who is concerned is printed with --users, and stands in the file that --save writes, which only you can read.',
    'The earlier one may be what adopt made of a table of the retired solution: what that never stored (dates, roles of groups) is left out of the comparison.',
    'With --pool the run is compared with the pool that it was made of, as that is now. The pool is listed with your credentials, at --tps calls per second, and nothing in it is changed. A pool that was restored has other subs: verify --pool compares that.',
  ],
  configure: (command) => {
    command
      .argument('<earlier>', 'id of the earlier run, or its beginning, such as 20261127')
      .argument('[later]', 'id of the later run; without it the newest sealed one')
      .option('--pool <pool>', 'compare with this pool as it is now; - reads it from standard input')
      .option(
        '--tps <number>',
        'calls to Cognito per second for --pool, 1 to 25 (default: 10)',
        wholeNumberBetween(1, 25),
      )
      .option('--users', 'print every difference: personal data')
      .option('--save <file>', 'write every difference to a CSV file: personal data');
  },
  examples: [
    ['diff 20261127', 'From that day to the newest run'],
    ['diff 20261126 20261127T0200 --save differences.csv', 'Who and what, into a file'],
    ['diff 20261127 --pool us-east-1_AbCdEfGhI --users', 'What has changed since, until this moment'],
  ],
  load: async () => (await import('./history/run-diff.ts')).runDiff,
};
