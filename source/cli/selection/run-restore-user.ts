import type { CommandAction } from '../context.ts';
import { acceptedKeys, typedPool } from '../given.ts';
import { assertAskable } from './agree.ts';
import { assertPoolWritable } from './assert-pool-writable.ts';
import { changePool } from './change-pool.ts';
import { namesGiven } from './names-given.ts';
import { poolPlace } from './pool-place.ts';
import { resolveUsers } from './resolve-users.ts';
import { runsToSearch } from './runs-to-search.ts';
import type { SelectionGiven } from './selection-options.ts';

/** Brings single users back into a living pool. */
export const runRestoreUser: CommandAction = async (context, { args, options }) => {
  const given = options as unknown as SelectionGiven;
  assertAskable(context, given);
  const pool = await typedPool(context, '--to', given.to);
  const names = await namesGiven(context, { things: 'users', args, fromFile: given.fromFile });
  const there = await poolPlace(context, options, pool);
  await assertPoolWritable(context, pool, given);
  const { users, withoutRecovery } = await resolveUsers(
    context,
    there,
    names,
    await runsToSearch(context, there, given),
  );
  return changePool(context, there, {
    request: { users, groups: [], existing: given.existing },
    given,
    input: { ...(given.tps === undefined ? {} : { CognitoTPS: given.tps }), ...acceptedKeys(given.accept) },
    withoutRecovery,
  });
};
