import * as v from 'valibot';
import { forEachAtOnce } from '../concurrency.ts';
import type { BackupTable, ItemKey, TableItem } from '../ports.ts';
import { onlyRead } from '../state/shape.ts';
import { itemKeyShape } from './items.ts';

/** Segments of a scan of the whole table. */
const SEGMENTS = 8;

export const scanProgressShape = v.array(
  v.object({ start: v.exactOptional(onlyRead(itemKeyShape)), done: v.boolean() }),
);
/** How far a scan has come, segment by segment; part of checkpoints. */
export type ScanProgress = v.InferOutput<typeof scanProgressShape>;

/** A scan before its first page. */
export const newScan = (): ScanProgress => Array.from({ length: SEGMENTS }, () => ({ done: false }));
/** True when every segment has been read to its end. */
export const scanEnded = (segments: readonly { readonly done: boolean }[]): boolean =>
  segments.every(({ done }) => done);

/** Asks for one page of a segment. */
export type ScanRequest = Parameters<BackupTable['scanPage']>[0];

/** The table; or something around it that makes something else of its pages, or does what must be done before a page counts. */
export interface ScanSource<T> {
  scanPage(request: ScanRequest): Promise<{ readonly items: readonly T[]; readonly next?: ItemKey }>;
}

/** What becomes of the pages of a scan. */
export interface ScanUse<T> {
  /** Takes a page of one segment, at once: with it the segment moves on, so that a checkpoint holds all of a page or nothing of it. */
  readonly take: (items: readonly T[], segment: number) => void;
  /** Called when a segment has moved on; it reads no further before that has ended. */
  readonly afterPage: (segment: number) => void | Promise<void>;
  /** True when no further page is to be read. */
  readonly stop: () => boolean;
  /** Segments that are read at the same time, each page by page (1 MB); all when absent. */
  readonly atOnce?: number;
}

/** Reads the table on, strongly consistent, until `stop` or its end; `segments` always tells what was taken. */
export async function scanSegments<T = TableItem>(
  source: ScanSource<T>,
  segments: ScanProgress,
  { take, afterPage, stop, atOnce = segments.length }: ScanUse<T>,
): Promise<void> {
  await forEachAtOnce(segments.entries(), atOnce, async ([segment, at], failed) => {
    while (!at.done && !failed() && !stop()) {
      const { items, next } = await source.scanPage({
        segment,
        totalSegments: segments.length,
        consistent: true,
        ...(at.start === undefined ? {} : { start: at.start }),
      });
      take(items, segment);
      at.done = next === undefined;
      if (next !== undefined) at.start = next;
      await afterPage(segment);
    }
  });
}
