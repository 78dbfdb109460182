import { endsPart, foundIn, isLeftOut, listedIn, partOf } from './questions.ts';
import type { SettingsAnswers, TakenOver } from './questions.ts';
import type { KeptClient, KeptSettings } from './shape.ts';

/** Whose settings they are, when they were read, and what is taken over from those before. */
export interface SettingsAbout {
  readonly poolId: string;
  readonly takenAt: string;
  readonly before: KeptSettings | undefined;
  readonly takenOver: TakenOver;
}

/** The settings in all answers; undefined where the pool itself could not be described. */
export function assembledSettings(answers: SettingsAnswers, about: SettingsAbout): KeptSettings | undefined {
  const { poolId, takenAt, before, takenOver } = about;
  const pool = foundIn(answers, 'pool');
  if (pool === undefined) return undefined;
  const ended = new Set([...answers].flatMap(([id, answer]) => (endsPart(answer) ? [partOf(id)] : [])));
  const listed = listedIn(answers, 'clients') as readonly KeptClient[];
  const isTaken = new Set(listed.filter(takenOver.client).map(({ ClientId }) => ClientId));

  /** What was found of each client, and what is taken over, sorted by client. */
  const ofClients = (
    part: 'clients' | 'uiCustomization' | 'managedLoginBranding' | 'risk',
    take: (found: Entry, clientId: string) => Entry | undefined,
  ): readonly Readonly<Record<string, unknown>>[] =>
    ended.has(part)
      ? []
      : sorted(
          listed.flatMap(({ ClientId }) => {
            if (isTaken.has(ClientId))
              return ((before?.[part] ?? []) as readonly Entry[]).filter((kept) => kept.ClientId === ClientId);
            const found = foundIn(answers, `${part}/${ClientId}`);
            const taken = found === undefined ? undefined : take(found, ClientId);
            return taken === undefined ? [] : [taken];
          }),
          'ClientId',
        );
  const ofEach = (part: 'identityProviders' | 'terms', name: string, isOver: (entry: Entry) => boolean) =>
    ended.has(part)
      ? []
      : sorted(
          listedIn(answers, part).flatMap((entry) => {
            const id = String(entry[name]);
            const found = isOver(entry)
              ? (before?.[part] as readonly Entry[] | undefined)?.find((kept) => kept[name] === id)
              : foundIn(answers, `${part}/${id}`);
            return found === undefined ? [] : [found];
          }),
          name,
        );
  const one = (part: 'domain' | 'customDomain' | 'logDelivery' | 'mfa') => nonEmpty(foundIn(answers, part));
  const tags = pool.UserPoolTags as KeptSettings['tags'];
  const log = one('logDelivery');
  const mfa = one('mfa');
  const domain = one('domain');
  const customDomain = one('customDomain');
  const customized = foundIn(answers, 'uiCustomization');
  const risk = foundIn(answers, 'risk');
  return {
    format: 1,
    takenAt,
    poolId,
    region: poolId.split('_')[0] as string,
    pool: pool as KeptSettings['pool'],
    ...(mfa === undefined ? {} : { mfa }),
    clients: ofClients('clients', (found) => found) as KeptSettings['clients'],
    resourceServers: sorted(listedIn(answers, 'resourceServers'), 'Identifier') as KeptSettings['resourceServers'],
    identityProviders: ofEach('identityProviders', 'ProviderName', ({ ProviderName, LastModifiedDate }) =>
      takenOver.provider(String(ProviderName), LastModifiedDate),
    ) as KeptSettings['identityProviders'],
    ...(domain === undefined ? {} : { domain }),
    ...(customDomain === undefined ? {} : { customDomain }),
    uiCustomization: [
      ...(isCustomized(customized) ? [{ ...customized, ClientId: 'ALL' }] : []),
      // Where a client has none of its own, Cognito answers with the pool's.
      ...ofClients('uiCustomization', (found, id) =>
        isCustomized(found) && found.ClientId === id ? found : undefined,
      ),
    ] as KeptSettings['uiCustomization'],
    managedLoginBranding: ofClients('managedLoginBranding', (found, ClientId) =>
      nonEmpty(found) === undefined ? undefined : { ...found, ClientId },
    ),
    risk: [
      ...(isRisk(risk) ? [risk] : []),
      ...ofClients('risk', (found, id) => (isRisk(found) && found.ClientId === id ? found : undefined)),
    ] as KeptSettings['risk'],
    ...(log === undefined || (log.LogConfigurations as readonly unknown[] | undefined)?.length === 0
      ? {}
      : { logDelivery: log }),
    terms: ofEach('terms', 'TermsId', ({ TermsId, LastModifiedDate }) =>
      takenOver.terms(String(TermsId), LastModifiedDate),
    ) as KeptSettings['terms'],
    ...(tags === undefined || Object.keys(tags).length === 0 ? {} : { tags }),
    triggers: triggersOf(pool.LambdaConfig),
    leftOut: leftOutOf(answers),
  };
}

type Entry = Readonly<Record<string, unknown>>;

const sorted = (entries: readonly Entry[], by: string): readonly Entry[] =>
  [...entries].sort((one, other) => (String(one[by]) < String(other[by]) ? -1 : 1));

const nonEmpty = (found: Entry | undefined): Entry | undefined =>
  found === undefined || Object.keys(found).length === 0 ? undefined : found;

const isCustomized = (found: Entry | undefined): found is Entry =>
  found?.CSS !== undefined || found?.ImageUrl !== undefined;

const isRisk = (found: Entry | undefined): found is Entry =>
  Object.keys(found ?? {}).some((name) => name.endsWith('Configuration'));

/** Some triggers are texts, some have a version beside their ARN; KMSKeyID, which stands there, too, is none. */
function triggersOf(config: unknown): Record<string, string> {
  const triggers: Record<string, string> = {};
  for (const [name, value] of Object.entries((config ?? {}) as Entry)) {
    const arn = typeof value === 'string' ? value : (value as { readonly LambdaArn?: unknown } | null)?.LambdaArn;
    if (name !== 'KMSKeyID' && typeof arn === 'string' && arn !== '') triggers[name] = arn;
  }
  return triggers;
}

/** A part that ended is one entry, whichever of its questions ended it. */
function leftOutOf(answers: SettingsAnswers): KeptSettings['leftOut'] {
  const reasons = new Map<string, string>();
  for (const [id, answer] of [...answers].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const part = endsPart(answer) ? partOf(id) : id;
    if (isLeftOut(answer) && !reasons.has(part)) reasons.set(part, answer.refused);
  }
  return [...reasons]
    .map(([part, reason]) => ({ part, reason }))
    .sort((one, other) => (one.part < other.part ? -1 : 1));
}
