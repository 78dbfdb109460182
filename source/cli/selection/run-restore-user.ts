import type { CommandAction } from '../context.ts';
import { askedSelection } from './asked-selection.ts';
import { changePool } from './change-pool.ts';
import { resolveUsers } from './resolve-users.ts';

/** Brings single users back into a living pool. */
export const runRestoreUser: CommandAction = async (context, asked) => {
  const selection = await askedSelection(context, 'users', asked);
  const { given, there } = selection;
  const { users, withoutRecovery } = await resolveUsers(context, there, selection);
  return changePool(context, there, {
    request: { users, groups: [], existing: given.existing },
    given,
    withoutRecovery,
  });
};
