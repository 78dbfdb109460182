import { compareRuns } from '../../domain/history/compare-runs.ts';
import type { Interval } from '../../domain/history/damage.ts';
import { goneFederated } from '../../domain/history/find-federated.ts';
import type { RunItems } from '../../domain/history/run-items.ts';
import { readableRuns, restorableRuns } from '../../domain/history/runs.ts';
import type { KeptRunFacts } from '../../domain/history/runs.ts';
import { Victims } from '../../domain/history/victims.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import type { CliContext } from '../context.ts';
import { explained, isRefusedCall } from '../explain.ts';
import { readingStatus } from './reading-status.ts';
import { fromUndamaged, placesOf } from './undamaged.ts';

/**
 * Whom an interval concerns, and by which runs that is known; `unknown` says why it is not. `skipped`: damaged snapshots,
 * `<run> in <region>`.
 */
export type IntervalUsers =
  | { readonly victims: Victims; readonly from: string; readonly to: string; readonly skipped: readonly string[] }
  | { readonly unknown: string; readonly skipped: readonly string[] };

/** What a restore can take: a sealed run, and the Regions that keep its snapshot whole, as far as is known. */
export type Restorable = Pick<KeptRunFacts, 'runId' | 'regions'>;

/**
 * The newest sealed run at or before this one whose snapshot is whole: what a restore can bring back; with `region` into a pool
 * that is there, since a restore reads the snapshots of its own Region. `damaged`: what was found to be so, `<run> in <region>`.
 */
export function restorableAt(
  runs: readonly KeptRunFacts[],
  { runId: last }: { readonly runId: string },
  { region, damaged }: { readonly region?: string; readonly damaged: ReadonlySet<string> },
): Restorable | undefined {
  for (const { runId, regions } of restorableRuns(runs)) {
    if (runId > last) continue;
    const whole = regions.filter((one) => !damaged.has(`${runId} in ${one}`));
    if (region === undefined ? whole.length > 0 : whole.includes(region)) return { runId, regions: whole };
  }
  return undefined;
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
  const before = restorableRuns(runs).filter(({ runId }) => runId <= earlier.runId);
  const after = readableRuns(runs)
    .filter(({ runId }) => runId >= later.runId)
    .reverse();
  try {
    const found = await fromUndamaged(
      [before, after].map((side) => placesOf(context, installation, side)),
      async ([first, second]) => {
        const victims = new Victims(findings, percent, later.uncounted?.attributes);
        await compareRuns(
          first as RunItems,
          second as RunItems,
          (difference) => victims.add(difference),
          readingStatus(context, 'Reading the snapshots'),
        );
        if (findings.some(({ kind }) => kind === 'federatedUsers'))
          await goneFederated(first as RunItems, second as RunItems, (user) => victims.addFederated(user));
        const [from = '', to = ''] = [first, second].map((run) => run?.manifest.runId);
        return { victims, from, to };
      },
    );
    const { skipped } = found;
    if ('result' in found) return { ...found.result, skipped };
    const none = found.lacking === 0 ? `of ${earlier.runId} or before` : `of ${later.runId} or after`;
    return { unknown: `no whole snapshot is kept ${none}`, skipped };
  } catch (error) {
    if (isRefusedCall(error)) return { unknown: 'the credentials may not read snapshots', skipped: [] };
    throw explained(`Comparison of ${earlier.runId} and ${later.runId}`, error);
  }
}
