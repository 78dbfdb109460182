import {
  latestItem,
  manifestIn,
  manifestItem,
  manifestKey,
  NO_COUNTS,
  OPEN_KEY,
  SCHEMA_VERSION,
} from '../../backup/manifest.ts';
import type { Counts, Manifest } from '../../backup/manifest.ts';
import { putSnapshotManifest } from '../../backup/snapshot/write.ts';
import type { SeenByRun } from './seen.ts';
import { objectsOf } from './snapshot.ts';
import type { CleanUp, CleanUpState } from './state.ts';

/**
 * Seals the run by one transaction: manifest and pointer appear, the OPEN marker goes, together or not at all. Only then
 * the snapshot gets its manifest, without which it is none.
 */
export async function sealRun(
  { deps, run, progress }: CleanUp,
  seen: SeenByRun,
  softwareVersion: string,
): Promise<void> {
  const { state } = progress;
  const before = await deps.table.getItem(manifestKey(run.id));
  const manifest =
    before !== undefined
      ? manifestIn(before)
      : manifestOf(state, seen, { run, softwareVersion, now: deps.clock.now() });
  if (before === undefined) await deps.table.transact([manifestItem(manifest), latestItem(manifest)], [OPEN_KEY]);
  if (manifest.snapshot !== undefined) await putSnapshotManifest(deps.objects, manifest);
  state.phase = 'replica';
  await progress.save();
}

function manifestOf(
  state: CleanUpState,
  seen: SeenByRun,
  {
    run,
    softwareVersion,
    now,
  }: { readonly run: CleanUp['run']; readonly softwareVersion: string; readonly now: number },
): Manifest {
  const { facts } = run;
  const { stays, plan } = state;
  const objects = objectsOf(state);
  const deleted = plan?.counts ?? NO_COUNTS;
  const added = each((kind) =>
    addedOf(kind, {
      final: stays.counts,
      written: stays.written,
      deleted,
      baseline: facts.baseline,
      counted: seen.added,
    }),
  );
  return {
    runId: run.id,
    userPoolId: facts.userPoolId,
    poolSettings: facts.settings,
    counts: { ...stays.counts },
    checksums: stays.checksums,
    added,
    changed: each((kind) => stays.written[kind] - added[kind]),
    deleted: { ...deleted },
    skipped: { federatedUsers: seen.federatedUsers, federatedMemberships: seen.federatedMemberships },
    startedAt: facts.startedAt,
    endedAt: new Date(now).toISOString(),
    softwareVersion,
    schemaVersion: SCHEMA_VERSION,
    ...(objects === undefined ? {} : { snapshot: { objects } }),
  };
}

interface Change {
  readonly final: Counts;
  /** Items that carry this run's id. */
  readonly written: Counts;
  readonly deleted: Counts;
  readonly baseline: Counts | undefined;
  readonly counted: Counts;
}

/**
 * New items among those that the run wrote. What the table held before and holds now gives the exact number, also after
 * crashes; where an interrupted run had left the table in between, the steps' own count must do.
 */
function addedOf(kind: keyof Counts, { final, written, deleted, baseline, counted }: Change): number {
  const added = baseline === undefined ? counted[kind] : final[kind] - baseline[kind] + deleted[kind];
  return Math.min(Math.max(added, 0), written[kind]);
}

const each = (value: (kind: keyof Counts) => number): Counts => ({
  users: value('users'),
  groups: value('groups'),
  memberships: value('memberships'),
});
