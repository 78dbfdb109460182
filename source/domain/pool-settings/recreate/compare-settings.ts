import type { KeptSettings } from '../shape.ts';
import { isNothing, membersOf, without } from './omissions.ts';
import type { Omission } from './omissions.ts';
import { messagesOf, OLDER_MESSAGES, OLDER_VALIDITY, policiesOf, triggersOf } from './older-names.ts';

/** One setting that is otherwise in the pool that was made. */
export interface SettingDifference {
  /** Path with Cognito's names, lists by what names their members: `pool.Policies.PasswordPolicy.MinimumLength`. */
  readonly setting: string;
  readonly kept: unknown;
  readonly made: unknown;
  readonly why: string;
  /** No new pool can be otherwise, or the operator asked for it so. */
  readonly expected: boolean;
}

/** What is known about how the pool was made. */
export interface KnownOfMade {
  readonly omissions: readonly Omission[];
  /** Client id of the kept pool to that of the new one. */
  readonly clientIds: ReadonlyMap<string, string>;
}

/** By what the members of a list are told apart, by the name of the list. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  SchemaAttributes: ['Name'],
  RecoveryMechanisms: ['Name'],
  clients: ['ClientId'],
  resourceServers: ['Identifier'],
  Scopes: ['ScopeName'],
  identityProviders: ['ProviderName'],
  uiCustomization: ['ClientId'],
  managedLoginBranding: ['ClientId'],
  Assets: ['Category', 'ColorMode'],
  risk: ['ClientId'],
  LogConfigurations: ['EventSource'],
  terms: ['TermsName', 'ClientId'],
};
const NEVER_THE_SAME: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^(poolId|pool\.Id)$/, 'Every pool has an id of its own.'],
  [/\.UserPoolId$/, 'Every pool has an id of its own.'],
  [/\.(TermsId|ManagedLoginBrandingId)$/, 'Cognito gives every one an id of its own.'],
];
/** Not settings: when they were looked at, what could not be read, and what the pool itself says, too. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['format', 'takenAt', 'leftOut', 'tags', 'triggers']);
/** Of the pool: what parts of their own say better, and what Cognito has to say about a delivery that failed. */
const SAID_ELSEWHERE = ['Domain', 'CustomDomain', 'SmsConfigurationFailure', 'EmailConfigurationFailure'];

/** Every setting that differs between the kept pool and the one that was made, in the order of the kept settings. */
export function compareSettings(kept: KeptSettings, made: KeptSettings, by: KnownOfMade): readonly SettingDifference[] {
  const asked = unread(kept, made);
  const differences: Pick<SettingDifference, 'setting' | 'kept' | 'made'>[] = [];
  const mfaIsKnown = kept.mfa !== undefined && made.mfa !== undefined;
  const [one, other] = [withNewClientIds(kept, by.clientIds), made].map((all) => comparable(all, mfaIsKnown));
  if (one === undefined || other === undefined) return [];
  for (const part of partsOf(one, other))
    if (!NOT_COMPARED.has(part))
      compare(part, part, member(one, part), member(other, part), (setting, before, now) => {
        differences.push({ setting: withOldClientIds(setting, by.clientIds), kept: before, made: now });
      });
  return differences.map((difference) => ({ ...difference, ...explanation(difference, [...by.omissions, ...asked]) }));
}

/** With each setting in one place, where Cognito has an older name for it, too. */
function comparable(settings: KeptSettings, mfaIsKnown: boolean): object {
  const { pool, mfa } = settings;
  // A factor that is off is none.
  const isOff = membersOf(mfa?.['SoftwareTokenMfaConfiguration'])['Enabled'] === false;
  return {
    ...settings,
    ...(mfa === undefined ? {} : { mfa: isOff ? without(mfa, ['SoftwareTokenMfaConfiguration']) : mfa }),
    pool: {
      ...without(pool, [...OLDER_MESSAGES, ...SAID_ELSEWHERE, ...(mfaIsKnown ? ['MfaConfiguration'] : [])]),
      Policies: policiesOf(pool),
      LambdaConfig: triggersOf(pool),
      VerificationMessageTemplate: messagesOf(pool),
      AdminCreateUserConfig: without(membersOf(pool['AdminCreateUserConfig']), [OLDER_VALIDITY]),
    },
  };
}

const member = (settings: object, name: string): unknown => (settings as Readonly<Record<string, unknown>>)[name];
const partsOf = (...all: readonly object[]): readonly string[] => [...new Set(all.flatMap((one) => Object.keys(one)))];

type Found = (setting: string, kept: unknown, made: unknown) => void;

