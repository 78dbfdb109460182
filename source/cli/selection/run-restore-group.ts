import type { CommandAction } from '../context.ts';
import { askedSelection } from './asked-selection.ts';
import { changePool } from './change-pool.ts';
import { resolveGroups } from './resolve-groups.ts';
import type { SelectionGiven } from './selection-options.ts';

interface GroupGiven extends SelectionGiven {
  readonly withMembers?: true;
}

/** Brings groups with their members back into a living pool. */
export const runRestoreGroup: CommandAction = async (context, asked) => {
  const selection = await askedSelection<GroupGiven>(context, 'groups', asked);
  const { given, there } = selection;
  const groups = await resolveGroups(context, there, selection);
  return changePool(context, there, {
    request: { users: [], groups, existing: given.existing },
    given,
    withoutRecovery: new Set(),
    withMembers: given.withMembers === true,
  });
};
