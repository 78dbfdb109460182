import { LATEST_KEY, manifestIn, manifestKey, OPEN_KEY, openMarkerIn, runIdIn } from '../backup/manifest.ts';
import type { OpenMarker } from '../backup/manifest.ts';
import { withMfaSettings } from '../backup/pool-mfa.ts';
import { checkSourcePool } from '../backup/source-pool.ts';
import type { SourcePoolRules } from '../backup/source-pool.ts';
import type { PoolRecoveries, UserPoolDescription } from '../model.ts';
import type { BackupTable, Clock, ObjectStore, Random, UserPoolReader } from '../ports.ts';
import { activeRecovery, recoveriesOrUnknown } from '../recovery/recoveries.ts';
import { parseJson } from '../state/json-object.ts';
import { donePrefix } from './clean-up/plan-batches.ts';
import { findPlan } from './clean-up/stored-plan.ts';
import type { StoredPlan } from './clean-up/stored-plan.ts';
import { dropOldRuns } from './drop-old-runs.ts';
import type { ExportEvent } from './export-event.ts';
import { newRunFacts } from './new-run.ts';
import type { FoundBefore, LastSealed } from './new-run.ts';
import { markOpen } from './open-marker.ts';
import { cleanUpProgressKey } from './progress.ts';
import { factsKey, findFacts, HEAD_KEY, isStaged, isWithinWindow, runHeadShape } from './run.ts';
import type { RunFacts, RunHead } from './run.ts';
import { recoveredDuring } from './safeguards.ts';
import { requireWholePool } from './whole-pool.ts';

