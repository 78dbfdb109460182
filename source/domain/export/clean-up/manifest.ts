import { eachKind } from '../../backup/counts.ts';
import { SCHEMA_VERSION } from '../../backup/manifest.ts';
import type { Counts, Manifest } from '../../backup/manifest.ts';
import { isStaged } from '../run.ts';
import { tooLargeCounts } from './report-too-large.ts';
import type { SeenByRun } from './seen.ts';
import { snapshotOf } from './snapshot.ts';
import type { CleanUp } from './state.ts';

/** The manifest of the table as it is once the plan has been applied; it ends now. */
export function manifestOf({ deps, run, progress }: CleanUp, seen: SeenByRun, softwareVersion: string): Manifest {
  const { facts } = run;
  const { stays, plan, uncounted } = progress.state;
  const snapshot = snapshotOf(progress.state);
  const added = eachKind((kind) =>
    addedOf(kind, {
      final: stays.counts,
      written: stays.written,
      deleted: plan.deleted,
      baseline: facts.baseline,
      counted: isStaged(facts) ? plan.added : seen.added,
    }),
  );
  return {
    runId: run.id,
    userPoolId: facts.userPoolId,
    poolSettings: facts.settings,
    counts: { ...stays.counts },
    checksums: stays.checksums,
    added,
    changed: eachKind((kind) => stays.written[kind] - added[kind]),
    deleted: { ...plan.deleted },
    ...(uncounted === undefined ? {} : { uncounted }),
    skipped: {
      federatedUsers: seen.federatedUsers,
      federatedMemberships: seen.federatedMemberships,
      ...tooLargeCounts({ progress }, seen),
    },
    ...(facts.safeguards === undefined ? {} : { safeguards: facts.safeguards }),
    ...(progress.state.settings === undefined ? {} : { settings: progress.state.settings }),
    startedAt: facts.startedAt,
    endedAt: new Date(deps.clock.now()).toISOString(),
    softwareVersion,
    schemaVersion: SCHEMA_VERSION,
    ...(snapshot === undefined ? {} : { snapshot }),
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
 * New items among those that the run wrote. What the table held before and holds in the end gives the exact number, also
 * after crashes; where an interrupted run had left the table in between, what was counted on the way must do.
 */
function addedOf(kind: keyof Counts, { final, written, deleted, baseline, counted }: Change): number {
  const added = baseline === undefined ? counted[kind] : final[kind] - baseline[kind] + deleted[kind];
  return Math.min(Math.max(added, 0), written[kind]);
}
