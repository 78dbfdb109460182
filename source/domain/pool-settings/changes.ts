import { canonicalJson } from '../backup/hashing.ts';
import type { KeptSettings } from './shape.ts';

/** Names of settings that differ. */
export interface SettingsChanges {
  readonly count: number;
  /** The first of them. */
  readonly names: readonly string[];
}

const MOST_NAMES = 20;
/** How deep a name goes: `Policies.PasswordPolicy.MinimumLength`. */
const DEEPEST = 3;
/** What differs by itself when something else does, or is said of something else. */
const SAID_ELSEWHERE = new Set(['takenAt', 'tags', 'triggers', 'format']);
/** By which an entry of a list is known, and what a reader calls it. */
const ENTRIES = {
  clients: { key: 'ClientId', name: 'app client', shown: 'ClientName' },
  resourceServers: { key: 'Identifier', name: 'resource server', shown: 'Identifier' },
  identityProviders: { key: 'ProviderName', name: 'identity provider', shown: 'ProviderName' },
  uiCustomization: { key: 'ClientId', name: 'classic branding of', shown: 'ClientId' },
  managedLoginBranding: { key: 'ClientId', name: 'managed login branding of', shown: 'ClientId' },
  risk: { key: 'ClientId', name: 'threat protection of', shown: 'ClientId' },
  terms: { key: 'TermsId', name: 'terms', shown: 'TermsName' },
  leftOut: { key: 'part', name: 'not readable:', shown: 'part' },
} as const satisfies Partial<Record<keyof KeptSettings, unknown>>;

type Entry = Readonly<Record<string, unknown>>;

/** Which settings differ: their names only, since values can be long (texts of messages, style sheets). */
export function settingsChanges(before: KeptSettings, after: KeptSettings): SettingsChanges {
  const names = [...changedMembers(before, after)];
  return { count: names.length, names: names.slice(0, MOST_NAMES) };
}

function* changedMembers(before: KeptSettings, after: KeptSettings): Generator<string> {
  for (const member of namesIn(before, after)) {
    if (SAID_ELSEWHERE.has(member)) continue;
    const entries = ENTRIES[member as keyof typeof ENTRIES] as (typeof ENTRIES)[keyof typeof ENTRIES] | undefined;
    const [one, other] = [(before as Entry)[member], (after as Entry)[member]];
    if (entries === undefined) yield* changedPaths(one, other, member === 'pool' ? [] : [member]);
    else yield* changedEntries(one as readonly Entry[], other as readonly Entry[], entries);
  }
}

function* changedEntries(
  before: readonly Entry[],
  after: readonly Entry[],
  { key, name, shown }: { readonly key: string; readonly name: string; readonly shown: string },
): Generator<string> {
  const byKey = (entries: readonly Entry[]): Map<string, Entry> =>
    new Map(entries.map((entry) => [textIn(entry, key) ?? 'the pool', entry]));
  const [was, is] = [byKey(before), byKey(after)];
  for (const id of [...new Set([...was.keys(), ...is.keys()])].sort()) {
    const [one, other] = [was.get(id), is.get(id)];
    const title = textIn(other ?? one, shown) ?? id;
    const called = `${name} ${title === id ? id : `${title} (${id})`}`;
    if (one === undefined) yield `${called}: new`;
    else if (other === undefined) yield `${called}: gone`;
    else for (const path of changedPaths(one, other, [])) yield `${called}: ${path}`;
  }
}

function* changedPaths(one: unknown, other: unknown, path: readonly string[]): Generator<string> {
  if (canonicalJson(one) === canonicalJson(other)) return;
  if (path.length >= DEEPEST || !isRecord(one) || !isRecord(other)) yield path.join('.');
  else for (const name of namesIn(one, other)) yield* changedPaths(one[name], other[name], [...path, name]);
}

const textIn = (entry: Entry | undefined, name: string): string | undefined => {
  const text = entry?.[name];
  return typeof text === 'string' ? text : undefined;
};

const isRecord = (value: unknown): value is Entry =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const namesIn = (one: object, other: object): readonly string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
