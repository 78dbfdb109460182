import type { CommandDeclaration } from './command.ts';

/** `report`: who did not come back, by reason. */
export const reportDeclaration: CommandDeclaration = {
  name: 'report',
  summary: 'group the failures of a restore or the differences of a comparison by reason',
  description: [
    'Reads the report of the restore of a pool (--to), of single users or groups (--selection), of an execution, or else of the last restore. It prints counts only; who it is about stands in the file that --save writes, which only you can read.',
  ],
  configure: (command) => {
    command
      .argument('[execution]', 'ARN or name of a restore, dry run or verification; - reads it from standard input')
      .option('--to <pool>', 'the restore into this pool; - reads it from standard input')
      .option(
        '--selection <id>',
        'what restore-user, restore-group or undo of this id has done; - reads it from standard input',
      )
      .option('--save <file>', 'write the rows (failures.csv, differences.csv or results.csv) to a file: personal data')
      .option('--sub-map <file>', 'write old and new subs (sub-map.csv) to a file');
  },
  examples: [
    ['report', 'The last restore'],
    ['report --selection 20261127T120000Z-0a1b2c3d --save results.csv', 'What became of each user, into a file'],
    ['report --to us-east-1_AbCdEfGhI --save failures.csv', 'Who is concerned, into a file'],
  ],
  load: async () => (await import('./report/run-report.ts')).runReport,
};
