import type { CallRecord } from '../../local-cloud/index.ts';
import type { Overheads } from '../results.ts';
import { LATENCIES } from '../virtual/meter.ts';
import type { History } from './history.ts';
import type { InstanceFunction } from './instance-functions.ts';

const LISTINGS = ['ListUsers', 'ListUsersInGroup'];

/** What calls and invocations took on this machine: what the computed twin of a measured cell is given. */
export function overheadsOf(
  records: readonly CallRecord[],
  { invocations }: History,
  functions: readonly InstanceFunction[],
): Overheads {
  const mean = (chosen: readonly CallRecord[], otherwise: number): number =>
    chosen.length === 0 ? otherwise : chosen.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / chosen.length;
  const of = (service: string): CallRecord[] =>
    records.filter((record) => record.service === service && record.status === 200);
  const cognito = of('cognito-idp');
  const start = startMs(records, invocations, functions);
  return {
    listing: mean(
      cognito.filter(({ action }) => LISTINGS.includes(action)),
      LATENCIES.listing,
    ),
    cognito: mean(
      cognito.filter(({ action }) => !LISTINGS.includes(action)),
      LATENCIES.cognito,
    ),
    dynamodb: mean(
      of('dynamodb').filter(({ action }) => action !== 'Scan'),
      LATENCIES.dynamodb,
    ),
    scan: mean(
      of('dynamodb').filter(({ action }) => action === 'Scan'),
      LATENCIES.scan,
    ),
    s3: mean(of('s3'), LATENCIES.s3),
    sqs: mean(of('sqs'), LATENCIES.sqs),
    coldStart: start,
    warmStart: start,
  };
}

/** Mean of what an invocation lasts before its first and after its last call. */
function startMs(
  records: readonly CallRecord[],
  invocations: History['invocations'],
  functions: readonly InstanceFunction[],
): number {
  const physical = new Map(functions.map(({ name, physicalName }) => [name, physicalName]));
  const spare = invocations.flatMap(({ functionName, startedAt, seconds }) => {
    const caller = physical.get(functionName);
    const own = records.filter(
      (record) =>
        record.caller === caller && record.time >= startedAt - 1 && record.time <= startedAt + seconds * 1000 + 1,
    );
    if (own.length === 0) return [];
    const [first, last] = own.reduce(
      ([from, to], { time, latencyMs }) => [Math.min(from, time), Math.max(to, time + latencyMs)],
      [Infinity, 0],
    );
    return [Math.max(0, seconds * 1000 - (last - first))];
  });
  return spare.length === 0 ? LATENCIES.warmStart : spare.reduce((sum, ms) => sum + ms, 0) / spare.length;
}
