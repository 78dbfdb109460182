import type { CallRecord } from '../../local-cloud/index.ts';
import { callFigures } from '../call-figures.ts';
import type { Cell } from '../cells.ts';
import { limitOf } from '../limits.ts';
import { boundlessMean, checksOf } from '../phases.ts';
import { overlapOf, UPDATE_ACTIONS } from '../overlap.ts';
import type { CellResult, Usage } from '../results.ts';
import { coldStarts } from './cold-starts.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';
import type { BenchCloud, Launch } from './bench-cloud.ts';
import { historyOf } from './history.ts';
import type { History } from './history.ts';
import { overheadsOf } from './overheads.ts';
import type { InstanceFunction } from './instance-functions.ts';

/** Billed as writes. */
const S3_WRITES = [
  'PutObject',
  'PutObjectTagging',
  'ListObjectsV2',
  'CreateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
];

/** An execution that has ended. */
export interface CellRun {
  readonly executionArn: string;
  readonly startedAt: number;
  readonly seconds: number;
  readonly milestones?: CellResult['milestones'];
  /** Milliseconds since the epoch; only of an import. */
  readonly lastJobEndedAt?: number;
}

/** Everything about an execution, from the gateway's call log, its history and the functions' processes and logs. */
export async function observe(
  bench: BenchCloud,
  cell: Cell,
  launch: Launch,
  { executionArn, startedAt, seconds, milestones, lastJobEndedAt }: CellRun,
  listingMs: number,
): Promise<Omit<CellResult, 'tookSeconds'>> {
  const region = cell.workflow === 'export' ? PRIMARY : SECONDARY;
  const functions = launch.functions[region];
  const names = new Set(functions.map(({ physicalName }) => physicalName));
  const records = (await bench.cloud.calls({ region })).filter(
    ({ time, caller }) => time >= startedAt && time <= startedAt + seconds * 1000 + 1000 && names.has(caller ?? ''),
  );
  const cognito = records.filter(({ service }) => service === 'cognito-idp');
  const throttled = cognito.filter(({ errorCode }) => errorCode === 'TooManyRequestsException').length;
  const timesOf = (...actions: readonly string[]): number[] =>
    cognito
      .filter(({ action }) => actions.length === 0 || actions.includes(action))
      .map(({ time }) => time)
      .sort((a, b) => a - b);
  const times = timesOf();
  const mean = boundlessMean(cell, timesOf);
  const history = await historyOf(bench.sfn(region), executionArn, cell.workflow);
  const usage = {
    ...usageOf(records, history, functions, bench.memory.peaks),
    coldStarts: await coldStarts(bench.cloud.clientConfig(region), functions, startedAt),
  };
  const limitSeconds = limitOf(cell, listingMs);
  const calls = callFigures(times, throttled, mean);
  const callSeconds = times.length === 0 ? 0 : ((times.at(-1) as number) - (times[0] as number)) / 1000;
  return {
    id: cell.id,
    title: cell.title,
    workflow: cell.workflow,
    how: 'measured',
    shape: cell.shape,
    callsPerSecond: cell.callsPerSecond,
    ...(cell.jobUsersPerSecond === undefined ? {} : { jobUsersPerSecond: cell.jobUsersPerSecond }),
    seconds,
    limitSeconds,
    calls,
    usage,
    ...(milestones === undefined
      ? {}
      : { milestones: { ...milestones, ...overlapOf(timesOf(...UPDATE_ACTIONS), lastJobEndedAt ?? 0, startedAt) } }),
    observedMs: overheadsOf(records, history, functions),
    checks: checksOf(cell, {
      seconds,
      limitSeconds,
      maxInASecond: calls.maxInASecond,
      mean,
      throttled,
      calls: calls.total,
      callSeconds,
      usage,
    }),
  };
}

function usageOf(
  records: readonly CallRecord[],
  history: History,
  functions: readonly InstanceFunction[],
  peaks: ReadonlyMap<string, number>,
): Omit<Usage, 'coldStarts'> {
  const of = (service: string): CallRecord[] => records.filter((record) => record.service === service);
  const [dynamodb, s3, sqs] = [of('dynamodb'), of('s3'), of('sqs')];
  const sum = (value: (record: CallRecord) => number | undefined): number =>
    dynamodb.reduce((total, record) => total + (value(record) ?? 0), 0);
  const memory = new Map(functions.map(({ name, memoryMb }) => [name, memoryMb]));
  const used = new Set(history.invocations.map(({ functionName }) => functionName));
  return {
    dynamodbCalls: dynamodb.length,
    itemsWritten: sum(({ items, writeUnits }) => (writeUnits === undefined ? 0 : items)),
    writeUnits: sum(({ writeUnits }) => writeUnits),
    readUnits: sum(({ readUnits }) => readUnits),
    s3Writes: s3.filter(({ action }) => S3_WRITES.includes(action)).length,
    s3Reads: s3.filter(({ action }) => !S3_WRITES.includes(action)).length,
    sqsRequests: sqs.length,
    transitions: history.transitions,
    historyEvents: history.events,
    largestPayloadBytes: history.largestPayloadBytes,
    invocations: history.invocations.length,
    gbSeconds: history.invocations.reduce(
      (total, { functionName, seconds }) => total + (seconds * (memory.get(functionName) ?? 128)) / 1024,
      0,
    ),
    peakMemoryMb: Object.fromEntries(
      functions
        .filter(({ name, physicalName }) => used.has(name) && peaks.has(physicalName))
        .map(({ name, physicalName }) => [name, Math.round(peaks.get(physicalName) ?? 0)]),
    ),
  };
}
