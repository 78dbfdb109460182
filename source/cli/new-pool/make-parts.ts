import { generateKeyPairSync } from 'node:crypto';
import { mfaRequest, withoutPasskeys } from '../../domain/pool-settings/recreate/mfa-request.ts';
import { poolRequest } from '../../domain/pool-settings/recreate/pool-request.ts';
import { providerRequest } from '../../domain/pool-settings/recreate/provider-request.ts';
import { missingAdditions } from '../../domain/pool-settings/recreate/schema-request.ts';
import { logRequest, riskRequest } from '../../domain/pool-settings/recreate/style-requests.ts';
import { makeClientParts } from './make-client-parts.ts';
import type { PartsWork } from './parts-work.ts';

const SECRET_BYTES = 16;

/**
 * Makes what the pool lacks of its parts, in the order in which they need each other, and changes none that is there. Gives
 * the client ids, old to new.
 */
export async function makeMissingParts(work: PartsWork): Promise<ReadonlyMap<string, string>> {
  await addAttributes(work);
  await setMfa(work);
  await makeServers(work);
  await makeProviders(work);
  const clientIds = await makeClientParts(work);
  await setRisk(work, clientIds);
  await setLogs(work);
  return clientIds;
}

async function addAttributes({ making: { settings, options }, made, attempts }: PartsWork): Promise<void> {
  const { additions } = poolRequest(settings, options);
  for (const CustomAttributes of missingAdditions({ additions }, made.pool['SchemaAttributes']))
    await attempts.make('pool.SchemaAttributes', 'AddCustomAttributes', { CustomAttributes });
}

/** Only where it was not set yet: the call replaces everything, and what somebody set since is theirs. */
async function setMfa({ making, made, attempts, tell }: PartsWork): Promise<void> {
  const { request } = mfaRequest(making.settings, making.options);
  const { MfaConfiguration = 'OFF', WebAuthnConfiguration } = made.mfa ?? {};
  if (request === undefined || MfaConfiguration !== 'OFF' || WebAuthnConfiguration !== undefined) return;
  tell('Setting MFA');
  const rest = withoutPasskeys(request);
  if (rest === undefined || request['WebAuthnConfiguration'] === undefined) {
    await attempts.make('mfa', 'SetUserPoolMfaConfig', request);
    return;
  }
  // The pool may lack the domain that passkeys need: MFA must not be lost for that.
  if ((await attempts.make('mfa.WebAuthnConfiguration', 'SetUserPoolMfaConfig', request)) === undefined)
    await attempts.make('mfa', 'SetUserPoolMfaConfig', rest);
}

async function makeServers({ making, made, attempts, tell }: PartsWork): Promise<void> {
  const known = new Set(made.resourceServers.map(({ Identifier }) => Identifier));
  for (const { Identifier, Name, Scopes } of making.settings.resourceServers) {
    if (known.has(Identifier)) continue;
    tell(`Making the resource server ${Identifier}`);
    const request = { Identifier, Name, ...(Scopes === undefined ? {} : { Scopes }) };
    await attempts.make(`resourceServers[${Identifier}]`, 'CreateResourceServer', request);
  }
}

async function makeProviders({ making, made, attempts, tell, randomHex }: PartsWork): Promise<void> {
  const known = new Set(made.identityProviders.map(({ ProviderName }) => ProviderName));
  for (const provider of making.settings.identityProviders) {
    const { ProviderName } = provider;
    if (known.has(ProviderName)) continue;
    tell(`Making the identity provider ${ProviderName}`);
    const { request } = providerRequest(provider, { clientSecret: randomHex(SECRET_BYTES), privateKey: appleKey() });
    await attempts.make(`identityProviders[${ProviderName}]`, 'CreateIdentityProvider', request);
  }
}

/** A key of the form that Apple hands out, and that nobody has. */
const appleKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'der' })
    .toString('base64');

async function setRisk({ making, made, attempts }: PartsWork, clientIds: ReadonlyMap<string, string>): Promise<void> {
  for (const risk of making.settings.risk) {
    const { ClientId } = risk;
    const id = ClientId === undefined ? undefined : clientIds.get(ClientId);
    if (ClientId !== undefined && id === undefined) continue;
    if (made.risk.some((one) => one.ClientId === id)) continue;
    const { request } = riskRequest(risk, making);
    const setting = ClientId === undefined ? 'risk' : `risk[${ClientId}]`;
    await attempts.make(setting, 'SetRiskConfiguration', { ...request, ...(id === undefined ? {} : { ClientId: id }) });
  }
}

async function setLogs({ making: { settings, options }, made, attempts }: PartsWork): Promise<void> {
  const { request } = logRequest(settings, options);
  if (request === undefined || made.logDelivery !== undefined) return;
  await attempts.make('logDelivery', 'SetLogDeliveryConfiguration', request);
}
