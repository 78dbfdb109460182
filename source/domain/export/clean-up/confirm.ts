import { contentDigest } from '../../backup/hashing.ts';
import { isTooLarge, itemBytes } from '../../backup/item-size.ts';
import { itemKind, subOfKey, userKey } from '../../backup/items.ts';
import { KEPT_NAME } from '../../backup/snapshot/names.ts';
import { isDamaged, ItemTally } from '../../backup/tally.ts';
import { Fault, isNamed } from '../../errors.ts';
import { findInPages, withToken } from '../../listing/page-chain.ts';
import { FEDERATED_STATUS, signInAttributeOf } from '../../model.ts';
import type { PoolUser } from '../../model.ts';
import { itemOverStored } from '../page-items.ts';
import { Staging, stagedIn, stagedOver } from '../staging.ts';
import { readKeys } from './gone-keys.ts';
import { MetItems } from './met-items.ts';
import type { SeenByRun } from './seen.ts';
import type { CleanUp } from './state.ts';

/** Up to so many users that seem gone are looked up one by one; of more, only a sample. */
const CONFIRM_ALL = 1000;
const SAMPLE = 200;
/** Share of the sample that may turn out to exist before the whole listing is disbelieved. */
const DOUBTFUL = 0.02;
const LOOKUPS_AT_A_TIME = 4;

/**
 * ListUsers is no snapshot: a user that seems gone is looked up by `sub` before it is deleted. One that exists stays
 * as Cognito shows it now, with its memberships.
 */
export async function confirmGone(cleanUp: CleanUp, seen: SeenByRun): Promise<void> {
  const { state } = cleanUp.progress;
  const subs = await subsToConfirm(cleanUp);
  await lookUpAll(cleanUp, seen, subs);
  if (state.confirm.asked < subs.length) return;
  await requireBelievable(cleanUp, subs.length);
  state.phase = 'memberships';
  // The plan reads what was staged from its objects.
  await cleanUp.progress.save();
}

/** Asks for the users one by one until the slice is over; those who exist stay, or are staged where they changed. */
async function lookUpAll(cleanUp: CleanUp, seen: SeenByRun, subs: readonly string[]): Promise<void> {
  const { deps, progress, snapshot, sliceOver, run } = cleanUp;
  const { state } = progress;
  const tally = new ItemTally(state.stays, run.id);
  const staging = await Staging.load(deps.objects, state.staged);
  const met = new MetItems(state.met);
  await progress.gather([tally, staging, met], async () => {
    while (state.confirm.asked < subs.length && !sliceOver()) {
      const some = subs.slice(state.confirm.asked, state.confirm.asked + LOOKUPS_AT_A_TIME);
      const found = (await Promise.all(some.map((sub) => lookUp(cleanUp, sub)))).filter((user) => user !== undefined);
      const stored = await Promise.all(found.map(({ sub }) => deps.table.getItem(userKey(sub))));
      const signInAttribute = signInAttributeOf(run.facts.settings);
      const items = found.map((user, index) => itemOverStored(user, stored[index], signInAttribute, run.id));
      const present: string[] = [];
      for (const [index, item] of items.entries()) {
        const before = stored[index];
        const digest = before === undefined ? undefined : contentDigest(before);
        const isWhole = before !== undefined && digest !== undefined && !isDamaged(before, digest);
        const large = isTooLarge(item);
        // The table keeps what it has.
        if (large) state.tooLarge.found.push({ sub: subOfKey(item), bytes: itemBytes(item) });
        if (large && !isWhole) continue;
        if (large) state.tooLarge.kept.push(subOfKey(item));
        present.push(subOfKey(item));
        if (isWhole && (large || digest.toString('hex') === item.contentHash)) {
          tally.add(before, digest);
          snapshot?.add(KEPT_NAME, [before]);
        } else {
          if (digest !== undefined) met.add(stagedIn(seen.staged) + staging.items, { same: false, digest });
          staging.add([stagedOver(before, item)]);
        }
      }
      state.confirm.present.push(...present);
      state.confirm.asked += some.length;
      progress.saveIfDue();
    }
  });
}

async function subsToConfirm({ deps, progress }: CleanUp): Promise<string[]> {
  const { counts, parts } = progress.state.gone;
  const wanted = counts.users > CONFIRM_ALL ? SAMPLE : counts.users;
  const subs: string[] = [];
  if (wanted === 0) return subs;
  // The scan goes by the table's hash order, so that the first ones are a fair sample.
  for await (const key of readKeys(deps.objects, parts)) {
    if (itemKind(key) === 'user') subs.push(subOfKey(key));
    if (subs.length === wanted) break;
  }
  return subs;
}

/** The native user with this sub, if there is one. */
async function lookUp({ deps, run }: CleanUp, sub: string): Promise<PoolUser | undefined> {
  const filter = `sub = "${sub.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  try {
    return await findInPages<PoolUser, PoolUser>(
      (token) => deps.pool.listUsersPage(run.facts.userPoolId, { filter, ...withToken(token) }),
      (page) => page.find((found) => found.sub === sub && found.status !== FEDERATED_STATUS),
    );
  } catch (error) {
    if (!isNamed(error, 'FilterRefused')) throw error;
    deps.log.warn('Cognito refused the look-up of a user by sub; the listing alone decides.');
    return undefined;
  }
}

async function requireBelievable({ progress, run }: CleanUp, asked: number): Promise<void> {
  const { gone, confirm } = progress.state;
  if (gone.counts.users <= CONFIRM_ALL || confirm.present.length <= asked * DOUBTFUL) return;
  const reason = `The listing of the user pool missed users that exist (${confirm.present.length} of ${asked} looked up, ${gone.counts.users} seem gone): it cannot be trusted, so nothing was deleted and export run ${run.id} is not sealed. Start ExportWorkflow again.`;
  await run.abandon(reason);
  throw new Fault('BadState', reason);
}