/** Descends to the single settings: of a list a whole entry may be missing, a group that is missing is told by its members. */
function compare(setting: string, name: string, kept: unknown, made: unknown, found: Found): void {
  if (isNothing(kept) && isNothing(made)) return;
  if (isTexts(kept) && isTexts(made)) {
    // Of no list of texts does the order mean anything.
    const sorted = (texts: readonly unknown[]): string => JSON.stringify([...texts].sort());
    if (sorted(kept) !== sorted(made)) found(setting, kept, made);
    return;
  }
  const keys = NAMED_BY[name];
  if (keys !== undefined && isList(kept) && isList(made)) {
    compareLists(setting, keys, [kept, made], found);
    return;
  }
  if (isGroup(kept) && isGroup(made)) {
    for (const key of partsOf(kept ?? {}, made ?? {}))
      compare(`${setting}.${key}`, key, member(kept ?? {}, key), member(made ?? {}, key), found);
    return;
  }
  if (JSON.stringify(kept) !== JSON.stringify(made)) found(setting, kept, made);
}

const isTexts = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one !== 'object');
const isList = (value: unknown): value is readonly object[] | undefined =>
  value === undefined || (Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null));
const isGroup = (value: unknown): value is object | undefined =>
  value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value));

function compareLists(
  setting: string,
  keys: readonly string[],
  [kept = [], made = []]: readonly (readonly object[] | undefined)[],
  found: Found,
): void {
  const nameOf = (one: object): string =>
    keys.flatMap((key) => (member(one, key) === undefined ? [] : [String(member(one, key))])).join(' ');
  const names = (all: readonly object[]): string[] => all.map(nameOf);
  for (const name of new Set([...names(kept), ...names(made)])) {
    const [one, other] = [kept, made].map((all) => all.filter((entry) => nameOf(entry) === name));
    const path = name === '' ? setting : `${setting}[${name}]`;
    for (let index = 0; index < Math.max(one?.length ?? 0, other?.length ?? 0); index += 1) {
      const [before, now] = [one?.[index], other?.[index]];
      if (before === undefined || now === undefined) found(path, before, now);
      else compare(path, '', before, now, found);
    }
  }
  const both = names(kept).filter((name) => names(made).includes(name));
  const inMade = names(made).filter((name) => both.includes(name));
  if (keys[0] === 'Name' && both.join() !== inMade.join()) found(`${setting} (order)`, both, inMade);
}

/** The kept settings as they would be if the clients had kept their ids. */
function withNewClientIds(kept: KeptSettings, ids: KnownOfMade['clientIds']): KeptSettings {
  const renamed = <T extends object>(entry: T): T => {
    const id = member(entry, 'ClientId');
    const now = typeof id === 'string' ? ids.get(id) : undefined;
    return now === undefined ? entry : { ...entry, ClientId: now };
  };
  return Object.fromEntries(
    Object.entries(kept).map(([part, value]) => [part, Array.isArray(value) ? value.map(renamed) : value]),
  ) as KeptSettings;
}

/** The reader knows the clients by their old ids. */
function withOldClientIds(setting: string, ids: KnownOfMade['clientIds']): string {
  return [...ids].reduce((text, [old, now]) => text.replace(now, old), setting);
}

/** What one of the two looks could not read is no difference that anybody knows of. */
const unread = (kept: KeptSettings, made: KeptSettings): Omission[] => [
  ...kept.leftOut.map(({ part, reason }) => ({
    setting: settingOf(part),
    why: `It is not in the backup: the export could not read it (${reason}).`,
  })),
  ...made.leftOut.map(({ part, reason }) => ({
    setting: settingOf(part),
    why: `It could not be read in the new pool (${reason}).`,
  })),
];

/** `clients/<id>` of what was left out is `clients[<id>]` here. */
const settingOf = (part: string): string => part.replace(/^([^/]+)\/(.*)$/, '$1[$2]');

function explanation(
  { setting, kept }: Pick<SettingDifference, 'setting' | 'kept'>,
  omissions: readonly Omission[],
): Pick<SettingDifference, 'why' | 'expected'> {
  const never = NEVER_THE_SAME.find(([pattern]) => pattern.test(setting));
  if (never !== undefined) return { why: never[1], expected: true };
  const known = omissions.find((omission) => concerns(omission.setting, setting));
  if (known !== undefined) return { why: known.why, expected: known.expected === true };
  return {
    why: isNothing(kept)
      ? 'Cognito set this by itself: the kept pool did not have the setting.'
      : 'Nobody knows why: it was asked for as it was kept.',
    expected: false,
  };
}

/** Whether a setting is the one that is meant, or lies below it. */
const concerns = (meant: string, setting: string): boolean =>
  setting === meant || setting.startsWith(`${meant}.`) || setting.startsWith(`${meant}[`);
