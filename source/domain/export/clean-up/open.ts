import { totalOf, sumOf } from '../../backup/counts.ts';
import type { OpenPlan } from '../../backup/manifest.ts';
import { PlannedChangesWriter } from '../../digests/planned-changes.ts';
import { markOpen } from '../open-marker.ts';
import { storeFederated } from './federated.ts';
import { manifestOf } from './manifest.ts';
import { isPut, keyOfLine } from './plan-batches.ts';
import type { SeenByRun } from './seen.ts';
import type { CleanUp } from './state.ts';
import { plannedLines, putPlan } from './stored-plan.ts';

/**
 * Makes the plan binding: its digests go into the table, so that a reader in any Region can tell every item from damage,
 * the plan as a whole into the bucket, and last the OPEN marker, from which on whoever comes completes it. Where nothing
 * changes there is nothing to be told.
 */
export async function openPlan(cleanUp: CleanUp, seen: SeenByRun, softwareVersion: string): Promise<void> {
  const { deps, run, progress } = cleanUp;
  const { state } = progress;
  const { plan } = state;
  const empty = totalOf(sumOf(sumOf(plan.added, plan.changed), plan.deleted)) === 0;
  await storeFederated(cleanUp);
  const open = empty ? undefined : await storeDigests(cleanUp);
  await putPlan(deps.objects, {
    facts: run.facts,
    manifest: manifestOf(cleanUp, seen, softwareVersion),
    batches: plan.batches,
    ...(open === undefined ? {} : { open }),
    usersSeen: seen.users,
  });
  // A superseded invocation stops here, before it opens anything.
  await progress.save();
  if (open !== undefined)
    await markOpen(deps.table, { runId: run.id, openedAt: new Date(deps.clock.now()).toISOString(), plan: open });
  state.phase = empty ? 'seal' : 'apply';
  await progress.save();
}

async function storeDigests({ deps, run, progress }: CleanUp): Promise<OpenPlan> {
  const writer = new PlannedChangesWriter();
  for await (const line of plannedLines({ objects: deps.objects, run }, progress.state.plan.batches)) {
    writer.add(keyOfLine(line), { before: line.before, after: isPut(line) ? line.item.contentHash : undefined });
    const full = writer.full(run.id);
    if (full.length > 0) await deps.table.putItems(full);
  }
  const { plan, items } = writer.stored(run.id);
  if (items.length > 0) await deps.table.putItems(items);
  return plan;
}
