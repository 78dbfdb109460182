import { countItem, totalOf } from '../../backup/counts.ts';
import { keyDigest } from '../../backup/hashing.ts';
import { groupKey, groupOf, subOfKey, userKey } from '../../backup/items.ts';
import { scanEnded, scanSegments } from '../../backup/scan-segments.ts';
import type { ScanSource } from '../../backup/scan-segments.ts';
import { segmentName } from '../../backup/snapshot/names.ts';
import { isDamaged, ItemTally } from '../../backup/tally.ts';
import { Fault } from '../../errors.ts';
import { DigestSet } from '../../digests/digest-set.ts';
import { digestsIn, readDigests } from '../../digests/ledger.ts';
import type { ItemKey, TableItem } from '../../ports.ts';
import { digested, markDamaged, requireUndamaged } from './damage.ts';
import type { Digested } from './damage.ts';
import type { SeenByRun } from './seen.ts';
import { GoneKeys } from './delete-plan.ts';
import type { CleanUp, CleanUpDeps } from './state.ts';

/**
 * Reads the whole table, strongly consistent and in parallel segments: an item whose key the run saw stays and is
 * counted and goes into the snapshot, any other seems gone (a membership whose user and group stay is doubtful), and one
 * that stays but is damaged ends the run. Resumes segment by segment.
 */
export async function findGone({ deps, run, progress, snapshot, sliceOver }: CleanUp, seen: SeenByRun): Promise<void> {
  const { state } = progress;
  const digests = new DigestSet(digestsIn(...seen.ledgers));
  for (const ledger of seen.ledgers) await readDigests(deps.objects, ledger, digests);
  const tally = new ItemTally(state.stays, run.id);
  const gone = new GoneKeys(state.gone.parts);
  const doubtful = new GoneKeys(state.doubtful.parts);
  const isDoubtful = (key: ItemKey): boolean =>
    digests.has(keyDigest(userKey(subOfKey(key)))) && digests.has(keyDigest(groupKey(groupOf(key))));

  const take = (found: readonly Digested[], segment: number): void => {
    const staying: TableItem[] = [];
    for (const { item, kind, digest } of found) {
      if (digests.has(keyDigest(item))) {
        tally.add(item, digest);
        if (isDamaged(item, digest)) state.damaged += 1;
        staying.push(item);
      } else {
        countItem(state.gone.counts, kind);
        gone.add(item);
        if (kind === 'membership' && isDoubtful(item)) {
          state.doubtful.count += 1;
          doubtful.add(item);
        }
      }
    }
    snapshot?.add(segmentName(segment), staying);
  };

  await progress.gather([gone, doubtful, tally], () =>
    scanSegments(digestedPages(deps.table), state.segments, {
      take,
      afterPage: () => progress.saveIfDue(),
      stop: sliceOver,
    }),
  );
  if (!scanEnded(state.segments)) return;
  await requireUndamaged(run, state.damaged);
  await requireAllSeen(run, totalOf(state.stays.counts), digests.size);
  state.phase = 'confirm';
  // The next phases read the gone keys from their objects.
  await progress.save();
}

/** The table's pages as digested items; what is damaged among them has been marked. */
const digestedPages = (table: CleanUpDeps['table']): ScanSource<Digested> => ({
  scanPage: async (request) => {
    const page = await table.scanPage(request);
    const items = digested(page.items);
    await markDamaged(table, items);
    return { ...page, items };
  },
});

/** Everything that the run saw was written before, so it must be in the table now. */
async function requireAllSeen(run: CleanUp['run'], found: number, expected: number): Promise<void> {
  if (found === expected) return;
  const reason = `The backup table lacks ${expected - found} of the ${expected} items that export run ${run.id} saw in the pool: something else changed the table meanwhile. Nothing was deleted and the run is not sealed. Start ExportWorkflow again: it writes what is missing.`;
  await run.abandon(reason);
  throw new Fault('BadState', reason);
}
