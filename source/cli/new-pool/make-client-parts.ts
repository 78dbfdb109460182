import { clientPath, clientRequest, whyNoClient } from '../../domain/pool-settings/recreate/client-request.ts';
import { thereIn } from '../../domain/pool-settings/recreate/known-omissions.ts';
import { membersOf } from '../../domain/pool-settings/recreate/omissions.ts';
import { pairClients } from '../../domain/pool-settings/recreate/pair-clients.ts';
import { styleRequests, termsRequest } from '../../domain/pool-settings/recreate/style-requests.ts';
import type { PartsWork } from './parts-work.ts';

/** Makes app clients, where they are asked for, with their looks and terms; the look of the pool itself, too. */
export async function makeClientParts(work: PartsWork): Promise<ReadonlyMap<string, string>> {
  const { withClients } = work.making;
  const ids = withClients ? await makeClients(work) : new Map<string, string>();
  await makeStyles(work, ids);
  await makeTerms(work, ids);
  await customize(work, ids);
  return ids;
}

async function makeClients({ making, made, attempts, tell }: PartsWork): Promise<ReadonlyMap<string, string>> {
  const { settings, options } = making;
  const { ids, missing } = pairClients(settings.clients, made.clients);
  const there = thereIn(settings, new Set(attempts.omissions.map(({ setting }) => setting)));
  for (const client of settings.clients) {
    if (whyNoClient(client) !== undefined) continue;
    const { request, omissions } = clientRequest(client, { settings, options, there });
    attempts.omissions.push(...omissions);
    if (!missing.includes(client)) continue;
    tell(`Making app client ${ids.size + 1} of ${settings.clients.length}`);
    const answer = await attempts.make(clientPath(client), 'CreateUserPoolClient', request);
    const { ClientId } = membersOf(answer?.['UserPoolClient']);
    if (typeof ClientId === 'string') ids.set(client.ClientId, ClientId);
  }
  return ids;
}

async function makeStyles(
  { making, made, attempts, tell }: PartsWork,
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  for (const style of making.settings.managedLoginBranding) {
    const id = ids.get(style.ClientId ?? '');
    if (id === undefined) continue;
    tell('Making the looks of managed login');
    const setting = `managedLoginBranding[${style.ClientId ?? ''}]`;
    const there = made.managedLoginBranding.find(({ ClientId }) => ClientId === id);
    const { create, more } = styleRequests(style, { clientId: id, there });
    const known =
      there ??
      membersOf((await attempts.make(setting, 'CreateManagedLoginBranding', create))?.['ManagedLoginBranding']);
    const { ManagedLoginBrandingId } = known;
    if (ManagedLoginBrandingId === undefined) continue;
    for (const Assets of more)
      await attempts.make(`${setting}.Assets`, 'UpdateManagedLoginBranding', { ManagedLoginBrandingId, Assets });
  }
}

async function makeTerms({ making, made, attempts }: PartsWork, ids: ReadonlyMap<string, string>): Promise<void> {
  for (const one of making.settings.terms) {
    const { TermsName, ClientId } = one;
    const id = typeof ClientId === 'string' ? ids.get(ClientId) : undefined;
    if (id === undefined) continue;
    if (made.terms.some((other) => other['ClientId'] === id && other['TermsName'] === TermsName)) continue;
    await attempts.make(`terms[${String(TermsName)} ${String(ClientId)}]`, 'CreateTerms', termsRequest(one, id));
  }
}

/** Cognito takes these only once the pool has a domain: the first call says so, a later one makes them. */
async function customize({ making, made, attempts }: PartsWork, ids: ReadonlyMap<string, string>): Promise<void> {
  for (const { ClientId = 'ALL', CSS } of making.settings.uiCustomization) {
    const id = ClientId === 'ALL' ? ClientId : ids.get(ClientId);
    if (id === undefined || CSS === undefined || made.uiCustomization.some((one) => one.ClientId === id)) continue;
    await attempts.make(`uiCustomization[${ClientId}]`, 'SetUICustomization', { ClientId: id, CSS });
  }
}
