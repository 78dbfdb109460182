import * as v from 'valibot';
import { LATEST_KEY, manifestIn, manifestKey, runIdIn } from '../backup/manifest.ts';
import type { SettingsRecord } from '../backup/manifest.ts';
import { isNamed } from '../errors.ts';
import { readPoolSettings } from '../pool-settings/kept.ts';
import { CLIENT_PARTS, listedIn, partOf } from '../pool-settings/questions.ts';
import type { SettingsAnswers, TakenOver } from '../pool-settings/questions.ts';
import type { KeptClient, KeptSettings } from '../pool-settings/shape.ts';
import type { BackupTable, Log, ObjectStore } from '../ports.ts';
import { readJsonIfWhole } from '../state/json-object.ts';
import { SETTINGS_LOOKS_KEY } from './run.ts';

/** When what was asked for last. Without it everything is asked for again. */
const looksShape = v.object({
  /** Of the settings that were kept then. */
  hash: v.string(),
  /** By ClientId, the day (UTC) on which Cognito described the client: no listing tells when one was changed. */
  clients: v.record(v.string(), v.string()),
  /** By name or id, LastModifiedDate in the listing. */
  identityProviders: v.record(v.string(), v.string()),
  terms: v.record(v.string(), v.string()),
});
type Looks = v.InferOutput<typeof looksShape>;

/** What the last sealed run kept, and when it was asked for. */
export interface SettingsBefore {
  readonly settings?: KeptSettings;
  readonly record?: SettingsRecord;
  readonly looks?: Looks;
}

/** Settings that are damaged, or looks that are, count as none: everything is asked for again, and kept anew. */
export async function settingsBefore({
  table,
  objects,
  log,
}: {
  readonly table: Pick<BackupTable, 'getItem'>;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly log: Log;
}): Promise<SettingsBefore> {
  const runId = runIdIn(await table.getItem(LATEST_KEY));
  const item = runId === undefined ? undefined : await table.getItem(manifestKey(runId));
  if (item?.settings === undefined) return {};
  const manifest = manifestIn(item);
  const settings = await undamaged(() => readPoolSettings({ table }, manifest));
  if (settings === undefined || manifest.settings === undefined) {
    log.warn('The settings that the last sealed run kept cannot be read: they are kept anew', { runId });
    return {};
  }
  const looks = await readJsonIfWhole(objects, SETTINGS_LOOKS_KEY, looksShape);
  const fits = looks?.hash === manifest.settings.hash;
  return { settings, record: manifest.settings, ...(fits ? { looks } : {}) };
}

async function undamaged<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isNamed(error, 'SnapshotDamaged', 'BadState')) return undefined;
    throw error;
  }
}

/**
 * What need not be asked for again: a client that was described on the day on which the run began, unless its name is
 * another one, and providers and terms whose date has not moved. Nothing of a part that was left out then.
 */
export function takenOverFrom({ settings, looks }: SettingsBefore, day: string): TakenOver {
  if (settings === undefined || looks === undefined)
    return { client: () => false, provider: () => false, terms: () => false };
  const { clients, identityProviders, terms, leftOut } = settings;
  const lacks = new Set(leftOut.map(({ part }) => partOf(part)));
  const byId = new Map<string, KeptClient>(clients.map((client) => [client.ClientId, client]));
  const clientsWhole = !CLIENT_PARTS.some((part) => lacks.has(part));
  const sameDate =
    (part: 'identityProviders' | 'terms', known: ReadonlySet<unknown>) => (id: string, modified: unknown) =>
      !lacks.has(part) && known.has(id) && typeof modified === 'string' && looks[part][id] === modified;
  return {
    client: ({ ClientId, ClientName }) =>
      clientsWhole && looks.clients[ClientId] === day && byId.get(ClientId)?.ClientName === ClientName,
    provider: sameDate('identityProviders', new Set(identityProviders.map(({ ProviderName }) => ProviderName))),
    terms: sameDate('terms', new Set(terms.map(({ TermsId }) => TermsId))),
  };
}

/** Remembers what was asked for: the day of those clients that were taken over stays, since it is the same. */
export async function putLooks(
  objects: Pick<ObjectStore, 'put'>,
  answers: SettingsAnswers,
  { hash, day }: { readonly hash: string; readonly day: string },
): Promise<void> {
  const dates = (part: 'identityProviders' | 'terms', name: string): Record<string, string> =>
    Object.fromEntries(
      listedIn(answers, part).flatMap(({ [name]: id, LastModifiedDate: modified }) =>
        typeof id === 'string' && typeof modified === 'string' ? [[id, modified]] : [],
      ),
    );
  const looks: Looks = {
    hash,
    clients: Object.fromEntries(listedIn(answers, 'clients').map(({ ClientId }) => [String(ClientId), day])),
    identityProviders: dates('identityProviders', 'ProviderName'),
    terms: dates('terms', 'TermsId'),
  };
  await objects.put(SETTINGS_LOOKS_KEY, JSON.stringify(looks));
}
