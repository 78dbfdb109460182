import { LATEST_KEY, manifestIn, manifestKey, NO_COUNTS, OPEN_KEY, openMarkerIn, runIdIn } from '../backup/manifest.ts';
import type { Counts, Manifest, OpenMarker } from '../backup/manifest.ts';
import type { PoolRecoveries, UserPoolDescription } from '../model.ts';
import type { BackupTable, Clock, ObjectStore, Random, UserPoolReader } from '../ports.ts';
import { withMfaSettings } from '../backup/pool-mfa.ts';
import { checkSourcePool } from '../backup/source-pool.ts';
import type { SourcePoolRules } from '../backup/source-pool.ts';
import { earlierPlanPrefix } from './clean-up/gone-keys.ts';
import { isRemembered } from './clean-up/last-day.ts';
import { donePrefix, planFolder } from './clean-up/plan-batches.ts';
import { findPlan } from './clean-up/stored-plan.ts';
import type { StoredPlan } from './clean-up/stored-plan.ts';
import type { ExportEvent } from './export-event.ts';
import { markOpen } from './open-marker.ts';
import { activeRecovery, recoveriesOrUnknown } from '../recovery/recoveries.ts';
import { requireWholePool } from './whole-pool.ts';
import { recoveredDuring, safeguardFacts } from './safeguards.ts';
import { cleanUpProgressKey } from './progress.ts';
import { parseJson } from '../state/json-object.ts';
import { CALL_PERMIT_KEYS } from '../state/call-permit.ts';
import {
  CHANGES_PREFIX,
  EXPORTS_PREFIX,
  factsKey,
  findFacts,
  HEAD_KEY,
  isStaged,
  isWithinWindow,
  runFolder,
  runHeadShape,
  SETTINGS_LOOKS_KEY,
  TAGGED_SNAPSHOTS_KEY,
} from './run.ts';
import type { RunFacts, RunHead } from './run.ts';

/** What CheckUserPoolConfig needs. */
export interface CheckUserPoolConfigDeps {
  readonly pool: Pick<UserPoolReader, 'describe' | 'mfaSettings' | 'recoveries'>;
  readonly table: Pick<BackupTable, 'getItem' | 'putItemIf'>;
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'list' | 'deleteAll'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

interface Found {
  readonly head: RunHead | undefined;
  readonly facts: RunFacts | undefined;
  readonly latestRunId: string | undefined;
  readonly open: OpenMarker | undefined;
  readonly recoveries: PoolRecoveries;
}

/** The last sealed run: its counts, and its manifest as far as the table has it. */
interface LastSealed {
  readonly counts?: Counts;
  readonly manifest?: Manifest;
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
  const found: Found = {
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
  const facts = resumable(found, description, clock.now()) ?? newFacts(deps, { ...found, last }, description, now);
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
  { head, facts, open, recoveries }: Found,
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

function newFacts(
  { random }: Pick<CheckUserPoolConfigDeps, 'random'>,
  { last, ...found }: Found & { readonly last: LastSealed },
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

/**
 * The last sealed run. Where the table has lost the pointer to it, the run in the bucket tells: a table that held
 * a sealed run is not written to as if it were new.
 */
async function lastSealed(
  table: Pick<BackupTable, 'getItem'>,
  { head, facts, latestRunId }: Found,
): Promise<LastSealed> {
  const runId = latestRunId ?? (head?.closed === 'sealed' ? head.runId : undefined);
  if (runId === undefined) return facts?.sealed === undefined ? {} : { counts: facts.sealed };
  const item = await table.getItem(manifestKey(runId));
  if (item === undefined) return {};
  const manifest = manifestIn(item);
  return { counts: manifest.counts, manifest };
}

/** The last sealed run, if it was stopped between its sealing and its end, and not resumed. */
const stoppedAtItsEnd = ({ head, facts, latestRunId }: Found): string | undefined =>
  head?.runId === latestRunId
    ? head?.closed === undefined
      ? head?.runId
      : undefined
    : facts?.stoppedAtItsEnd === latestRunId
      ? latestRunId
      : undefined;

/** Runs that may have changed the table and were not sealed: the one before, those that counted with it, and the one that OPEN names. */
function unsealedSince({ head, facts, latestRunId, open }: Found): string[] {
  const before = head === undefined || head.runId === latestRunId ? [] : [...(facts?.unsealedRuns ?? []), head.runId];
  const all = open === undefined || open.runId === latestRunId ? before : [...before, open.runId];
  return [...new Set(all)];
}

/** `20260301T000000Z-1a2b3c4d`: sorts by time, never twice the same. */
const newRunId = (now: string, random: Random): string =>
  `${now.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')}`;

/**
 * Objects of earlier runs are of no more use, except what still counts for the guards (the delete plans of earlier
 * versions among it), and the plan that OPEN names.
 */
async function dropOldRuns(
  { objects, table, clock }: Pick<CheckUserPoolConfigDeps, 'objects' | 'table' | 'clock'>,
  facts: RunFacts,
  openRunId: string | undefined,
): Promise<void> {
  const keep = [
    HEAD_KEY,
    CALL_PERMIT_KEYS.ExportWorkflow,
    TAGGED_SNAPSHOTS_KEY,
    SETTINGS_LOOKS_KEY,
    runFolder(facts.runId),
    ...facts.unsealedRuns.map(earlierPlanPrefix),
    ...(openRunId === undefined ? [] : [planFolder(openRunId)]),
  ];
  const unsealed = [facts.runId, openRunId];
  const old: string[] = [];
  for (const prefix of [EXPORTS_PREFIX, CHANGES_PREFIX])
    for await (const key of objects.list(prefix)) {
      if (keep.some((kept) => key.startsWith(kept))) continue;
      if (!(await isRemembered(table, key, { now: clock.now(), unsealed }))) old.push(key);
    }
  if (old.length > 0) await objects.deleteAll(old);
}
