import type { CommandDeclaration } from './command.ts';
import { wholeNumberBetween } from './given.ts';

/** `verify`: proves the backup. */
export const verifyDeclaration: CommandDeclaration = {
  name: 'verify',
  summary: 'read the whole backup of a Region, and compare a user pool with it',
  description: [
    'Starts VerifyWorkflow and follows it: in the Region of the pool, or else in that of --region. It changes neither the backup nor a pool.',
  ],
  configure: (command) => {
    command
      .option('--pool <pool>', 'also compare this user pool with the backup; - reads it from standard input')
      .option(
        '--percent <number>',
        "share of the snapshot's objects that are read, 1 to 100",
        wholeNumberBetween(1, 100),
      )
      .option('--tps <number>', 'calls to Cognito per second for --pool, 1 to 25', wholeNumberBetween(1, 25));
  },
  examples: [
    ['verify', 'The backup in the primary Region'],
    ['verify --region eu-west-1', 'The replica in the backup Region'],
    ['verify --pool us-east-1_AbCdEfGhI', 'After a restore: is everything there?'],
  ],
  load: async () => (await import('./executions/run-verify.ts')).runVerify,
};
