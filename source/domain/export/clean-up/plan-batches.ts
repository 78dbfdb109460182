import * as v from 'valibot';
import { counted } from '../../counted.ts';
import { Fault } from '../../errors.ts';
import type { ItemKey, ObjectStore, TableItem } from '../../ports.ts';
import { adviceFor } from '../../state/advice.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import { gzipLines, linesOfGzip } from '../../state/gzip-lines.ts';
import { countShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { CHANGES_PREFIX } from '../run.ts';
import { stagedItemShape } from '../staging.ts';
import type { StagedItem } from '../staging.ts';

/** Changes per batch: one object, one message. */
const BATCH_CHANGES = 1000;
/** As JSON, of which an item may take 400 KB. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** What one run is going to change lies below. */
export const planFolder = (runId: string): string => `${CHANGES_PREFIX}${runId}/`;
const batchPrefix = (runId: string): string => `${planFolder(runId)}batches/`;
/** The markers of the batches that were carried out, with the batches' names: they survive a crash, messages do not. */
export const donePrefix = (runId: string): string => `${planFolder(runId)}done/`;
/** Key of the marker of a batch. */
export const doneKey = (runId: string, { key }: PlanBatch): string =>
  donePrefix(runId) + key.slice(batchPrefix(runId).length);

export const planBatchShape = v.object({
  key: v.pipe(v.string(), v.startsWith(CHANGES_PREFIX)),
  changes: countShape,
});
/** A batch as a plan names it. */
export type PlanBatch = Stored<typeof planBatchShape>;

/** An item that is written; `before`: content digest (64 hex digits) of the one that it replaces; absent for a new one. */
export interface PlannedPut extends StagedItem {
  readonly before?: string;
}
/** An item that is deleted, and the content digest of what it holds. */
export interface PlannedDelete {
  readonly delete: ItemKey;
  readonly before: string;
}
/** One change of a plan. */
export type PlanLine = PlannedPut | PlannedDelete;

/** True for an item that is written. */
export const isPut = (line: PlanLine): line is PlannedPut => 'item' in line;

const lineShape = v.union([
  v.object({ ...stagedItemShape.entries, before: v.exactOptional(v.string()) }),
  v.object({ delete: v.object({ id: v.string(), type: v.string() }), before: v.string() }),
]);

/** Stores changes as batches; `from`: number of the first. The same changes always give the same objects. */
export async function storeBatches(
  objects: Pick<ObjectStore, 'put'>,
  runId: string,
  from: number,
  lines: readonly PlanLine[],
): Promise<readonly PlanBatch[]> {
  const batches: PlanBatch[] = [];
  let texts: string[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (texts.length === 0) return;
    const body = gzipLines(texts);
    const name = String(from + batches.length).padStart(6, '0');
    const key = keyWithDigest(batchPrefix(runId) + name, 'gz', body);
    await objects.put(key, body);
    batches.push({ key, changes: texts.length });
    [texts, bytes] = [[], 0];
  };
  for (const line of lines) {
    const text = JSON.stringify(line);
    texts.push(text);
    bytes += text.length + 1;
    if (texts.length === BATCH_CHANGES || bytes >= BATCH_BYTES) await flush();
  }
  await flush();
  return batches;
}

/** The changes of a batch; Fault BadState when it is missing or damaged. */
export async function readBatch(
  objects: Pick<ObjectStore, 'get'>,
  { key, changes }: PlanBatch,
): Promise<readonly PlanLine[]> {
  const stored = await objects.get(key);
  const lines =
    stored === undefined ? undefined : linesOfGzip({ key, body: stored.body, expected: changes }, lineShape);
  if (lines !== undefined) return lines;
  throw new Fault(
    'BadState',
    `The object ${key} is missing or damaged: it does not hold ${counted(changes, 'change')} of the plan. ${adviceFor(key)}`,
  );
}

/** The key of the item that a line changes. */
export const keyOfLine = (line: PlanLine): ItemKey => (isPut(line) ? keyOfItem(line.item) : line.delete);
const keyOfItem = ({ id, type }: TableItem): ItemKey => ({ id, type });
