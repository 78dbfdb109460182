import { bucketReader } from '../../adapters/operator/stored.ts';
import { unpackAside } from '../../adapters/unpack-aside.ts';
import { readSnapshotManifest } from '../../domain/backup/snapshot/read.ts';
import { isNamed } from '../../domain/errors.ts';
import { compareRuns } from '../../domain/history/compare-runs.ts';
import type { Interval } from '../../domain/history/damage.ts';
import type { RunItems } from '../../domain/history/run-items.ts';
import { readableRuns, restorableRuns } from '../../domain/history/runs.ts';
import type { KeptRunFacts } from '../../domain/history/runs.ts';
import { Victims } from '../../domain/history/victims.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import type { CliContext } from '../context.ts';
import { explained, isRefusedCall } from '../explain.ts';
import { readingStatus } from './reading-status.ts';

/** Whom an interval concerns, and by which runs that is known; `unknown` says why it is not. */
export type IntervalUsers =
  | { readonly victims: Victims; readonly from: string; readonly to: string; readonly skipped: readonly string[] }
  | { readonly unknown: string; readonly skipped: readonly string[] };

/** The newest sealed run at or before this one whose snapshot is whole: what a restore can bring back. */
export const restorableAt = (
  runs: readonly KeptRunFacts[],
  { runId }: { readonly runId: string },
): KeptRunFacts | undefined => restorableRuns(runs).find((run) => run.runId <= runId);

/** A snapshot of a run in one Region. */
interface Source {
  readonly runId: string;
  readonly region: string;
}

/**
 * Compares the snapshots around an interval, and these two only: of whichever Region has them, and of the next runs outside
 * where they were thinned out or are damaged.
 */
export async function usersOfInterval(
  context: CliContext,
  { installation, runs }: { readonly installation: Installation; readonly runs: readonly KeptRunFacts[] },
  { interval, percent }: { readonly interval: Interval; readonly percent: number },
): Promise<IntervalUsers> {
  const { earlier, later, findings } = interval;
  const before = sourcesOf(restorableRuns(runs).filter(({ runId }) => runId <= earlier.runId));
  const after = sourcesOf(
    readableRuns(runs)
      .filter(({ runId }) => runId >= later.runId)
      .reverse(),
  );
  const skipped: string[] = [];
  for (;;) {
    const [from] = before;
    const [to] = after;
    if (from === undefined || to === undefined)
      return {
        unknown: `no whole snapshot is kept ${from === undefined ? `of ${earlier.runId} or before` : `of ${later.runId} or after`}`,
        skipped,
      };
    const victims = new Victims(findings, percent, later.uncounted?.attributes);
    try {
      const [first, second] = [await itemsAt(context, installation, from), await itemsAt(context, installation, to)];
      await compareRuns(
        first,
        second,
        (difference) => victims.add(difference),
        readingStatus(context, 'Reading the snapshots'),
      );
      return { victims, from: from.runId, to: to.runId, skipped };
    } catch (error) {
      if (isRefusedCall(error)) return { unknown: 'the credentials may not read snapshots', skipped };
      const sources = [before, after].find(([source]) => isAbout(error, source));
      const damaged = sources?.shift();
      if (damaged === undefined) throw explained(`Comparison of ${from.runId} and ${to.runId}`, error);
      skipped.push(`${damaged.runId} in ${damaged.region}`);
    }
  }
}

const sourcesOf = (runs: readonly KeptRunFacts[]): Source[] =>
  runs.flatMap(({ runId, regions }) => regions.map((region) => ({ runId, region })));

/** Objects of two Regions are cut differently: each snapshot is read by the manifest that closes it. */
async function itemsAt(
  { clients }: CliContext,
  { regions }: Installation,
  { runId, region }: Source,
): Promise<RunItems> {
  const bucket = regions.find((one) => one.region === region)?.bucket ?? '';
  const objects = bucketReader(clients.s3(region), bucket);
  const manifest = await readSnapshotManifest(objects, runId);
  if (manifest === undefined) throw new Error(`The manifest of ${runId} has gone from ${bucket} meanwhile.`);
  return { manifest, objects, unpack: unpackAside };
}

const isAbout = (error: unknown, source: Source | undefined): boolean =>
  source !== undefined && isNamed(error, 'SnapshotDamaged') && (error as Error).message.includes(source.runId);
