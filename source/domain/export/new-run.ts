import { NO_COUNTS } from '../backup/manifest.ts';
import type { Counts, Manifest, OpenMarker } from '../backup/manifest.ts';
import type { PoolRecoveries, UserPoolDescription } from '../model.ts';
import type { Random } from '../ports.ts';
import type { RunFacts, RunHead } from './run.ts';
import { safeguardFacts } from './safeguards.ts';

/** What bucket, table and Cognito say before a run is chosen. */
export interface FoundBefore {
  /** The run in progress, and what it knows. */
  readonly head: RunHead | undefined;
  readonly facts: RunFacts | undefined;
  readonly latestRunId: string | undefined;
  readonly open: OpenMarker | undefined;
  readonly recoveries: PoolRecoveries;
}

/** The last sealed run: its counts, and its manifest as far as the table has it. */
export interface LastSealed {
  readonly counts?: Counts;
  readonly manifest?: Manifest;
}

/** What a run that begins now knows of its pool and of the runs before it. */
export function newRunFacts(
  random: Random,
  { last, ...found }: FoundBefore & { readonly last: LastSealed },
  pool: UserPoolDescription,
  now: string,
): RunFacts {
  const sealed = last.counts;
  const unclosed = stoppedAtItsEnd(found);
  const untouched = found.open === undefined || found.open.runId === found.latestRunId;
  const baseline: Counts | undefined = untouched
    ? (sealed ?? (found.latestRunId === undefined ? NO_COUNTS : undefined))
    : undefined;
  return {
    runId: newRunId(now, random),
    startedAt: now,
    userPoolId: pool.id,
    settings: pool.settings,
    estimatedUsers: pool.estimatedNumberOfUsers,
    ...(baseline === undefined ? {} : { baseline }),
    ...(sealed === undefined ? {} : { sealed }),
    unsealedRuns: unsealedSince(found),
    staged: found.latestRunId !== undefined || sealed !== undefined,
    ...(unclosed === undefined ? {} : { stoppedAtItsEnd: unclosed }),
    ...safeguardFacts({ pool, recoveries: found.recoveries, before: last.manifest }),
  };
}

/** The last sealed run, if it was stopped between its sealing and its end, and not resumed. */
const stoppedAtItsEnd = ({ head, facts, latestRunId }: FoundBefore): string | undefined =>
  head?.runId === latestRunId
    ? head?.closed === undefined
      ? head?.runId
      : undefined
    : facts?.stoppedAtItsEnd === latestRunId
      ? latestRunId
      : undefined;

/** Runs that may have changed the table and were not sealed: the one before, those that counted with it, and the one that OPEN names. */
function unsealedSince({ head, facts, latestRunId, open }: FoundBefore): string[] {
  const before = head === undefined || head.runId === latestRunId ? [] : [...(facts?.unsealedRuns ?? []), head.runId];
  const all = open === undefined || open.runId === latestRunId ? before : [...before, open.runId];
  return [...new Set(all)];
}

/** `20260301T000000Z-1a2b3c4d`: sorts by time, never twice the same. */
const newRunId = (now: string, random: Random): string =>
  `${now.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')}`;
