import type { CommandDeclaration } from './command.ts';
import { ANSWERS_FILE } from './deploy/launch-memory.ts';

/** `uninstall`: deletes the launch, and the backup itself only where that is asked for by name. */
export const uninstallDeclaration: CommandDeclaration = {
  name: 'uninstall',
  summary: 'delete a launch; the backup stays unless --delete-data',
  description: [
    'Deletes the main stack and with it everything in both Regions but the table, its replica and the buckets, which it lists. With --delete-data it deletes these too, with every version of every object, and the asset buckets that deploy has made: nothing can be restored afterwards. Whatever belongs to another launch stays.',
    'A command that was stopped goes on when it is started again.',
  ],
  configure: (command) => {
    command
      .option('--delete-data', 'also delete the backup: table, replica, buckets with all versions, asset buckets')
      .option('--confirm <stack>', "the stack's name once more, instead of typing it when asked; for --delete-data")
      .option('--answers <file>', 'file of the remembered answers', ANSWERS_FILE)
      .option('--yes', 'do not ask before the stack is deleted; --delete-data asks all the same');
  },
  examples: [
    ['uninstall', 'Delete the launch, keep the backup'],
    ['uninstall --stack Backup --delete-data --confirm Backup --yes', 'Delete everything, without questions'],
  ],
  load: async () => (await import('./uninstall/run-uninstall.ts')).runUninstall,
};
