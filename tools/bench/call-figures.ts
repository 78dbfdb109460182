import { mostPerSecond } from '../simulation/most-per-second.ts';
import type { CallFigures } from './results.ts';

const POINTS = 300;

/** Calls per second from the first to the last call. */
export function meanPerSecond(times: ArrayLike<number>): number {
  if (times.length < 2) return 0;
  return ((times.length - 1) * 1000) / ((times[times.length - 1] as number) - (times[0] as number));
}

/** What the arrival times of Cognito calls tell; see CallFigures. */
export function callFigures(times: ArrayLike<number>, throttled: number, mean: number | undefined): CallFigures {
  const begin = times[0] ?? 0;
  const seconds = times.length === 0 ? 0 : Math.floor(((times[times.length - 1] as number) - begin) / 1000) + 1;
  const each = new Uint32Array(seconds);
  for (let at = 0; at < times.length; at += 1) {
    const second = Math.floor(((times[at] as number) - begin) / 1000);
    each[second] = (each[second] as number) + 1;
  }
  const histogram: number[] = [];
  for (const calls of each) histogram[calls] = (histogram[calls] ?? 0) + 1;
  const bucketSeconds = Math.max(1, Math.ceil(seconds / POINTS));
  const perSecond = Array.from({ length: Math.ceil(seconds / bucketSeconds) }, (_, bucket) => {
    const some = each.subarray(bucket * bucketSeconds, (bucket + 1) * bucketSeconds);
    return Math.round((some.reduce((sum, calls) => sum + calls, 0) / some.length) * 100) / 100;
  });
  return {
    total: times.length,
    throttled,
    maxInASecond: mostPerSecond(times),
    ...(mean === undefined ? {} : { meanPerSecond: mean }),
    bucketSeconds,
    perSecond,
    histogram: Array.from(histogram, (count) => count ?? 0),
  };
}
