import type { Counts } from '../../backup/manifest.ts';
import type { ObjectStore } from '../../ports.ts';
import { VERIFICATIONS_PREFIX } from '../verify-event.ts';

/** Key of what the last verification of this Region said that found everything in order. */
export const LAST_KEY = `${VERIFICATIONS_PREFIX}last.json`;

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
}

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
