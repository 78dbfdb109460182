import type { CommandDeclaration } from './command.ts';
import { withGroupRolesOption, withPoolChangeOptions } from './selection/selection-options.ts';

/** `undo`: takes back what restore-user or restore-group has overwritten. */
export const undoDeclaration: CommandDeclaration = {
  name: 'undo',
  summary: 'put back what restore-user or restore-group has overwritten',
  description: [
    'Puts the values back that stood in the pool before, where nobody has changed them since. Users and groups that were created stay, and are listed. It shows what it would write, and asks.',
  ],
  configure: (command) => {
    command
      .argument('<id>', 'id of the selection, as restore-user and restore-group print it')
      .option('--to <pool>', 'id of the user pool; else it is looked for by the id');
    withPoolChangeOptions(command);
    withGroupRolesOption(command);
  },
  examples: [
    ['undo 20261127T120000Z-0a1b2c3d --to us-east-1_AbCdEfGhI --dry-run', 'What would be put back'],
    ['undo 20261127T120000Z-0a1b2c3d', 'Put it back'],
  ],
  load: async () => (await import('./selection/run-undo.ts')).runUndo,
};
