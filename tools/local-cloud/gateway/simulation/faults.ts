import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../simulation/random.ts';
import { AwsError, errorResponse } from '../aws-error.ts';
import { ConnectionReset } from '../http-server.ts';
import type { AwsRequest, AwsResponse, Interceptor, Next } from '../types.ts';
import type { FaultRule, SimulationConfig } from './config.ts';
import { afterEmptyPages, emptyPage, repeatToken } from './listings.ts';
import { matches } from './matching.ts';
import { partially } from './partial-failure.ts';
import type { WithBody } from './partial-failure.ts';

/** What faults need besides the request: to send another body, and to kill the process of a function. */
export interface FaultDeps {
  readonly withBody: WithBody;
  readonly killCaller: (caller: string) => Promise<void>;
}

/** How often a rule has struck, by `<service>.<action>`. */
export type RuleStrikes = Readonly<Record<string, number>>;
/** An interceptor that knows how often each of its rules has struck, in the order of the rules. */
export type FaultInterceptor = Interceptor & { readonly strikes: () => RuleStrikes[] };

/** Makes chosen calls go wrong. The first rule that chooses a call decides; rules count their matching calls each. */
export function faultInterceptor(
  { faults, regionsDown, absentServices }: Pick<SimulationConfig, 'faults' | 'regionsDown' | 'absentServices'>,
  deps: FaultDeps,
): FaultInterceptor {
  const chosenBy = faults.map((rule) => ({ rule, chooser: chooser(rule) }));
  const unwrap = afterEmptyPages(deps.withBody);
  const intercept: Interceptor = (request, next) => {
    if (regionsDown.includes(request.region)) throw new ConnectionReset(`${request.region} is down`);
    if (absentServices.some(({ service, region }) => service === request.service && region === request.region))
      throw new ConnectionReset(`${request.service} does not exist in ${request.region}`);
    const chosen = chosenBy
      .filter(({ rule }) => matches(rule, request))
      .find((candidate) => candidate.chooser.strikes(request));
    const go: Next = (sent) => unwrap(sent, next);
    return chosen === undefined ? go(request) : apply(chosen.rule, request, go, deps);
  };
  return Object.assign(async (request: AwsRequest, next: Next) => intercept(request, next), {
    strikes: () => chosenBy.map((candidate) => candidate.chooser.struck()),
  });
}

async function apply(
  { fault }: FaultRule,
  request: AwsRequest,
  next: Next,
  { withBody, killCaller }: FaultDeps,
): Promise<AwsResponse> {
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
    case 'kill':
      if (fault.when === 'after') await next(request);
      if (request.caller !== undefined) await killCaller(request.caller);
      throw new ConnectionReset('the calling function was killed');
    case 'alter':
      return next(await altered(request, fault.members, withBody));
    case 'twice':
      await next(request);
      return next(request);
    case 'late':
      return next(
        await altered(
          request,
          { Entries: entriesOf(request).map((entry) => ({ ...entry, DelaySeconds: fault.seconds })) },
          withBody,
        ),
      );
    case 'empty-page':
      return emptyPage(request, next);
    case 'repeat-token':
      return repeatToken(request, next);
  }
}

const entriesOf = ({ params }: AwsRequest): object[] =>
  Array.isArray(params['Entries']) ? (params['Entries'] as object[]) : [];

async function altered(request: AwsRequest, members: object, withBody: WithBody): Promise<AwsRequest> {
  const params = { ...request.params, ...members };
  return { ...(await withBody(request, Buffer.from(JSON.stringify(params)))), params };
}

/** Says for each matching call whether the rule strikes. */
function chooser({ calls, probability, seed = 1, times = Infinity, perAction = false }: FaultRule): {
  readonly strikes: (request: AwsRequest) => boolean;
  readonly struck: () => RuleStrikes;
} {
  const random = seededRandom(seed);
  const seen = new Map<string, number>();
  const struck = new Map<string, number>();
  let total = 0;
  const decide = ({ service, action }: AwsRequest): boolean => {
    const name = `${service}.${action}`;
    const counter = perAction ? name : '';
    const number = (seen.get(counter) ?? 0) + 1;
    seen.set(counter, number);
    const strikes =
      total < times &&
      (calls === undefined || calls.includes(number)) &&
      (probability === undefined || random() < probability);
    if (!strikes) return false;
    total += 1;
    struck.set(name, (struck.get(name) ?? 0) + 1);
    return true;
  };
  return { strikes: decide, struck: () => Object.fromEntries(struck) };
}
