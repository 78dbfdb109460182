import { Option } from 'commander';
import { IMPORT_ACCEPTANCES } from '../domain/operator/inputs.ts';
import type { CommandDeclaration } from './command.ts';
import { atOption, snapshotOption, wholeNumberBetween, withAcceptances } from './given.ts';

/** `import`: brings the backup into a new pool. */
export const importDeclaration: CommandDeclaration = {
  name: 'import',
  summary: 'restore the backup into a new, empty user pool',
  description: [
    'Starts ImportWorkflow in the Region of the pool and follows it. The same command continues a restore that stopped. Ctrl-C lets go of it: the restore goes on, and attach follows it again.',
    'While the Region of the stack does not answer, a pool of the backup Region is enough.',
  ],
  configure: (command) => {
    command
      .requiredOption('--to <pool>', 'id of the new, empty user pool; - reads it from standard input')
      .addOption(new Option('--run <id>', 'export run to restore; else the last complete one').conflicts('at'))
      .addOption(atOption('the last run that was complete'))
      .option('--dry-run', 'tell what would come back, and write nothing to the pool')
      .option('--tps <number>', 'calls to Cognito per second, 1 to 25', wholeNumberBetween(1, 25))
      .option('--table <name>', 'another table of this stack: recovered, or of an earlier launch')
      .option('--group-roles', 'give groups the IAM roles of restores/<pool>/group-roles.json (GroupRoles is MAP)')
      .addOption(snapshotOption(['at', 'table']));
    withAcceptances(command, IMPORT_ACCEPTANCES);
  },
  examples: [
    ['import --to us-east-1_AbCdEfGhI --dry-run', 'What would come back'],
    ['import --to us-east-1_AbCdEfGhI', 'Restore the last complete export'],
    ['import --to us-east-1_AbCdEfGhI --at 2026-11-27T12:00Z', 'As it was on 27 November at noon'],
    ['import --to us-east-1_AbCdEfGhI --snapshot s3://my-vault/', 'From the copy in another account'],
    ['import --to eu-west-1_AbCdEfGhI --tps 25', 'In the backup Region, as fast as Cognito allows'],
  ],
  load: async () => (await import('./executions/run-import.ts')).runImport,
};
