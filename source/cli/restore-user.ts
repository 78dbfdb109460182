import type { CommandDeclaration } from './command.ts';
import { withSelectionOptions } from './selection/selection-options.ts';

/** `restore-user`: single users back into a living pool. */
export const restoreUserDeclaration: CommandDeclaration = {
  name: 'restore-user',
  summary: 'bring single users back into a living user pool',
  description: [
    'Looks the users up in the kept exports (each in the newest that holds the user, unless --run or --at says otherwise), shows what differs between the pool and the backup, asks, and lets ImportWorkflow write it. Nobody else in the pool is touched, and no message goes to a user. A user is named by the sub, or by what people sign in with.',
    'Users whom the pool has are left as they are, unless --existing update: that sets what the backup holds and adds groups, and takes nothing away. What was overwritten can be put back: undo. An account that has the name of a user but is another one (another sub) is shown, and asked for singly; --yes does not answer that.',
    'Passwords are in no backup: who was created again sets a new one by "forgot password".',
  ],
  configure: (command) => {
    command.argument('[users...]', 'sub, username, e-mail address or phone number; - reads them from standard input');
    withSelectionOptions(command, 'users');
  },
  examples: [
    ['restore-user ann@example.com --to us-east-1_AbCdEfGhI --dry-run', 'What would be written'],
    ['restore-user ann@example.com --to us-east-1_AbCdEfGhI', 'A user who was deleted by mistake'],
    [
      'restore-user --from-file users.txt --to us-east-1_AbCdEfGhI --existing update --at 2026-11-27T12:00Z',
      'Users whom a script has damaged, as they were on 27 November at noon',
    ],
  ],
  load: async () => (await import('./selection/run-restore-user.ts')).runRestoreUser,
};
