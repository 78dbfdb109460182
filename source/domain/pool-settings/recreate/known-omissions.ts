import type { KeptSettings } from '../shape.ts';
import { clientPath, clientRequest, whyNoClient } from './client-request.ts';
import type { ThereFor } from './client-request.ts';
import { mfaRequest } from './mfa-request.ts';
import { isNothing, membersOf } from './omissions.ts';
import type { Omission, RecreateOptions } from './omissions.ts';
import { poolRequest } from './pool-request.ts';
import { providerRequest } from './provider-request.ts';
import { logRequest, riskRequest } from './style-requests.ts';

/** Settings, and how a pool is made from them. */
export interface Making {
  readonly settings: KeptSettings;
  readonly options: RecreateOptions;
  readonly withClients: boolean;
}

/** Everything that the new pool will lack, or have otherwise, whatever Cognito answers. */
export function knownOmissions(making: Making): readonly Omission[] {
  const { settings, options, withClients } = making;
  return [
    ...poolRequest(settings, options).omissions,
    ...mfaRequest(settings, options).omissions,
    ...settings.identityProviders.flatMap(
      (provider) => providerRequest(provider, { clientSecret: '', privateKey: '' }).omissions,
    ),
    ...(withClients ? clientOmissions(making) : withoutClients(settings)),
    ...settings.risk
      .filter(({ ClientId }) => withClients || ClientId === undefined)
      .flatMap((risk) => riskRequest(risk, making).omissions),
    ...logRequest(settings, options).omissions,
    ...domainOmissions(settings),
    ...settings.uiCustomization
      .filter(({ ImageUrl }) => !isNothing(ImageUrl))
      .map(({ ClientId }) => ({
        setting: `uiCustomization[${String(ClientId)}].ImageUrl`,
        why: 'The logo itself is in no backup: Cognito gives only its address.',
      })),
  ];
}

/** The providers and scopes that the kept clients can name, but for those of which the making was refused. */
export function thereIn(
  { identityProviders, resourceServers }: KeptSettings,
  refused: ReadonlySet<string> = new Set(),
): ThereFor {
  return {
    providers: identityProviders
      .map(({ ProviderName }) => ProviderName)
      .filter((name) => !refused.has(`identityProviders[${name}]`)),
    scopes: resourceServers
      .filter(({ Identifier }) => !refused.has(`resourceServers[${Identifier}]`))
      .flatMap(({ Identifier, Scopes }) =>
        (Array.isArray(Scopes) ? Scopes : []).map((scope) => `${Identifier}/${String(membersOf(scope)['ScopeName'])}`),
      ),
  };
}

function clientOmissions({ settings, options }: Making): Omission[] {
  const there = thereIn(settings);
  return settings.clients.flatMap((client) => {
    const why = whyNoClient(client);
    if (why === undefined) return clientRequest(client, { settings, options, there }).omissions;
    const { ClientId } = client;
    return [clientPath(client), ...OF_CLIENTS.map((part) => `${part}[${ClientId}]`)].map((setting) => ({
      setting,
      why,
    }));
  });
}
const OF_CLIENTS = ['managedLoginBranding', 'uiCustomization', 'risk'];

function withoutClients({ clients }: KeptSettings): Omission[] {
  const why = 'App clients, and what belongs to them, are made only with --with-clients.';
  const settings = [
    'clients',
    'managedLoginBranding',
    'terms',
    ...clients.flatMap(({ ClientId }) => [`uiCustomization[${ClientId}]`, `risk[${ClientId}]`]),
  ];
  return settings.map((setting) => ({ setting, why, expected: true }));
}

const domainOmissions = (settings: KeptSettings): Omission[] =>
  (['domain', 'customDomain'] as const)
    .filter((part) => settings[part] !== undefined)
    .map((setting) => ({ setting, why: 'A domain belongs to one pool at a time: it is moved by hand.' }));
