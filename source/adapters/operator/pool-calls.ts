import {
  AddCustomAttributesCommand,
  CreateIdentityProviderCommand,
  CreateManagedLoginBrandingCommand,
  CreateResourceServerCommand,
  CreateTermsCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DescribeUserPoolCommand,
  ListUserPoolsCommand,
  SetLogDeliveryConfigurationCommand,
  SetRiskConfigurationCommand,
  SetUICustomizationCommand,
  SetUserPoolMfaConfigCommand,
  UpdateManagedLoginBrandingCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { isThrottle } from '../cognito/client.ts';
import type { Clock } from '../../domain/ports.ts';
import type { Pacer } from '../../domain/pacing/pacer.ts';

type Command = Parameters<CognitoIdentityProviderClient['send']>[0];
type Input = Readonly<Record<string, unknown>>;

const commandOf = {
  AddCustomAttributes: AddCustomAttributesCommand,
  CreateIdentityProvider: CreateIdentityProviderCommand,
  CreateManagedLoginBranding: CreateManagedLoginBrandingCommand,
  CreateResourceServer: CreateResourceServerCommand,
  CreateTerms: CreateTermsCommand,
  CreateUserPool: CreateUserPoolCommand,
  CreateUserPoolClient: CreateUserPoolClientCommand,
  DescribeUserPool: DescribeUserPoolCommand,
  ListUserPools: ListUserPoolsCommand,
  SetLogDeliveryConfiguration: SetLogDeliveryConfigurationCommand,
  SetRiskConfiguration: SetRiskConfigurationCommand,
  SetUICustomization: SetUICustomizationCommand,
  SetUserPoolMfaConfig: SetUserPoolMfaConfigCommand,
  UpdateManagedLoginBranding: UpdateManagedLoginBrandingCommand,
} as const;

/** Operations that make a user pool and its parts, and find it again. */
export type PoolOperation = keyof typeof commandOf;

/** One call; its answer as it is. Errors are the SDK's. */
export type PoolCalls = (operation: PoolOperation, input: Input) => Promise<Input>;

/** A throttled call is tried again so often; in all half a minute. */
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 500;

/**
 * Calls by a client that tries nothing again: a call that creates something and whose answer was lost would create it twice.
 * Only what was throttled, and so not done, is tried again.
 */
export function poolCalls(
  client: CognitoIdentityProviderClient,
  { pacer, clock }: { readonly pacer: Pick<Pacer, 'take'>; readonly clock: Pick<Clock, 'sleep'> },
): PoolCalls {
  return async (operation, input) => {
    const make = commandOf[operation] as unknown as new (input: Input) => Command;
    for (let attempt = 1; ; attempt += 1) {
      await pacer.take();
      try {
        return (await client.send(new make(withBytes(input)))) as unknown as Input;
      } catch (error) {
        if (!isThrottle(error) || attempt === ATTEMPTS) throw error;
        await clock.sleep(FIRST_WAIT_MS * 2 ** (attempt - 1));
      }
    }
  };
}

/** Kept bytes are base64. */
const withBytes = (input: Input): Input =>
  Array.isArray(input['Assets'])
    ? {
        ...input,
        Assets: (input['Assets'] as readonly Input[]).map((asset) =>
          typeof asset['Bytes'] === 'string' ? { ...asset, Bytes: Buffer.from(asset['Bytes'], 'base64') } : asset,
        ),
      }
    : input;