/** What CheckUserPoolConfig needs. */
export interface CheckUserPoolConfigDeps {
  readonly pool: Pick<UserPoolReader, 'describe' | 'mfaSettings' | 'recoveries'>;
  readonly table: Pick<BackupTable, 'getItem' | 'putItemIf'>;
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'list' | 'deleteAll'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

/** The run that the execution works for now. */
export interface ChosenRun {
  readonly runId: string;
  readonly resumed: boolean;
  /** Its plan was being applied when it was stopped: it is completed first, whatever the pool is like by now. */
  readonly completing: boolean;
}

/**
 * CheckUserPoolConfig: a run whose plan is open is completed before anything else. Otherwise the pool must be one that can
 * be exported; then the run in progress is resumed if its last checkpoint is at most an hour old (also one that was sealed
 * and stopped before its end), else a new one begins.
 */
export async function checkUserPoolConfig(
  deps: CheckUserPoolConfigDeps,
  { userPoolId, ...rules }: SourcePoolRules & { readonly userPoolId: string },
  { allowUnsettledRecovery }: Pick<ExportEvent, 'allowUnsettledRecovery'> = {},
): Promise<ChosenRun> {
  const { objects, table, clock } = deps;
  const stored = await objects.get(HEAD_KEY);
  const before = stored?.etag;
  const head = stored === undefined ? undefined : parseJson(HEAD_KEY, stored.body, runHeadShape);
  const latestRunId = runIdIn(await table.getItem(LATEST_KEY));
  const open = openMarkerIn(await table.getItem(OPEN_KEY));
  const now = new Date(clock.now()).toISOString();
  const left = await planLeftOpen(objects, open, latestRunId);
  if (left !== undefined) {
    await forgetEarlierEnd(objects, head, left.facts.runId);
    await begin(objects, left.facts, now, before);
    return { runId: left.facts.runId, resumed: true, completing: true };
  }
  const described = await deps.pool.describe(userPoolId);
  checkSourcePool(userPoolId, described.settings, rules);
  const description = await withMfaSettings(deps.pool, described);
  const found: FoundBefore = {
    head,
    facts: head === undefined ? undefined : await findFacts(objects, head.runId),
    latestRunId,
    open,
    recoveries: await recoveriesOrUnknown(deps.pool, userPoolId),
  };
  const last = await lastSealed(table, found);
  await requireWholePool(table, found.recoveries, {
    userPoolId,
    settled: last.manifest?.safeguards?.recovered ?? [],
    allowUnsettled: allowUnsettledRecovery === true,
  });
  const facts =
    resumable(found, description, clock.now()) ?? newRunFacts(deps.random, { ...found, last }, description, now);
  const resumed = facts.runId === head?.runId;
  await begin(objects, facts, now, before);
  // A run that was sealed and only lacks its end changes the table no more; one that stages opens only its plan.
  if (!isStaged(facts) && facts.runId !== latestRunId && open?.runId !== facts.runId)
    await markOpen(table, { runId: facts.runId, openedAt: now });
  if (!resumed) await dropOldRuns(deps, facts, open?.runId);
  return { runId: facts.runId, resumed, completing: false };
}

/** The plan that the OPEN marker names, if it can still be carried out; otherwise the pool is listed anew. */
async function planLeftOpen(
  objects: CheckUserPoolConfigDeps['objects'],
  open: OpenMarker | undefined,
  latestRunId: string | undefined,
): Promise<StoredPlan | undefined> {
  if (open?.plan === undefined || open.runId === latestRunId) return undefined;
  return findPlan(objects, open.runId);
}

/**
 * OPEN stands in the table although the bucket says that its run ended, or that another one came after it: the table was
 * put back to an earlier moment. What was done since is not in it, so that all of the plan is applied once more.
 */
async function forgetEarlierEnd(
  objects: Pick<ObjectStore, 'list' | 'deleteAll'>,
  head: RunHead | undefined,
  runId: string,
): Promise<void> {
  if (head === undefined || (head.runId === runId && head.closed === undefined)) return;
  const done = [cleanUpProgressKey(runId)];
  for await (const key of objects.list(donePrefix(runId))) done.push(key);
  await objects.deleteAll(done);
}

/** Makes it the run in progress. `before`: ETag of the object that names the one before. */
async function begin(
  objects: Pick<ObjectStore, 'put'>,
  facts: RunFacts,
  now: string,
  before: string | undefined,
): Promise<void> {
  await objects.put(factsKey(facts.runId), JSON.stringify(facts));
  const next: RunHead = { runId: facts.runId, startedAt: facts.startedAt, checkpointAt: now };
  await objects.put(HEAD_KEY, JSON.stringify(next), before === undefined ? { absent: true } : { etag: before });
}

function resumable(
  { head, facts, open, recoveries }: FoundBefore,
  pool: UserPoolDescription,
  now: number,
): RunFacts | undefined {
  if (head === undefined || facts === undefined || head.closed !== undefined) return undefined;
  // It could only go on to apply a plan that is gone.
  if (open?.plan !== undefined && open.runId === head.runId) return undefined;
  if (facts.userPoolId !== pool.id || !isWithinWindow(head, now)) return undefined;
  // What it has listed is of another moment.
  if (recoveredDuring(recoveries, facts.safeguards).length > 0 || isNewlyAllowed(recoveries, facts)) return undefined;
  return { ...facts, settings: pool.settings };
}

/** Somebody allows now what the run began without. */
function isNewlyAllowed(recoveries: PoolRecoveries, { safeguards }: RunFacts): boolean {
  const active = activeRecovery(recoveries);
  return active?.kind === 'unsettled' && safeguards?.recovered?.includes(active.id) !== true;
}

/**
 * The last sealed run. Where the table has lost the pointer to it, the run in the bucket tells: a table that held
 * a sealed run is not written to as if it were new.
 */
async function lastSealed(
  table: Pick<BackupTable, 'getItem'>,
  { head, facts, latestRunId }: FoundBefore,
): Promise<LastSealed> {
  const runId = latestRunId ?? (head?.closed === 'sealed' ? head.runId : undefined);
  if (runId === undefined) return facts?.sealed === undefined ? {} : { counts: facts.sealed };
  const item = await table.getItem(manifestKey(runId));
  if (item === undefined) return {};
  const manifest = manifestIn(item);
  return { counts: manifest.counts, manifest };
}
