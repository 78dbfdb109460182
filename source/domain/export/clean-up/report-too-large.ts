import { tooLargeKey } from '../too-large.ts';
import type { SeenByRun } from './seen.ts';
import type { CleanUp } from './state.ts';

/** What the manifest counts: users of the pool whom the table cannot hold as they are. */
export interface TooLargeCounts {
  readonly tooLarge?: number;
  /** Of these, those whom the backup holds as an earlier export saw them. */
  readonly tooLargeKept?: number;
}

/** Users whom the listing, or the second look of the clean-up, showed as too large. */
const tooLargeUsers = ({ progress }: Pick<CleanUp, 'progress'>, seen: SeenByRun): SeenByRun['tooLarge'] => [
  ...new Map([...seen.tooLarge, ...progress.state.tooLarge.found].map((user) => [user.sub, user])).values(),
];

/** Counts for the manifest; no members where there is none. */
export function tooLargeCounts(cleanUp: Pick<CleanUp, 'progress'>, seen: SeenByRun): TooLargeCounts {
  const tooLarge = tooLargeUsers(cleanUp, seen).length;
  const tooLargeKept = cleanUp.progress.state.tooLarge.kept.length;
  return { ...(tooLarge === 0 ? {} : { tooLarge }), ...(tooLargeKept === 0 ? {} : { tooLargeKept }) };
}

/** Who they are goes to an object of its own: whoever reads messages must not learn it. */
export async function reportTooLarge(cleanUp: CleanUp, seen: SeenByRun): Promise<void> {
  const users = tooLargeUsers(cleanUp, seen);
  if (users.length === 0) return;
  const kept = new Set(cleanUp.progress.state.tooLarge.kept);
  await cleanUp.deps.objects.put(
    tooLargeKey(cleanUp.run.id),
    JSON.stringify(users.map(({ sub, bytes }) => ({ sub, bytes, inBackupAsBefore: kept.has(sub) }))),
  );
}
