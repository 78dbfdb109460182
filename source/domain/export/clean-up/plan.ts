import { keyDigest } from '../../backup/hashing.ts';
import { groupOf, itemKind, membershipItem, subOfKey, userKey } from '../../backup/items.ts';
import { countItem, noCounts, sumOf, totalOf } from '../../backup/counts.ts';
import type { Counts } from '../../backup/manifest.ts';
import { NO_COUNTS } from '../../backup/manifest.ts';
import { KEPT_NAME } from '../../backup/snapshot/names.ts';
import { ItemTally } from '../../backup/tally.ts';
import { Fault, Halt } from '../../errors.ts';
import type { ItemKey, TableItem } from '../../ports.ts';
import { writeChanged } from '../write-changed.ts';
import { DigestSet } from '../../digests/digest-set.ts';
import { digestsIn, readDigests } from '../../digests/ledger.ts';
import { deletePlanPrefix, isKept, onlyKept, readKeys, storePlan, withoutKept } from './delete-plan.ts';
import { deletedEarlier, refusals } from './guard.ts';
import type { SeenByRun } from './seen.ts';
import { keptIn } from './state.ts';
import type { CleanUp } from './state.ts';

/** How much a run may delete. */
export interface PlanOptions {
  readonly maxDeletePercent: number;
  readonly allowMassDelete: boolean;
}

/**
 * Decides what is deleted and stores it as batches: the plan is binding from then on. Halts UserPoolNotFound and
 * SourcePoolEmpty (an emptied or deleted pool never deletes anything, whatever is allowed) and MassDeleteRefused.
 */
export async function planDeletes(cleanUp: CleanUp, seen: SeenByRun, options: PlanOptions): Promise<void> {
  const { deps, run, progress, snapshot } = cleanUp;
  const { state } = progress;
  await deps.pool.describe(run.facts.userPoolId);
  await refuseEmptyPool(cleanUp, seen);
  const kept = keptIn(state);
  const goneKeys = (): AsyncIterable<ItemKey> => readKeys(deps.objects, state.gone.parts);
  const wouldDelete = await countKeys(withoutKept(goneKeys(), kept));
  const wouldKeep = await countKeys(onlyKept(goneKeys(), kept));
  if (totalOf(sumOf(wouldDelete, wouldKeep)) !== totalOf(state.gone.counts)) {
    throw new Fault(
      'BadState',
      `The key lists of export run ${run.id} do not hold the ${totalOf(state.gone.counts)} keys that the scan found; nothing was deleted. Start ExportWorkflow again.`,
    );
  }
  if (!options.allowMassDelete && totalOf(wouldDelete) > 0)
    await refuseMassDelete(cleanUp, seen, wouldDelete, kept, options.maxDeletePercent);

  const stays = structuredClone(state.stays);
  const tally = new ItemTally(stays, run.id);
  // Confirmed users are counted already; their memberships, and confirmed ones, are not yet.
  const memberships: TableItem[] = [];
  for await (const key of onlyKept(goneKeys(), kept)) {
    if (itemKind(key) !== 'membership') continue;
    const membership = membershipItem(subOfKey(key), groupOf(key), run.id);
    await writeChanged(deps.table, [membership]);
    const stored = (await deps.table.getItem(key)) ?? membership;
    tally.add(stored);
    memberships.push(stored);
  }
  tally.settle();
  state.plan = await storePlan(deps.objects, run.id, withoutKept(goneKeys(), kept));
  // From here to the save nothing waits: what is counted is in the snapshot too.
  state.stays = stays;
  snapshot?.add(KEPT_NAME, memberships);
  state.phase = 'delete';
  // Nothing is deleted before the plan's checkpoint is stored.
  await progress.save();
}

async function countKeys(keys: AsyncIterable<ItemKey>): Promise<Counts> {
  const counts = noCounts();
  for await (const key of keys) {
    const kind = itemKind(key);
    if (kind !== undefined) countItem(counts, kind);
  }
  return counts;
}

async function refuseEmptyPool({ run, progress }: CleanUp, seen: SeenByRun): Promise<void> {
  const { gone } = progress.state;
  const emptied =
    seen.users === 0 &&
    (gone.counts.users + gone.counts.memberships > 0 || (seen.groups === 0 && gone.counts.groups > 0));
  if (!emptied) return;
  const reason = `User pool ${run.facts.userPoolId} has no users any more, while the backup holds ${gone.counts.users} users, ${gone.counts.groups} groups and ${gone.counts.memberships} memberships that would have to be deleted. An empty pool never changes the backup. If the users were lost, restore them with ImportWorkflow; if the pool is empty on purpose, uninstall the solution.`;
  await run.abandon(reason);
  throw new Halt('SourcePoolEmpty', reason);
}

async function refuseMassDelete(
  cleanUp: CleanUp,
  seen: SeenByRun,
  wouldDelete: Counts,
  kept: ReadonlySet<string>,
  maxDeletePercent: number,
): Promise<void> {
  const { run, progress } = cleanUp;
  const { stays, gone } = progress.state;
  const refused = refusals({
    wouldDelete,
    earlier: await earlierDeletes(cleanUp, seen, kept),
    baseline: run.facts.sealed ?? sumOf(stays.counts, gone.counts),
    maxDeletePercent,
  });
  if (refused.length === 0) return;
  const reason = `Export run ${run.id} would delete ${refused.join(' and ')} from the backup, more than MaxDeletePercent (${maxDeletePercent} %) allows. Nothing was deleted and the run is not sealed. If these deletions are right, start ExportWorkflow with {"AllowMassDelete": true}; if not, restore the pool from the backup first.`;
  await run.abandon(reason);
  throw new Halt('MassDeleteRefused', reason);
}

async function earlierDeletes(
  { deps, run, progress }: CleanUp,
  seen: SeenByRun,
  kept: ReadonlySet<string>,
): Promise<Counts> {
  const { unsealedRuns } = run.facts;
  if (unsealedRuns.length === 0) return NO_COUNTS;
  const { gone, confirm } = progress.state;
  const inPool = new DigestSet(digestsIn(...seen.ledgers));
  for (const ledger of seen.ledgers) await readDigests(deps.objects, ledger, inPool);
  for (const sub of confirm.present) inPool.add(keyDigest(userKey(sub)));
  const planned = new DigestSet(totalOf(gone.counts));
  for await (const key of readKeys(deps.objects, gone.parts))
    (isKept(key, kept) ? inPool : planned).add(keyDigest(key));
  const batches = async function* (): AsyncIterable<string> {
    for (const runId of unsealedRuns) yield* deps.objects.list(deletePlanPrefix(runId));
  };
  return deletedEarlier(readKeys(deps.objects, batches()), inPool, planned);
}
