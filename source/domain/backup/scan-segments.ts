import * as v from 'valibot';
import { inParallel } from '../listing/page-chain.ts';
import type { BackupTable, TableItem } from '../ports.ts';
import { onlyRead } from '../state/shape.ts';
import { itemKeyShape } from './items.ts';

/** Segments of a scan of the whole table; all are read at the same time, a page (1 MB) of each. */
const SEGMENTS = 8;

export const scanProgressShape = v.array(
  v.object({ start: v.exactOptional(onlyRead(itemKeyShape)), done: v.boolean() }),
);
/** How far a scan has come; part of a checkpoint. */
export type ScanProgress = v.InferOutput<typeof scanProgressShape>;

export const newScan = (): ScanProgress => Array.from({ length: SEGMENTS }, () => ({ done: false }));
export const scanEnded = (segments: ScanProgress): boolean => segments.every(({ done }) => done);

export interface ScanUse {
  /** Takes a page of one segment, at once: with it the segment moves on. */
  readonly take: (items: readonly TableItem[], segment: number) => void;
  /** May begin to store the progress. */
  readonly afterPage: () => void;
  /** True when no further page is to be read. */
  readonly stop: () => boolean;
}

/** Reads the table on, strongly consistent, until `stop` or its end; `segments` always tells what was taken. */
export async function scanSegments(
  table: Pick<BackupTable, 'scanPage'>,
  segments: ScanProgress,
  { take, afterPage, stop }: ScanUse,
): Promise<void> {
  const todo = [...segments.keys()].filter((segment) => segments[segment]?.done === false);
  await inParallel(
    todo.length,
    () => todo.shift(),
    async (segment, failed) => {
      const at = segments[segment] as ScanProgress[number];
      while (!at.done && !failed() && !stop()) {
        const page = await table.scanPage({
          segment,
          totalSegments: segments.length,
          consistent: true,
          ...(at.start === undefined ? {} : { start: at.start }),
        });
        take(page.items, segment);
        at.done = page.next === undefined;
        if (page.next !== undefined) at.start = page.next;
        afterPage();
      }
    },
  );
}
