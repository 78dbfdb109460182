import { isNamed } from '../../errors.ts';
import type { Log, ObjectStore, TimeLeft } from '../../ports.ts';
import { restoreFolder, restorePrefix } from './plan-model.ts';
import { headKey } from './restore-head.ts';
import { selectionsPrefix } from './selection-keys.ts';

/**
 * Objects of restores that nothing works on any more. The bucket's lifecycle lets what carries this tag expire after
 * ReportRetentionDays, and all other state of restores after 180 days.
 */
export const CLOSED = { restore: 'closed' } as const;
const OPEN = { restore: 'open' } as const;

/** S3 lists a thousand keys per request. */
const BATCH = 1_000;
/** What must be left of the invocation for its answer. */
const RESERVE_MS = 60_000;

/** What the tagging of objects of closed restores needs. */
export interface ClosingDeps {
  readonly objects: Pick<ObjectStore, 'list' | 'tagAll'>;
  readonly timeLeft: TimeLeft;
  readonly log: Log;
}

interface Restore {
  readonly newUserPoolId: string;
  readonly restoreId: string;
}

/** Tags everything of a restore that is complete, or of a dry run that is reported. */
export const tagRestore = (deps: ClosingDeps, { newUserPoolId, restoreId }: Restore): Promise<void> =>
  tag(deps, restoreFolder(newUserPoolId, restoreId), () => true);

/** Takes the tag off again, so that nothing of a restore that goes on expires meanwhile. */
export const untagRestore = (deps: ClosingDeps, { newUserPoolId, restoreId }: Restore): Promise<void> =>
  tag(deps, restoreFolder(newUserPoolId, restoreId), () => true, OPEN);

/** Tags what earlier starts for the same pool left behind: plans that were never carried out, and dry runs. */
export const tagReplaced = (deps: ClosingDeps, { newUserPoolId, restoreId }: Restore): Promise<void> => {
  const kept = restoreFolder(newUserPoolId, restoreId);
  const selections = selectionsPrefix(newUserPoolId);
  return tag(
    deps,
    restorePrefix(newUserPoolId),
    (key) => !key.startsWith(kept) && !key.startsWith(selections) && key !== headKey(newUserPoolId),
  );
};

/**
 * The head object stays untagged: it holds nobody's data and says for 180 days that the pool was restored. A restore
 * never fails for want of tags: what has none keeps the longer retention, and the log says so.
 */
async function tag(
  { objects, timeLeft, log }: ClosingDeps,
  prefix: string,
  wanted: (key: string) => boolean,
  tags: Readonly<Record<string, string>> = CLOSED,
): Promise<void> {
  let tagged = 0;
  let keys: string[] = [];
  const flush = async (): Promise<void> => {
    await objects.tagAll(keys, tags);
    tagged += keys.length;
    keys = [];
  };
  try {
    for await (const key of objects.list(prefix)) {
      if (wanted(key)) keys.push(key);
      if (keys.length < BATCH) continue;
      if (timeLeft() < RESERVE_MS) break;
      await flush();
    }
    if (keys.length > 0 && timeLeft() >= RESERVE_MS) await flush();
  } catch (error) {
    if (!isNamed(error, 'AccessDenied', 'ServiceError', 'Unprocessed')) throw error;
    log.warn('Objects of a closed restore could not be tagged: they expire after 180 days', {
      prefix,
      errorName: (error as Error).name,
    });
    return;
  }
  if (keys.length > 0)
    log.warn('Not all objects of a closed restore were tagged in time: the others expire after 180 days', {
      prefix,
      tagged,
    });
  else if (tagged > 0) log.info('Objects of closed restores were tagged', { prefix, tagged });
}
