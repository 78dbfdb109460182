import {
  DescribeIdentityProviderCommand,
  DescribeManagedLoginBrandingByClientCommand,
  DescribeRiskConfigurationCommand,
  DescribeTermsCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  DescribeUserPoolDomainCommand,
  GetLogDeliveryConfigurationCommand,
  GetUICustomizationCommand,
  GetUserPoolMfaConfigCommand,
  ListIdentityProvidersCommand,
  ListResourceServersCommand,
  ListTermsCommand,
  ListUserPoolClientsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { SettingsOperation, SettingsReader } from '../../domain/ports.ts';
import { errorNameOf, httpStatusOf, isDenied } from '../service-errors.ts';
import { cognitoClient, isThrottle } from './client.ts';
import type { CognitoOptions } from './client.ts';
import { cognitoError } from './errors.ts';

/** HTTP: the service does not know the operation, and never will. */
const NOT_IMPLEMENTED = 501;

type Input = Parameters<SettingsReader['ask']>[1];
type Command = Parameters<CognitoIdentityProviderClient['send']>[0];

/** The inputs are made by domain code for each operation; Cognito refuses one that is wrong. */
const commandOf = {
  DescribeUserPool: DescribeUserPoolCommand,
  GetUserPoolMfaConfig: GetUserPoolMfaConfigCommand,
  ListUserPoolClients: ListUserPoolClientsCommand,
  DescribeUserPoolClient: DescribeUserPoolClientCommand,
  ListResourceServers: ListResourceServersCommand,
  ListIdentityProviders: ListIdentityProvidersCommand,
  DescribeIdentityProvider: DescribeIdentityProviderCommand,
  DescribeUserPoolDomain: DescribeUserPoolDomainCommand,
  GetUICustomization: GetUICustomizationCommand,
  DescribeManagedLoginBrandingByClient: DescribeManagedLoginBrandingByClientCommand,
  DescribeRiskConfiguration: DescribeRiskConfigurationCommand,
  GetLogDeliveryConfiguration: GetLogDeliveryConfigurationCommand,
  ListTerms: ListTermsCommand,
  DescribeTerms: DescribeTermsCommand,
} as const satisfies Record<SettingsOperation, unknown>;

/** The configuration of user pools; see SettingsReader. */
export const settingsReader = (options: CognitoOptions): SettingsReader => settingsReaderOf(cognitoClient(options));

/** The same by a client that somebody else made. */
export function settingsReaderOf(client: CognitoIdentityProviderClient): SettingsReader {
  return {
    ask: async (operation, input) => {
      const make = commandOf[operation] as unknown as new (input: Input) => Command;
      try {
        const { $metadata: _metadata, ...answer } = await client.send(new make(input));
        return { answer: asJson(answer) as Record<string, unknown> };
      } catch (error) {
        if (httpStatusOf(error) === NOT_IMPLEMENTED) return { refused: 'UnsupportedOperation' };
        if (isRefusal(operation, input, error)) return { refused: errorNameOf(error) };
        throw cognitoError(operation, poolOf(input), error, tokenOf(input));
      }
    },
  };
}

const poolOf = ({ UserPoolId = 'of this stack' }: Input): string => String(UserPoolId);
const tokenOf = ({ NextToken }: Input): { readonly token?: string } =>
  NextToken === undefined ? {} : { token: String(NextToken) };

/** True where asking again would change nothing; what throttles, or a service that fails, is asked again. */
function isRefusal(operation: SettingsOperation, { NextToken }: Input, error: unknown): boolean {
  const name = errorNameOf(error);
  if (isThrottle(error)) return false;
  if (operation === 'DescribeUserPool' && name === 'ResourceNotFoundException') return false;
  if (NextToken !== undefined && name === 'InvalidParameterException') return false;
  const status = httpStatusOf(error) ?? 0;
  return isDenied(error) || (status >= 400 && status < 500);
}

/** Dates as ISO 8601, bytes as base64, without what is undefined. */
function asJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(asJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, asJson(member)]])),
  );
}
