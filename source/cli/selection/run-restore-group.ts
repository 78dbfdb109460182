import type { CommandAction } from '../context.ts';
import { acceptedKeys, typedPool } from '../given.ts';
import { assertAskable } from './agree.ts';
import { assertPoolWritable } from './assert-pool-writable.ts';
import { changePool } from './change-pool.ts';
import { namesGiven } from './names-given.ts';
import { poolPlace } from './pool-place.ts';
import { resolveGroups } from './resolve-groups.ts';
import { runsToSearch } from './runs-to-search.ts';
import type { SelectionGiven } from './selection-options.ts';

interface GroupGiven extends SelectionGiven {
  readonly withMembers?: true;
}

/** Brings groups with their members back into a living pool. */
export const runRestoreGroup: CommandAction = async (context, { args, options }) => {
  const given = options as unknown as GroupGiven;
  assertAskable(context, given);
  const pool = await typedPool(context, '--to', given.to);
  const names = await namesGiven(context, { things: 'groups', args, fromFile: given.fromFile });
  const there = await poolPlace(context, options, pool);
  await assertPoolWritable(context, pool, given);
  const groups = await resolveGroups(context, there, names, await runsToSearch(context, there, given));
  return changePool(context, there, {
    request: { users: [], groups, existing: given.existing },
    given,
    input: { ...(given.tps === undefined ? {} : { CognitoTPS: given.tps }), ...acceptedKeys(given.accept) },
    withoutRecovery: new Set(),
    withMembers: given.withMembers === true,
  });
};
