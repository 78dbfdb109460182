import type { KeptClient } from '../shape.ts';
import { only, textsOf, whyNotHere, written } from './omissions.ts';
import type { Omission, Recreation, RecreateOptions } from './omissions.ts';

/** What CreateUserPoolClient takes as DescribeUserPoolClient shows it. Absent ReadAttributes and WriteAttributes mean all: they stay absent. */
const AS_THEY_ARE = [
  'RefreshTokenValidity',
  'AccessTokenValidity',
  'IdTokenValidity',
  'TokenValidityUnits',
  'ReadAttributes',
  'WriteAttributes',
  'ExplicitAuthFlows',
  'CallbackURLs',
  'LogoutURLs',
  'DefaultRedirectURI',
  'AllowedOAuthFlows',
  'AllowedOAuthFlowsUserPoolClient',
  'PreventUserExistenceErrors',
  'EnableTokenRevocation',
  'EnablePropagateAdditionalUserContextData',
  'AuthSessionValidity',
  'RefreshTokenRotation',
];
const LOOKED_AT = [
  ...AS_THEY_ARE,
  'ClientId',
  'ClientName',
  'ClientType',
  'UserPoolId',
  'GeneratedSecret',
  'SupportedIdentityProviders',
  'AllowedOAuthScopes',
  'AnalyticsConfiguration',
];
/** Providers of every pool, and scopes that no resource server has. */
const OWN_PROVIDER = 'COGNITO';
const STANDARD_SCOPES = ['phone', 'email', 'openid', 'profile', 'aws.cognito.signin.user.admin'];

/** What there is in the pool that clients name. */
export interface ThereFor {
  readonly providers: readonly string[];
  /** `<identifier>/<scope>` of resource servers. */
  readonly scopes: readonly string[];
}

/** Where the settings of a client stand. */
export const clientPath = ({ ClientId }: Pick<KeptClient, 'ClientId'>): string => `clients[${ClientId}]`;

/** Why no client like this can be made; undefined where it can. */
export const whyNoClient = ({ ClientType }: KeptClient): string | undefined =>
  ClientType === 'DCR'
    ? 'Its application registered it by itself (dynamic client registration), and has to do so again.'
    : undefined;

/** The request for CreateUserPoolClient, without the pool's id. A client that had a secret gets another one. */
export function clientRequest(
  client: KeptClient,
  {
    settings,
    options,
    there,
  }: {
    readonly settings: { readonly region: string };
    readonly options: Pick<RecreateOptions, 'region' | 'throwAway'>;
    readonly there: ThereFor;
  },
): Recreation {
  const path = clientPath(client);
  const elsewhere = client['AnalyticsConfiguration'] === undefined ? undefined : whyNotHere(settings, options);
  const providers = named(client['SupportedIdentityProviders'], [OWN_PROVIDER, ...there.providers]);
  const scopes = named(client['AllowedOAuthScopes'], [...STANDARD_SCOPES, ...there.scopes]);
  return {
    request: {
      ClientName: client.ClientName ?? 'client',
      ...written(only(client, AS_THEY_ARE)),
      ...(client['GeneratedSecret'] === true ? { GenerateSecret: true } : {}),
      ...(providers.kept === undefined ? {} : { SupportedIdentityProviders: providers.kept }),
      ...(scopes.kept === undefined ? {} : { AllowedOAuthScopes: scopes.kept }),
      ...(elsewhere === undefined ? written(only(client, ['AnalyticsConfiguration'])) : {}),
    },
    omissions: [
      ...missing(`${path}.SupportedIdentityProviders`, 'identity providers', providers.missing),
      ...missing(`${path}.AllowedOAuthScopes`, 'scopes of resource servers', scopes.missing),
      ...(elsewhere === undefined ? [] : [{ setting: `${path}.AnalyticsConfiguration`, why: elsewhere }]),
      ...Object.keys(client)
        .filter((name) => !LOOKED_AT.includes(name))
        .map((name) => ({ setting: `${path}.${name}`, why: 'This version does not know how a new client gets it.' })),
    ],
  };
}

/** The texts of a list that name something that is there, and those that do not. */
function named(
  list: unknown,
  there: readonly string[],
): { readonly kept: readonly string[] | undefined; readonly missing: readonly string[] } {
  if (list === undefined) return { kept: undefined, missing: [] };
  const texts = textsOf(list);
  return {
    kept: texts.filter((text) => there.includes(text)),
    missing: texts.filter((text) => !there.includes(text)),
  };
}

const missing = (setting: string, what: string, names: readonly string[]): Omission[] =>
  names.length === 0 ? [] : [{ setting, why: `The new pool does not have these ${what}: ${names.join(', ')}.` }];
