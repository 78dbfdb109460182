import { setTimeout as sleep } from 'node:timers/promises';
import type { Interceptor } from '../types.ts';
import type { LatencyRule } from './config.ts';
import { matches } from './matching.ts';

/** Makes each matching call take the time that it would take over a network. */
export function latencyInterceptor(rules: readonly LatencyRule[]): Interceptor {
  return async (request, next) => {
    const rule = rules.find((candidate) => matches(candidate, request));
    if (rule !== undefined) await sleep(rule.ms + Math.random() * (rule.jitterMs ?? 0));
    return next(request);
  };
}
