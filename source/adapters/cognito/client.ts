import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { Lane } from '../../domain/pacing/lane.ts';
import type { Pacer } from '../../domain/pacing/pacer.ts';
import type { Clock, Random } from '../../domain/ports.ts';
import { clientOptions } from '../client-options.ts';
import type { AdapterOptions } from '../client-options.ts';
import { random, systemClock } from '../clock.ts';
import { errorNameOf, httpStatusOf } from '../service-errors.ts';
import { PatientRetries } from './retries.ts';

/** A Cognito client of one function. */
export interface CognitoOptions extends AdapterOptions {
  /** Paces every attempt of every call; one for all clients of a function. */
  readonly pacer: Pacer;
  readonly clock?: Clock;
  readonly random?: Random;
  /** For calls that make something: only what was throttled, and so not done, is tried again. */
  readonly once?: true;
}

/** Calls of which a pool takes 5 per second each, whatever CognitoTPS (Cognito quotas, "UserPoolResourceRead/Update", "UserPoolClientRead"). */
const POOL_RESOURCE_CALLS = new Set([
  'ListGroupsCommand',
  'GetCSVHeaderCommand',
  'DescribeUserImportJobCommand',
  'ListUserImportJobsCommand',
  'CreateGroupCommand',
  'UpdateGroupCommand',
  'CreateUserImportJobCommand',
  'StartUserImportJobCommand',
  'GetUserPoolMfaConfigCommand',
  'ListUserPoolClientsCommand',
  'DescribeUserPoolClientCommand',
  'ListResourceServersCommand',
  'ListIdentityProvidersCommand',
  'DescribeIdentityProviderCommand',
  'DescribeUserPoolDomainCommand',
  'GetUICustomizationCommand',
  'DescribeManagedLoginBrandingByClientCommand',
  'DescribeRiskConfigurationCommand',
  'GetLogDeliveryConfigurationCommand',
  'ListTermsCommand',
  'DescribeTermsCommand',
]);
const POOL_RESOURCE_CALLS_PER_SECOND = 4.5;

const THROTTLES = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
]);
/** Whether Cognito refused the call because there were too many; by name, since the API model marks none. */
export const isThrottle = (error: unknown): boolean => THROTTLES.has(errorNameOf(error)) || httpStatusOf(error) === 429;

/** A Cognito client of which every attempt waits for the pacer before it is signed, so that retries count as calls. */
export function cognitoClient({
  pacer,
  clock = systemClock,
  random: jitter = random,
  once,
  ...options
}: CognitoOptions): CognitoIdentityProviderClient {
  const client = new CognitoIdentityProviderClient({
    ...clientOptions(options),
    retryStrategy: new PatientRetries(clock, jitter, ...(once === true ? [1] : [])),
  });
  const lanes = new Map<string, Lane>();
  const laneOf = (command: string): Lane => {
    const lane = lanes.get(command) ?? new Lane(pacer, POOL_RESOURCE_CALLS_PER_SECOND, clock);
    lanes.set(command, lane);
    return lane;
  };
  client.middlewareStack.addRelativeTo(
    <Args, Answer>(
      next: (args: Args) => Promise<Answer>,
      { commandName: command = '' }: { readonly commandName?: string },
    ) =>
      async (args: Args): Promise<Answer> => {
        await (POOL_RESOURCE_CALLS.has(command) ? laneOf(command) : pacer).take();
        const grantedAt = clock.now();
        try {
          return await next(args);
        } catch (error) {
          if (isThrottle(error)) pacer.throttled(grantedAt);
          throw error;
        }
      },
    { name: 'pacing', relation: 'before', toMiddleware: 'httpSigningMiddleware' },
  );
  return client;
}
