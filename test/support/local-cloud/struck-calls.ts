import type { FaultRule } from '../../../tools/local-cloud/gateway/simulation/config.ts';
import { faultInterceptor } from '../../../tools/local-cloud/gateway/simulation/faults.ts';
import { aRequest, anAnswer } from './gateway-request.ts';

/** A call for the rules and quotas to strike. */
export const listUsers = aRequest({ service: 'cognito-idp', action: 'ListUsers', params: { UserPoolId: 'p' } });
/** What is behind the gateway, as it takes every call. */
export const succeed = (): Promise<ReturnType<typeof anAnswer>> => Promise.resolve(anAnswer());
/** An error of the service, as a fault. */
export const INTERNAL_ERROR = { kind: 'error', code: 'InternalErrorException', status: 500 } as const;

/** Faults by rules, and Regions that are down. */
export const withRules = (faults: FaultRule[], regionsDown: string[] = []): ReturnType<typeof faultInterceptor> =>
  faultInterceptor(
    { faults, regionsDown, absentServices: [] },
    { withBody: (request, body) => Promise.resolve({ ...request, body }), killCaller: () => Promise.resolve() },
  );
