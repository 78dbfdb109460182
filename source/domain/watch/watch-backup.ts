import { totalOf } from '../backup/counts.ts';
import { freshnessOf } from '../backup/freshness.ts';
import type { ExportFrequency, Freshness } from '../backup/freshness.ts';
import { LATEST_KEY } from '../backup/manifest.ts';
import type { Manifest } from '../backup/manifest.ts';
import { readSealedBackup } from '../backup/sealed-backup.ts';
import { newestComplete, snapshotFolders } from '../backup/snapshot/folders.ts';
import { undamagedManifest } from '../backup/snapshot/read.ts';
import { readLastDrill } from '../drill/report.ts';
import type { BackupTable, Clock, Log, ObjectStore } from '../ports.ts';
import { readLast } from '../verify/backup/last.ts';
import type { LookAtExports } from './exports.ts';
import type { Measure, Measured } from './metrics.ts';
import { readWatchState, WATCH_KEY } from './state.ts';
import type { WatchState } from './state.ts';

/** What a look needs. It reads the Region's own replica, so that it also works while the other Region is down. */
export interface WatchDeps {
  readonly table: Pick<BackupTable, 'getItem'>;
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'list'>;
  readonly measure: Measure;
  /** Where exports run. */
  readonly lookAtExports?: LookAtExports;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** What the stack says about the backup. */
export interface WatchSettings {
  readonly tableName: string;
  readonly frequency: ExportFrequency;
  /** Days for which snapshots are kept; 0: none are. */
  readonly retentionDays: number;
  /** Whether this Region verifies every sealed run by itself. */
  readonly verifies: boolean;
}

const DAY_MS = 24 * 3600 * 1000;

/**
 * Looks how old the backup of this Region is, and emits it as metrics. A table that cannot be read is an error: then no
 * metric comes, which the alarm takes for the worst.
 */
export async function watchBackup(deps: WatchDeps, settings: WatchSettings): Promise<WatchState> {
  const now = deps.clock.now();
  const before = await readWatchState(deps.objects);
  if (before === undefined) deps.log.info('First look at this launch', { key: WATCH_KEY });
  const launchedAt = before?.launchedAt ?? new Date(now).toISOString();
  const manifest = await sealedManifest(deps, settings.tableName);
  // A replica may show the pointer before the manifest; until that comes, the run before counts.
  const backup = manifest === undefined ? before?.backup : timesOf(manifest);
  const freshness = freshnessOf({
    frequency: settings.frequency,
    sealed: backup,
    launchedAt: Date.parse(launchedAt),
    now,
  });
  const unverified = settings.verifies && backup !== undefined ? await waiting(deps, before, backup) : undefined;
  const isNew = manifest !== undefined && manifest.runId !== before?.measuredRun;
  deps.measure({
    BackupAge: freshness.ageMs / 1000,
    BackupAgeRatio: freshness.ratio,
    ...(settings.verifies
      ? { UnverifiedAge: unverified === undefined ? 0 : Math.max(0, now - Date.parse(unverified.sealedAt)) / 1000 }
      : {}),
    ...(await snapshotAge(deps, { manifest, freshness, retentionDays: settings.retentionDays, now })),
    ...(isNew ? measuredOf(manifest) : {}),
    ...(await drillAge(deps, now)),
  });
  const exports = await deps.lookAtExports?.();
  const measuredRun = manifest?.runId ?? before?.measuredRun;
  const state: WatchState = {
    launchedAt,
    at: new Date(now).toISOString(),
    staleFrom: new Date(freshness.staleFrom).toISOString(),
    ...(backup === undefined ? {} : { backup }),
    ...(measuredRun === undefined ? {} : { measuredRun }),
    ...(unverified === undefined ? {} : { unverified }),
    ...(exports === undefined ? {} : { exports }),
  };
  // Last: a look that is made twice emits the same again, which changes no maximum.
  await deps.objects.put(WATCH_KEY, JSON.stringify(state));
  return state;
}

/** Of the last sealed run; undefined where none was ever sealed, or while the manifest has not arrived. */
async function sealedManifest({ table }: WatchDeps, tableName: string): Promise<Manifest | undefined> {
  if ((await table.getItem(LATEST_KEY)) === undefined) return undefined;
  return (await readSealedBackup(table, tableName)).manifest;
}

const timesOf = ({ runId, startedAt, endedAt }: Manifest): NonNullable<WatchState['backup']> => ({
  runId,
  startedAt,
  endedAt,
});

/** The first run since the last verified one, as far as looks saw them; undefined when the last sealed run is verified. */
async function waiting(
  { objects }: WatchDeps,
  before: WatchState | undefined,
  { runId, endedAt }: NonNullable<WatchState['backup']>,
): Promise<WatchState['unverified']> {
  const verified = (await readLast(objects))?.wholeRunId;
  if (verified === runId) return undefined;
  if (before?.unverified !== undefined && before.unverified.after === verified) return before.unverified;
  return { runId, sealedAt: endedAt, ...(verified === undefined ? {} : { after: verified }) };
}

/**
 * How old the newest snapshot is, against how long snapshots are kept, or the time within which the next one is due where
 * that is longer. Nothing while there is none: an export, or the verification in the backup Region, makes the first.
 */
async function snapshotAge(
  deps: WatchDeps,
  {
    manifest,
    freshness,
    retentionDays,
    now,
  }: {
    readonly manifest: Manifest | undefined;
    readonly freshness: Freshness;
    readonly retentionDays: number;
    readonly now: number;
  },
): Promise<Measured> {
  if (retentionDays === 0) return {};
  const begun = Date.parse((await newestSnapshot(deps, manifest))?.startedAt ?? '');
  if (Number.isNaN(begun)) return {};
  const allowedMs = Math.max(retentionDays * DAY_MS, freshness.allowedMs);
  return { SnapshotAgeRatio: Math.max(0, now - begun) / allowedMs };
}

/** For how long no drill was good; nothing before a first one was. */
async function drillAge({ objects }: WatchDeps, now: number): Promise<Measured> {
  const lastGood = Date.parse((await readLastDrill(objects))?.lastGoodAt ?? '');
  return Number.isNaN(lastGood) ? {} : { DrillAge: Math.max(0, now - lastGood) / 1000 };
}

/** A damaged one is told by VerifyWorkflow; here it is no snapshot. */
async function newestSnapshot({ objects }: WatchDeps, latest: Manifest | undefined): Promise<Manifest | undefined> {
  const ofLatest = latest === undefined ? undefined : await undamagedManifest(objects, latest.runId);
  if (ofLatest !== undefined) return ofLatest;
  const runId = await newestComplete(objects, await snapshotFolders(objects));
  return runId === undefined ? undefined : undamagedManifest(objects, runId);
}

/** What one sealed run tells once. */
const measuredOf = ({ counts, added, changed, deleted, startedAt, endedAt }: Manifest): Measured => ({
  Users: counts.users,
  Groups: counts.groups,
  Memberships: counts.memberships,
  Added: totalOf(added),
  Changed: totalOf(changed),
  Deleted: totalOf(deleted),
  ExportDuration: Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)) / 1000,
});
