import { performance } from 'node:perf_hooks';
import { callFigures } from '../call-figures.ts';
import type { Cell } from '../cells.ts';
import { functionMemory } from '../function-memory.ts';
import { limitOf } from '../limits.ts';
import { boundlessMean, checksOf } from '../phases.ts';
import { overlapOf, UPDATE_ACTIONS } from '../overlap.ts';
import { ADMINISTRATORS } from '../population.ts';
import type { CellResult, Milestones, Usage } from '../results.ts';
import type { VirtualCloud, WorkflowRun } from '../virtual/virtual-cloud.ts';

const MEMORY = functionMemory();

/**
 * Runs one cell on a virtual cloud; what has to come before it must have been run on the same one. `ordinaryCalls`: of a
 * cell with late filters, what the same cell took without.
 */
export async function compute(cloud: VirtualCloud, cell: Cell, ordinaryCalls?: number): Promise<CellResult> {
  const began = performance.now();
  cloud.cognito.knobs.filterAfterPaging = ordinaryCalls !== undefined;
  if (cell.churn !== undefined) cloud.source.churn(cell.churn);
  const run = cell.workflow === 'export' ? await cloud.export() : await cloud.import();
  if (cell.workflow === 'import') requireComplete(run);
  const times = cloud.meter.cognitoTimes();
  const mean = boundlessMean(cell, (...actions) => cloud.meter.cognitoTimes(...actions));
  const usage = usageOf(cloud, run);
  const limitSeconds = limitOf(cell, cloud.latencies.listing);
  const calls = callFigures(times, cloud.meter.count('throttled'), mean);
  const callSeconds = times.length === 0 ? 0 : ((times.at(-1) as number) - (times[0] as number)) / 1000;
  return {
    id: cell.id,
    title: cell.title,
    workflow: cell.workflow,
    how: 'computed',
    shape: cell.shape,
    callsPerSecond: cell.callsPerSecond,
    ...(cell.jobUsersPerSecond === undefined ? {} : { jobUsersPerSecond: cell.jobUsersPerSecond }),
    seconds: run.seconds,
    limitSeconds,
    calls,
    usage,
    ...(cell.workflow === 'import' ? { milestones: milestonesOf(cloud, run) } : {}),
    ...(cell.plannedItems === undefined || run.application === undefined ? {} : { application: run.application }),
    // The process holds the services too: the memory of functions is measured elsewhere.
    checks: checksOf(cell, {
      seconds: run.seconds,
      limitSeconds,
      maxInASecond: calls.maxInASecond,
      mean,
      throttled: calls.throttled,
      calls: calls.total,
      callSeconds,
      usage: { ...usage, peakMemoryMb: {} },
      application: run.application,
      ordinaryCalls,
    }),
    tookSeconds: (performance.now() - began) / 1000,
  };
}

function requireComplete({ output }: WorkflowRun): void {
  const { outcome } = output as { readonly outcome?: string };
  if (outcome !== 'complete') throw new Error(`the restore on virtual time ended as ${outcome ?? 'unknown'}`);
}

function milestonesOf(cloud: VirtualCloud, { startedAt }: WorkflowRun): Milestones {
  const lastJobEndedAt = Math.max(0, ...cloud.jobs.all.map(({ completed = '' }) => Date.parse(completed)));
  const since = (time: number): number => (time - startedAt) / 1000;
  const administrators = cloud.target.lastJoinAt.get(ADMINISTRATORS);
  return {
    ...overlapOf(cloud.meter.cognitoTimes(...UPDATE_ACTIONS), lastJobEndedAt, startedAt),
    everyUserExists: since(Math.max(lastJobEndedAt, cloud.target.lastCreatedAt)),
    ...(administrators === undefined ? {} : { administratorsBack: since(administrators) }),
  };
}

export function usageOf(
  { meter, invocations }: VirtualCloud,
  { transitions, historyEvents, largestPayload }: WorkflowRun,
): Usage {
  const functions = [...invocations.figures];
  const sum = (value: (figures: (typeof functions)[number][1], name: string) => number): number =>
    functions.reduce((total, [name, figures]) => total + value(figures, name), 0);
  return {
    dynamodbCalls: meter.sum('dynamodb.'),
    itemsWritten: meter.count('items.written') + meter.count('items.deleted'),
    writeUnits: meter.count('units.write'),
    readUnits: meter.count('units.read'),
    s3Writes: meter.count('s3.put') + meter.count('s3.list'),
    s3Reads: meter.count('s3.get'),
    sqsRequests: meter.sum('sqs.'),
    transitions,
    historyEvents,
    largestPayloadBytes: largestPayload,
    invocations: sum(({ invocations: count }) => count),
    coldStarts: sum(({ coldStarts }) => coldStarts),
    // The processor's time is that of the services too, and partly within the waits: an upper bound.
    gbSeconds: sum(({ seconds, cpuSeconds }, name) => ((seconds + cpuSeconds) * (MEMORY[name] ?? 128)) / 1024),
    peakMemoryMb: Object.fromEntries(functions.map(([name, { peakMemoryMb }]) => [name, Math.round(peakMemoryMb)])),
  };
}
