import type { CommandDeclaration } from './command.ts';
import { wholeNumberBetween } from './given.ts';

/** `drill`: rehearses a restore. */
export const drillDeclaration: CommandDeclaration = {
  name: 'drill',
  summary: 'rehearse a restore into a user pool that is made and deleted again',
  description: [
    'Starts DrillWorkflow and follows it: makes a pool like the one that is backed up, restores a sample of the backup, compares every field, measures, and deletes the pool.',
    'It writes to no other pool. Users who are restored may count as active this month; how many at most is told at the start.',
  ],
  configure: (command) => {
    command
      .option(
        '--users <number>',
        'how many users at most; 500 where it is not given',
        wholeNumberBetween(50, 10_000_000),
      )
      .option('--everybody', 'restore the whole backup')
      .option('--clean-up', 'only delete the pools that drills left behind which were killed')
      .option('--tps <number>', 'calls to Cognito per second, 1 to 25', wholeNumberBetween(1, 25))
      .option('--yes', 'restore everybody without a question');
  },
  examples: [
    ['drill', 'A sample, in the primary Region'],
    ['drill --region eu-west-1', 'The same in the backup Region'],
    ['drill --everybody --yes', 'The whole backup: how long does it take?'],
  ],
  load: async () => (await import('./executions/run-drill.ts')).runDrill,
};
