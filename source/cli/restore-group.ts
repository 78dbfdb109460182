import type { CommandDeclaration } from './command.ts';
import { withGroupRolesOption, withSelectionOptions } from './selection/selection-options.ts';

/** `restore-group`: single groups back into a living pool. */
export const restoreGroupDeclaration: CommandDeclaration = {
  name: 'restore-group',
  summary: 'bring groups with their members back into a living user pool',
  description: [
    'Makes a group that is gone again (without its IAM role, unless --group-roles gives it the one that your map names), and puts those of its members into it whom the pool has. Members who are gone are listed; --with-members brings them back, too. Nobody is taken out of a group.',
    'A group that the pool has stays as it is, its members included, unless --existing update: then its description and precedence are set, and members who are missing in it are added.',
  ],
  configure: (command) => {
    command
      .argument('[groups...]', 'name of a group; - reads them from standard input')
      .option('--with-members', 'also create members whom the pool does not have any more');
    withSelectionOptions(command, 'groups');
    withGroupRolesOption(command);
  },
  examples: [
    ['restore-group admins --to us-east-1_AbCdEfGhI --dry-run', 'What would be written'],
    ['restore-group admins --to us-east-1_AbCdEfGhI --with-members', 'The group, and members who were deleted'],
    ['restore-group admins --to us-east-1_AbCdEfGhI --group-roles', 'The group with the IAM role of your map'],
  ],
  load: async () => (await import('./selection/run-restore-group.ts')).runRestoreGroup,
};
