import type { BackupTable, Clock, ObjectStore } from '../ports.ts';
import { CALL_PERMIT_KEYS } from '../state/call-permit.ts';
import { earlierPlanPrefix } from './clean-up/gone-keys.ts';
import { isRemembered } from './clean-up/last-day.ts';
import { planFolder } from './clean-up/plan-batches.ts';
import {
  CHANGES_PREFIX,
  EXPORTS_PREFIX,
  HEAD_KEY,
  runFolder,
  SETTINGS_LOOKS_KEY,
  TAGGED_SNAPSHOTS_KEY,
} from './run.ts';
import type { RunFacts } from './run.ts';

/** What it takes to know which objects are of use, and to take the others away. */
export interface DropOldRunsDeps {
  readonly table: Pick<BackupTable, 'getItem'>;
  readonly objects: Pick<ObjectStore, 'list' | 'deleteAll'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Objects of earlier runs are of no more use, except what still counts for the guards (the delete plans of earlier
 * versions among it), and the plan that OPEN names.
 */
export async function dropOldRuns(
  { objects, table, clock }: DropOldRunsDeps,
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
