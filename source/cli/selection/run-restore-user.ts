import type { CommandAction } from '../context.ts';
import { askedSelection } from './asked-selection.ts';
import { changePool } from './change-pool.ts';
import { resolveUsers } from './resolve-users.ts';

/** Brings single users back into a living pool. */
export const runRestoreUser: CommandAction = async (context, asked) => {
  const { given, names, there, searched } = await askedSelection(context, 'users', asked);
  const { users, withoutRecovery } = await resolveUsers(context, there, names, searched);
  return changePool(context, there, {
    request: { users, groups: [], existing: given.existing },
    given,
    withoutRecovery,
  });
};
