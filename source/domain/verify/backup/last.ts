import * as v from 'valibot';
import type { Counts } from '../../backup/manifest.ts';
import type { ObjectStore } from '../../ports.ts';
import { VERIFICATIONS_PREFIX } from '../verify-event.ts';

/** Key of what the last verification of this Region said that found everything in order. */
export const LAST_KEY = `${VERIFICATIONS_PREFIX}last.json`;

const verifiedRunShape = v.object({
  runId: v.string(),
  /** ISO 8601. */
  verifiedAt: v.string(),
  /** Share of the objects of its snapshot that were read. */
  percent: v.number(),
});
/** That a run was found in order. */
export type VerifiedRun = Readonly<v.InferOutput<typeof verifiedRunShape>>;

/** The last verification of this Region that found everything in order. */
export interface LastVerification {
  readonly runId: string;
  /** The last run that was verified with every object of its snapshot. */
  readonly wholeRunId?: string;
  /** ISO 8601. */
  readonly verifiedAt: string;
  readonly execution: string;
  readonly percent: number;
  readonly counts: Counts;
  readonly objects: { readonly read: number; readonly of: number };
  readonly notes: readonly string[];
  /** Whether the pool was guarded against deletion when the run began; absent where no run said so yet. */
  readonly deletionProtected?: boolean;
  /** Where the next verification of a share begins among a snapshot's objects, so that in time all are read. */
  readonly nextObject: number;
  /** The last verification of each run, the newest first; absent in what versions before 2.1 stored. */
  readonly runs?: readonly VerifiedRun[];
}

/** Runs whose verification is remembered: hourly ones of 41 days. */
const REMEMBERED = 1_000;

/** The last verification of each run, the newest first, as far as that is known. */
export const verifiedRuns = (last: LastVerification | undefined): readonly VerifiedRun[] => {
  if (last === undefined) return [];
  const { runs, ...stored } = last;
  if (v.is(v.array(verifiedRunShape), runs)) return runs;
  return v.is(verifiedRunShape, stored)
    ? [{ runId: stored.runId, verifiedAt: stored.verifiedAt, percent: stored.percent }]
    : [];
};

/** The same with one more, which takes the place of an earlier one of that run. */
export const withVerified = (last: LastVerification | undefined, verified: VerifiedRun): readonly VerifiedRun[] =>
  [verified, ...verifiedRuns(last).filter(({ runId }) => runId !== verified.runId)].slice(0, REMEMBERED);

/** Undefined where nothing was verified yet, or where the object is no longer readable: then everything is verified again. */
export async function readLast(objects: Pick<ObjectStore, 'get'>): Promise<LastVerification | undefined> {
  const stored = await objects.get(LAST_KEY);
  if (stored === undefined) return undefined;
  try {
    const last = JSON.parse(Buffer.from(stored.body).toString('utf8')) as Partial<LastVerification> | null;
    return typeof last?.runId === 'string' && Number.isSafeInteger(last.nextObject)
      ? (last as LastVerification)
      : undefined;
  } catch {
    return undefined;
  }
}
