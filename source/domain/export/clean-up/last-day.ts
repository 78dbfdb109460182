import { createHash } from 'node:crypto';
import { countItem, noCounts } from '../../backup/counts.ts';
import { KEY_DIGEST_BYTES, keyDigest } from '../../backup/hashing.ts';
import { itemKind } from '../../backup/items.ts';
import type { ItemKind } from '../../backup/items.ts';
import { manifestIn, manifestKey } from '../../backup/manifest.ts';
import type { Counts } from '../../backup/manifest.ts';
import { DigestTable } from '../../digests/digest-table.ts';
import { RecordBuffer } from '../../digests/record-buffer.ts';
import { Fault } from '../../errors.ts';
import type { BackupTable, ItemKey, ObjectStore } from '../../ports.ts';
import { adviceFor } from '../../state/advice.ts';
import { EXPORTS_PREFIX } from '../run.ts';

/**
 * What the guards remember of sealed runs: which items each of them deleted or overwrote, as digests, as far as that
 * counts towards later runs. A run stores its part before it is sealed, so that no crash in between loses it; the part of
 * a run counts once the table holds that run's manifest, towards the runs that begin within a day of its start.
 *
 * Object: SHA-256 of the records, then the records: key digest (16), what was done (1).
 */
const LAST_DAY_PREFIX = `${EXPORTS_PREFIX}last-day/`;
const ENDING = '.bin';
/** So long what a run took away counts towards later ones. */
export const DAY_MS = 24 * 3_600_000;
/** So much earlier than a day after the one before a daily run may begin. */
export const SCHEDULE_SLACK_MS = 5 * 60_000;
const SEAL_BYTES = 32;
const RECORD_BYTES = KEY_DIGEST_BYTES + 1;

/** Position is what stands in a record. */
const WHAT = [
  { how: 'deleted', kind: 'user' },
  { how: 'deleted', kind: 'membership' },
  { how: 'deleted', kind: 'group' },
  { how: 'changed', kind: 'user' },
  { how: 'changed', kind: 'group' },
] as const satisfies readonly { readonly how: 'deleted' | 'changed'; readonly kind: ItemKind }[];

/** One item that a run deleted or overwrote. */
export interface CountedItem {
  readonly how: 'deleted' | 'changed';
  readonly kind: ItemKind;
  /** See keyDigest. */
  readonly digest: Buffer;
}

/** What one run deletes and overwrites, as far as it counts. */
export class CountedItems {
  readonly #records = new RecordBuffer();
  readonly #counts = { deleted: noCounts(), changed: noCounts() };

  /** Each item is added once. A membership is deleted or stays: it holds no values. */
  add(how: CountedItem['how'], key: ItemKey): void {
    const kind = itemKind(key);
    const what = WHAT.findIndex((one) => one.how === how && one.kind === kind);
    if (kind === undefined || what < 0) return;
    this.#records.append(Buffer.concat([keyDigest(key), Buffer.of(what)]));
    countItem(this.#counts[how], kind);
  }

  get size(): number {
    return this.#records.length / RECORD_BYTES;
  }

  get deleted(): Counts {
    return this.#counts.deleted;
  }

  get changed(): Counts {
    return this.#counts.changed;
  }

  /** Tells of a digest whether its item is among them; to be asked for once all are. */
  lookUp(): (how: CountedItem['how'], digest: Buffer) => boolean {
    const records = this.#records.bytes();
    const byKey = new DigestTable(records, RECORD_BYTES);
    return (how, digest) => {
      const found = byKey.find(digest);
      return found !== undefined && WHAT[records[found * RECORD_BYTES + KEY_DIGEST_BYTES] as number]?.how === how;
    };
  }

  /** Stores them as the run's part; another part of the same run, which was not sealed with it, is replaced. */
  async remember(objects: Pick<ObjectStore, 'put'>, runId: string): Promise<void> {
    const records = this.#records.bytes();
    await objects.put(keyOf(runId), Buffer.concat([sealOf(records), records]));
  }
}

/** What the guards need to look back. */
export interface LookBack {
  readonly objects: Pick<ObjectStore, 'get' | 'list'>;
  readonly table: Pick<BackupTable, 'getItem'>;
}

/**
 * What other runs than `runId` deleted and overwrote that were sealed and began within a day before `now`, when this one
 * began; items of several runs come several times. From start to start: of two nightly runs the second one is judged less
 * than a day after the first one has ended.
 */
export async function* countedInLastDay(
  deps: LookBack,
  { runId, now }: { readonly runId: string; readonly now: number },
): AsyncGenerator<CountedItem, void, undefined> {
  for await (const key of deps.objects.list(LAST_DAY_PREFIX)) {
    const of = runOf(key);
    if (of === runId || !((await timeOf(deps.table, of, 'startedAt')) > now - DAY_MS + SCHEDULE_SLACK_MS)) continue;
    const stored = await deps.objects.get(key);
    if (stored === undefined) continue;
    yield* itemsIn(recordsIn(key, Buffer.from(stored.body)));
  }
}

/** True for a part that counts, or may still: its run was sealed within a day before `now`, or `unsealed` names it. */
export async function isRemembered(
  table: Pick<BackupTable, 'getItem'>,
  key: string,
  { now, unsealed }: { readonly now: number; readonly unsealed: readonly (string | undefined)[] },
): Promise<boolean> {
  if (!key.startsWith(LAST_DAY_PREFIX)) return false;
  const runId = runOf(key);
  return unsealed.includes(runId) || (await timeOf(table, runId, 'endedAt')) > now - DAY_MS;
}

const keyOf = (runId: string): string => `${LAST_DAY_PREFIX}${runId}${ENDING}`;
const runOf = (key: string): string => key.slice(LAST_DAY_PREFIX.length, -ENDING.length);
const sealOf = (records: Buffer): Buffer => createHash('sha256').update(records).digest();

/** When the run began, or was sealed; NaN for one that was not sealed. */
async function timeOf(table: LookBack['table'], runId: string, time: 'startedAt' | 'endedAt'): Promise<number> {
  const manifest = await table.getItem(manifestKey(runId));
  return manifest === undefined ? Number.NaN : Date.parse(manifestIn(manifest)[time]);
}

function recordsIn(key: string, body: Buffer): Buffer {
  const records = body.subarray(SEAL_BYTES);
  if (records.length % RECORD_BYTES === 0 && sealOf(records).equals(body.subarray(0, SEAL_BYTES))) return records;
  throw new Fault(
    'BadState',
    `The object ${key} is damaged: it does not hold what an export of the last 24 hours deleted and overwrote. ${adviceFor(key)}`,
  );
}

function* itemsIn(records: Buffer): Generator<CountedItem, void, undefined> {
  for (let at = 0; at < records.length; at += RECORD_BYTES) {
    const what = WHAT[records[at + KEY_DIGEST_BYTES] as number];
    if (what !== undefined) yield { ...what, digest: records.subarray(at, at + KEY_DIGEST_BYTES) };
  }
}
