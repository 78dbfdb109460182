import { LATEST_KEY, manifestIn, manifestKey, NO_COUNTS, OPEN_KEY, openItem, runIdIn } from '../backup/manifest.ts';
import type { Counts, OpenMarker } from '../backup/manifest.ts';
import { Fault } from '../errors.ts';
import type { UserPoolDescription } from '../model.ts';
import type { BackupTable, Clock, ObjectStore, Random, UserPoolReader } from '../ports.ts';
import { checkSourcePool } from '../backup/source-pool.ts';
import { deletePlanPrefix } from './clean-up/delete-plan.ts';
import { isRemembered } from './clean-up/last-day.ts';
import { parseJson } from '../state/json-object.ts';
import { CALL_PERMIT_KEYS } from '../state/call-permit.ts';
import { EXPORTS_PREFIX, factsKey, findFacts, HEAD_KEY, RESUME_WINDOW_MS, runFolder, runHeadShape } from './run.ts';
import type { RunFacts, RunHead } from './run.ts';

/** What CheckUserPoolConfig needs. */
export interface CheckUserPoolConfigDeps {
  readonly pool: Pick<UserPoolReader, 'describe'>;
  readonly table: Pick<BackupTable, 'getItem' | 'putItemIf'>;
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'list' | 'deleteAll'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

interface Found {
  readonly head: RunHead | undefined;
  readonly facts: RunFacts | undefined;
  readonly latestRunId: string | undefined;
  readonly openRunId: string | undefined;
}

/**
 * CheckUserPoolConfig: the pool must be one that can be exported, then the run in progress is resumed if its last
 * checkpoint is at most an hour old (also one that was sealed and stopped before its end), else a new one begins. The
 * OPEN marker is in the table before anything else is.
 */
export async function checkUserPoolConfig(
  deps: CheckUserPoolConfigDeps,
  userPoolId: string,
): Promise<{ readonly runId: string; readonly resumed: boolean }> {
  const description = await deps.pool.describe(userPoolId);
  checkSourcePool(userPoolId, description.settings);
  const stored = await deps.objects.get(HEAD_KEY);
  const head = stored === undefined ? undefined : parseJson(HEAD_KEY, stored.body, runHeadShape);
  const found: Found = {
    head,
    facts: head === undefined ? undefined : await findFacts(deps.objects, head.runId),
    latestRunId: runIdIn(await deps.table.getItem(LATEST_KEY)),
    openRunId: runIdIn(await deps.table.getItem(OPEN_KEY)),
  };
  const now = new Date(deps.clock.now()).toISOString();
  const facts = resumable(found, description, deps.clock.now()) ?? (await newFacts(deps, found, description, now));
  const resumed = facts.runId === found.head?.runId;
  await deps.objects.put(factsKey(facts.runId), JSON.stringify(facts));
  const next: RunHead = { runId: facts.runId, startedAt: facts.startedAt, checkpointAt: now };
  await deps.objects.put(
    HEAD_KEY,
    JSON.stringify(next),
    stored === undefined ? { absent: true } : { etag: stored.etag },
  );
  // A run that was sealed and only lacks its end changes the table no more.
  const sealed = facts.runId === found.latestRunId;
  if (!sealed && found.openRunId !== facts.runId)
    await markOpen(deps.table, { runId: facts.runId, openedAt: now }, found.openRunId);
  if (!resumed) await dropOldRuns(deps, facts, found.openRunId);
  return { runId: facts.runId, resumed };
}

/** Puts the OPEN marker in place of the one that an interrupted run left. */
async function markOpen(
  table: Pick<BackupTable, 'getItem' | 'putItemIf'>,
  marker: OpenMarker,
  before: string | undefined,
): Promise<void> {
  if (await table.putItemIf(openItem(marker), before === undefined ? 'absent' : { attribute: 'runId', value: before }))
    return;
  // The answer to an own write may have been lost and the write repeated.
  if ((await table.getItem(OPEN_KEY))?.runId === marker.runId) return;
  throw new Fault(
    'ServiceError',
    `The OPEN marker of export run ${marker.runId} was not set: another run set its own meanwhile.`,
  );
}

function resumable({ head, facts }: Found, pool: UserPoolDescription, now: number): RunFacts | undefined {
  if (head === undefined || facts === undefined || head.closed !== undefined) return undefined;
  if (facts.userPoolId !== pool.id || now - Date.parse(head.checkpointAt) > RESUME_WINDOW_MS) return undefined;
  return { ...facts, settings: pool.settings };
}

async function newFacts(
  deps: Pick<CheckUserPoolConfigDeps, 'table' | 'random'>,
  found: Found,
  pool: UserPoolDescription,
  now: string,
): Promise<RunFacts> {
  const manifest =
    found.latestRunId === undefined ? undefined : await deps.table.getItem(manifestKey(found.latestRunId));
  const sealed = manifest === undefined ? undefined : manifestIn(manifest).counts;
  const unclosed = stoppedAtItsEnd(found);
  const untouched = found.openRunId === undefined || found.openRunId === found.latestRunId;
  const baseline: Counts | undefined = untouched
    ? (sealed ?? (found.latestRunId === undefined ? NO_COUNTS : undefined))
    : undefined;
  return {
    runId: newRunId(now, deps.random),
    startedAt: now,
    userPoolId: pool.id,
    settings: pool.settings,
    estimatedUsers: pool.estimatedNumberOfUsers,
    ...(baseline === undefined ? {} : { baseline }),
    ...(sealed === undefined ? {} : { sealed }),
    unsealedRuns: unsealedSince(found),
    ...(unclosed === undefined ? {} : { stoppedAtItsEnd: unclosed }),
  };
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

/** The run before, if it was not sealed, and those whose plans already counted together with it. */
const unsealedSince = ({ head, facts, latestRunId }: Found): string[] =>
  head === undefined || head.runId === latestRunId ? [] : [...(facts?.unsealedRuns ?? []), head.runId];

/** `20260301T000000Z-1a2b3c4d`: sorts by time, never twice the same. */
const newRunId = (now: string, random: Random): string =>
  `${now.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')}`;

/** Objects of earlier runs are of no more use, except what still counts for the guards. */
async function dropOldRuns(
  { objects, table, clock }: Pick<CheckUserPoolConfigDeps, 'objects' | 'table' | 'clock'>,
  facts: RunFacts,
  openRunId: string | undefined,
): Promise<void> {
  const keep = [
    HEAD_KEY,
    CALL_PERMIT_KEYS.ExportWorkflow,
    runFolder(facts.runId),
    ...facts.unsealedRuns.map(deletePlanPrefix),
  ];
  const unsealed = [facts.runId, openRunId];
  const old: string[] = [];
  for await (const key of objects.list(EXPORTS_PREFIX)) {
    if (keep.some((prefix) => key.startsWith(prefix))) continue;
    if (!(await isRemembered(table, key, { now: clock.now(), unsealed }))) old.push(key);
  }
  if (old.length > 0) await objects.deleteAll(old);
}
