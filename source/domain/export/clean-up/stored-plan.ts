import * as v from 'valibot';
import { manifestShape, openPlanShape } from '../../backup/manifest.ts';
import { Fault, isNamed } from '../../errors.ts';
import type { ObjectStore } from '../../ports.ts';
import { countShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { putList, readList } from '../../state/stored-list.ts';
import { runFactsShape } from '../run.ts';
import type { Run } from '../run.ts';
import { planBatchShape, planFolder, readBatch } from './plan-batches.ts';
import type { PlanBatch, PlanLine } from './plan-batches.ts';

const storedPlanShape = (runId: string) =>
  v.object({
    facts: runFactsShape(runId),
    /** What is sealed once the plan is applied, but for the time. */
    manifest: manifestShape,
    batches: v.array(planBatchShape),
    /** What the OPEN marker says; absent when nothing changes. */
    open: v.exactOptional(openPlanShape),
    /** Users that the run saw in the pool, federated ones included. */
    usersSeen: countShape,
  });
/** Everything that it takes to apply a plan and to seal its run, also when nothing else of the run is left. */
export type StoredPlan = Stored<ReturnType<typeof storedPlanShape>>;

const planKey = (runId: string): string => `${planFolder(runId)}plan.json`;

/** Stores the plan; before its OPEN marker is in the table. */
export const putPlan = (objects: Pick<ObjectStore, 'put'>, plan: StoredPlan): Promise<void> =>
  putList(objects, planKey(plan.facts.runId), [plan]);

/** Fault BadState when it is missing or damaged. */
export async function readStoredPlan(objects: Pick<ObjectStore, 'get'>, runId: string): Promise<StoredPlan> {
  const [plan] = await readList(objects, planKey(runId), storedPlanShape(runId));
  if (plan === undefined)
    throw new Fault('BadState', `The plan of export run ${runId} cannot be used. Start ExportWorkflow again.`);
  return plan;
}

/** The plan, if it and all of its batches are there; undefined otherwise. */
export async function findPlan(
  objects: Pick<ObjectStore, 'get' | 'list'>,
  runId: string,
): Promise<StoredPlan | undefined> {
  try {
    const plan = await readStoredPlan(objects, runId);
    const there = new Set<string>();
    for await (const key of objects.list(planFolder(runId))) there.add(key);
    return plan.batches.every(({ key }) => there.has(key)) ? plan : undefined;
  } catch (error) {
    if (isNamed(error, 'BadState')) return undefined;
    throw error;
  }
}

/**
 * What `read` gives of the plan's objects. Where they are missing or damaged the plan and its run are given up, so that the
 * next start lists the pool anew: Fault BadState says so.
 */
export async function orGiveUp<T>(
  { objects, run }: { readonly objects: Pick<ObjectStore, 'get' | 'put'>; readonly run: Run },
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isNamed(error, 'BadState')) throw error;
    await putList(objects, planKey(run.id), []);
    const reason = `The plan of export run ${run.id} cannot be carried out, so the run is not sealed: ${(error as Error).message}`;
    await run.abandon(reason);
    throw new Fault('BadState', reason, { cause: error });
  }
}

/** The changes of these batches, in order; where one is missing or damaged the run is given up. */
export async function* plannedLines(
  { objects, run }: { readonly objects: Pick<ObjectStore, 'get' | 'put'>; readonly run: Run },
  batches: readonly PlanBatch[],
): AsyncGenerator<PlanLine, void, undefined> {
  for (const batch of batches) yield* await orGiveUp({ objects, run }, () => readBatch(objects, batch));
}
