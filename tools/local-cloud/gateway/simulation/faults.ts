import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError, errorResponse } from '../aws-error.ts';
import { ConnectionReset } from '../http-server.ts';
import type { AwsRequest, AwsResponse, Interceptor, Next } from '../types.ts';
import type { FaultRule, SimulationConfig } from './config.ts';
import { matches } from './matching.ts';
import { partially, type WithBody } from './partial-failure.ts';

/** Makes chosen calls go wrong. The first rule that chooses a call decides; rules count their matching calls each. */
export function faultInterceptor({ faults, regionsDown }: Pick<SimulationConfig, 'faults' | 'regionsDown'>, withBody: WithBody): Interceptor {
  const chosenBy = faults.map((rule) => ({ rule, chooses: chooser(rule) }));
  return async (request, next) => {
    if (regionsDown.includes(request.region)) throw new ConnectionReset(`${request.region} is down`);
    const chosen = chosenBy.filter(({ rule }) => matches(rule, request)).find(({ chooses }) => chooses());
    return chosen === undefined ? next(request) : apply(chosen.rule, request, next, withBody);
  };
}

async function apply({ fault }: FaultRule, request: AwsRequest, next: Next, withBody: WithBody): Promise<AwsResponse> {
  switch (fault.kind) {
    case 'error':
      return errorResponse(request, new AwsError(fault.code, fault.message ?? `Simulated ${fault.code}`, fault.status));
    case 'reset':
      throw new ConnectionReset('simulated');
    case 'drop-answer':
      await next(request);
      throw new ConnectionReset('simulated, after the call was made');
    case 'delay':
      await sleep(fault.ms);
      return next(request);
    case 'partial':
      return partially(fault.share, request, next, withBody);
  }
}

/** Says for each matching call whether the rule strikes. */
function chooser({ calls, probability, seed = 1, times = Infinity }: FaultRule): () => boolean {
  const random = generator(seed);
  let seen = 0;
  let struck = 0;
  return () => {
    seen += 1;
    const strikes = struck < times && (calls === undefined || calls.includes(seen)) && (probability === undefined || random() < probability);
    if (strikes) struck += 1;
    return strikes;
  };
}

/** A small seeded generator of numbers from 0 to 1 (a Weyl sequence through a 32-bit mixer): the same seed, the same faults. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
