import { countItem } from '../../backup/counts.ts';
import { keyDigest } from '../../backup/hashing.ts';
import { groupKey, groupOf, keyText, subOfKey, userKey } from '../../backup/items.ts';
import { isChangeDigests, manifestKey, settingsHashOfKey } from '../../backup/manifest.ts';
import { scanEnded, scanSegments } from '../../backup/scan-segments.ts';
import type { ScanSource } from '../../backup/scan-segments.ts';
import { segmentName } from '../../backup/snapshot/names.ts';
import { isDamaged, ItemTally } from '../../backup/tally.ts';
import { counted, number } from '../../counted.ts';
import { Fault } from '../../errors.ts';
import { DigestSet } from '../../digests/digest-set.ts';
import { digestsIn, readDigests } from '../../digests/ledger.ts';
import type { ItemKey, TableItem } from '../../ports.ts';
import { digested, markDamaged, requireUndamaged } from './damage.ts';
import type { Digested } from './damage.ts';
import type { SeenByRun } from './seen.ts';
import { GoneKeys } from './gone-keys.ts';
import { MetItems } from './met-items.ts';
import { StagedIndex } from './staged-index.ts';
import type { CleanUp, CleanUpDeps } from './state.ts';

/**
 * Reads the whole table, strongly consistent and in parallel segments: an item whose key the run saw stays and is
 * counted and goes into the snapshot, one that was staged with other content will be replaced, any other seems gone (a
 * membership whose user and group stay is doubtful), and one that stays but is damaged ends the run. Resumes segment by
 * segment.
 */
export async function findGone({ deps, run, progress, snapshot, sliceOver }: CleanUp, seen: SeenByRun): Promise<void> {
  const { state } = progress;
  const digests = new DigestSet(digestsIn(...seen.ledgers));
  for (const ledger of seen.ledgers) await readDigests(deps.objects, ledger, digests);
  const tooLarge = new Set(seen.tooLarge.map(({ sub }) => keyText(userKey(sub))));
  const staged = await StagedIndex.load(deps.objects, seen.staged);
  const writers = new Set([run.id, ...run.facts.unsealedRuns]);
  const tally = new ItemTally(state.stays, run.id);
  const gone = new GoneKeys(state.gone.parts);
  const doubtful = new GoneKeys(state.doubtful.parts);
  const met = new MetItems(state.met);
  const isDoubtful = (key: ItemKey): boolean =>
    digests.has(keyDigest(userKey(subOfKey(key)))) && digests.has(keyDigest(groupKey(groupOf(key))));

  /** True when the item stays as it is. */
  const stays = ({ item, digest }: Digested): boolean => {
    const ordinal = staged.find(item);
    if (ordinal !== undefined) {
      const same = digest.equals(staged.contentOf(ordinal)) && !isDamaged(item, digest);
      met.add(ordinal, { same, digest });
      return same;
    }
    if (isDamaged(item, digest)) state.damaged += 1;
    state.unstaged += 1;
    return true;
  };
  /** The pool has the user in a form that the table cannot hold: it keeps what it has. */
  const keep = ({ item, digest }: Digested, staying: TableItem[]): void => {
    state.tooLarge.kept.push(subOfKey(item));
    tally.add(item, digest);
    staying.push(item);
  };
  const seemsGone = ({ item, kind, digest }: Digested): void => {
    countItem(state.gone.counts, kind);
    gone.add(item, digest);
    if (kind !== 'membership' || !isDoubtful(item)) return;
    state.doubtful.count += 1;
    doubtful.add(item, digest);
  };
  const take = (found: readonly ScannedItem[], segment: number): void => {
    const staying: TableItem[] = [];
    for (const one of found) {
      if (one.kind === undefined) state.stale.push({ id: one.item.id, type: one.item.type });
      else if (tooLarge.has(keyText(one.item)) && !isDamaged(one.item, one.digest)) keep(one, staying);
      else if (!digests.has(keyDigest(one.item))) seemsGone(one);
      else if (stays(one)) {
        tally.add(one.item, one.digest);
        if (writers.has(String(one.item.changedIn))) countItem(state.writtenBefore, one.kind);
        staying.push(one.item);
      }
    }
    snapshot?.add(segmentName(segment), staying);
  };

  await progress.gather([gone, doubtful, met, tally], () =>
    scanSegments(scannedPages(deps.table, { runId: run.id, settings: state.settings?.hash }), state.segments, {
      take,
      afterPage: () => progress.saveIfDue(),
      stop: sliceOver,
    }),
  );
  if (!scanEnded(state.segments)) return;
  await requireUndamaged(run, state.damaged);
  await requireAllSeen(run, state.unstaged + staged.keys, digests.size);
  state.phase = 'confirm';
  // The next phases read the gone keys from their objects.
  await progress.save();
}

/** An item of the content, or one that another run left: digests of its plan, the pool's settings of that time. */
type ScannedItem = Digested | { readonly kind: undefined; readonly item: TableItem };

/** The table's pages as digested items; what is damaged among them has been marked. */
const scannedPages = (
  table: CleanUpDeps['table'],
  { runId, settings }: { readonly runId: string; readonly settings: string | undefined },
): ScanSource<ScannedItem> => ({
  scanPage: async (request) => {
    const page = await table.scanPage(request);
    const items = digested(page.items);
    await markDamaged(table, items);
    const left = page.items.filter((item) => {
      const hash = settingsHashOfKey(item);
      return hash === undefined ? isChangeDigests(item) && item.id !== manifestKey(runId).id : hash !== settings;
    });
    return { ...page, items: [...items, ...left.map((item) => ({ kind: undefined, item }))] };
  },
});

/** Everything that the run saw was staged or is as the table has it, so it must be in the table now. */
async function requireAllSeen(run: CleanUp['run'], found: number, expected: number): Promise<void> {
  if (found === expected) return;
  const reason = `The backup table lacks ${number(expected - found)} of the ${counted(expected, 'item')} that export run ${run.id} saw in the pool: something else changed the table meanwhile. Nothing was deleted and the run is not sealed. Start ExportWorkflow again: it writes what is missing.`;
  await run.abandon(reason);
  throw new Fault('BadState', reason);
}
