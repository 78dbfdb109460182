import { counted, countedAs } from '../../counted.ts';
import { Halt } from '../../errors.ts';
import type { PoolSettings, SchemaAttribute } from '../../model.ts';
import { boundsOf } from './attribute-fit.ts';
import { lockoutFindings, mfaChangeOf, mfaOffText, requiredMfaNotes } from './required-mfa.ts';
import type { MfaFacts } from './required-mfa.ts';
import { firedByCreation } from './triggers.ts';

/** The new pool, and what the backup holds. */
export interface PreflightFacts {
  readonly poolId: string;
  /** Settings of the new pool. */
  readonly settings: PoolSettings;
  /** GetCSVHeader's answer for the new pool. */
  readonly header: readonly string[];
  /** Settings of the pool that was backed up, from the manifest. */
  readonly source: PoolSettings;
  /** Users that are to be restored, and by attribute how many of them have a value. */
  readonly users: number;
  readonly usage: Readonly<Record<string, number>>;
  readonly allowTriggers: boolean;
  /** False: it can do without import jobs. */
  readonly importJobs?: boolean;
  /** Present where the new pool requires MFA. */
  readonly mfa?: MfaFacts;
}

/** Sentences for the operator. */
export interface PreflightResult {
  /** What stands against the restore; empty when nothing does. */
  readonly findings: readonly string[];
  /** What differs and is worth a line in the report. */
  readonly notes: readonly string[];
}

/**
 * Compares the new pool with what the backup needs. Names attributes and settings, never users. What users hold decides: a
 * declaration that differs and concerns no value is a note, and a single value that does not fit costs its user that
 * attribute (see fittingAttributes).
 */
export function preflight(facts: PreflightFacts): PreflightResult {
  const findings = [...signInFindings(facts), ...missingFindings(facts), ...requiredFindings(facts)];
  if (facts.mfa !== undefined) findings.push(...lockoutFindings(facts.mfa));
  const notes: string[] = [];
  for (const wanted of facts.source.schema) {
    const given = facts.settings.schema.find(({ name }) => name === wanted.name);
    if (given === undefined || !Object.hasOwn(facts.usage, wanted.name) || wanted.name === 'sub') continue;
    findings.push(...typeFindings(wanted, given));
    notes.push(...boundsNotes(wanted, given));
    if (given.mutable !== wanted.mutable)
      notes.push(
        `Attribute ${given.name} is ${given.mutable ? 'mutable' : 'immutable'} in the new pool, but was not in the old one.`,
      );
  }
  return { findings, notes: [...notes, ...columnNotes(facts), ...settingNotes(facts)] };
}

/** Halts with PreflightFailed and every finding in one message. */
export function assertPreflight(poolId: string, { findings }: PreflightResult): void {
  if (findings.length === 0) return;
  const list = findings.map((finding, index) => `(${index + 1}) ${finding}`).join('; ');
  throw new Halt(
    'PreflightFailed',
    `The user pool ${poolId} cannot take this backup; nothing was written to it. Found: ${list}. Change the pool, or create another one, and start again.`,
  );
}

const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : [...names].sort().join(', '));

function signInFindings({ settings, source, importJobs = true }: PreflightFacts): string[] {
  const findings: string[] = [];
  if (importJobs && settings.autoVerifiedAttributes.length === 0)
    findings.push(
      'the pool has no auto-verified attribute, so Cognito starts no import job: let it verify email or phone_number',
    );
  for (const [what, given, wanted] of [
    ['username attributes', settings.usernameAttributes, source.usernameAttributes],
    ['alias attributes', settings.aliasAttributes, source.aliasAttributes],
  ] as const) {
    if (listed(given) !== listed(wanted))
      findings.push(
        `another sign-in mode: the pool's ${what} are ${listed(given)}, the backup needs ${listed(wanted)} (fixed when a pool is created)`,
      );
  }
  return findings;
}

/** An attribute of the schema that is no column of the CSV, as `dev:custom:` ones may be, is there all the same. */
function missingFindings({ header, settings, source, usage }: PreflightFacts): string[] {
  const missing = Object.keys(usage)
    .filter((name) => !header.includes(name) && settings.schema.every((given) => given.name !== name))
    .sort();
  if (missing.length === 0) return [];
  const declared = missing.map((name) => {
    const wanted = source.schema.find((attribute) => attribute.name === name);
    const users = counted(usage[name], 'user');
    return `${name} (${wanted === undefined ? users : `${declaration(wanted)}, ${users}`})`;
  });
  return [
    `attributes of the backup that the pool does not have: ${declared.join(', ')}; add them to the pool's schema as they are declared here (an immutable one can be set only when its user is created, never later)`,
  ];
}

/** All that the pool's schema has to say of an attribute, so that one look at the message is enough to declare it. */
function declaration(attribute: SchemaAttribute): string {
  const bounded = attribute.min !== undefined || attribute.max !== undefined;
  return [
    attribute.type,
    ...(bounded ? [`${attribute.type === 'String' ? 'length ' : ''}${range(boundsOf(attribute))}`] : []),
    ...(attribute.mutable ? [] : ['immutable']),
  ].join(', ');
}

/** Whom the CSV cannot carry for want of a column. */
function columnNotes({ header, settings, usage }: PreflightFacts): string[] {
  const without = settings.schema
    .map(({ name }) => name)
    .filter((name) => name !== 'sub' && Object.hasOwn(usage, name) && !header.includes(name))
    .sort();
  return without.map(
    (name) =>
      `Attribute ${name} is no column of the new pool's CSV: its ${countedAs(usage[name] ?? 0, 'user', ['is', 'are'])} created one by one.`,
  );
}

function requiredFindings({ settings, source, users, usage }: PreflightFacts): string[] {
  return settings.schema
    .filter((attribute) => attribute.required && attribute.name !== 'sub')
    .flatMap(({ name }) => {
      const without = users - (usage[name] ?? 0);
      const wasRequired = source.schema.some((attribute) => attribute.name === name && attribute.required);
      return without === 0 || wasRequired
        ? []
        : [
            `the pool requires ${name}, which ${counted(without, 'user')} of the backup ${without === 1 ? 'does' : 'do'} not have (fixed when a pool is created)`,
          ];
    });
}

const typeFindings = (wanted: SchemaAttribute, given: SchemaAttribute): string[] =>
  given.type === wanted.type
    ? []
    : [`attribute ${given.name} has the type ${given.type}, the backup holds ${wanted.type}`];

function boundsNotes(wanted: SchemaAttribute, given: SchemaAttribute): string[] {
  if (given.type !== wanted.type || (given.type !== 'String' && given.type !== 'Number')) return [];
  const [narrow, wide] = [boundsOf(given), boundsOf(wanted)];
  if (narrow.min <= wide.min && narrow.max >= wide.max) return [];
  return [
    `Attribute ${given.name} allows ${range(narrow)} in the new pool, ${range(wide)} in the old one: a value that does not fit is left out, and failures.csv names its user.`,
  ];
}

const range = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  `${Number.isFinite(min) ? min : 'any'} to ${Number.isFinite(max) ? max : 'any'}`;

function settingNotes({ settings, source, allowTriggers, mfa }: PreflightFacts): string[] {
  const notes: string[] = [];
  if (settings.caseSensitive !== source.caseSensitive)
    notes.push(
      `Sign-in names are case-${settings.caseSensitive ? 'sensitive' : 'insensitive'} in the new pool, but were not in the old one.`,
    );
  if (mfa !== undefined) notes.push(...requiredMfaNotes(mfa));
  const mfaOff = mfaOffText(mfaChangeOf(source, settings));
  if (mfaOff !== undefined) notes.push(mfaOff);
  const fired = firedByCreation(settings.triggers);
  if (fired.length > 0) {
    notes.push(
      allowTriggers
        ? `Users who were created one by one went through the pool's triggers (${listed(fired)}), as AllowTriggers asked.`
        : `The pool has triggers that creating users one by one would fire (${listed(fired)}): users whom an import job cannot take or refuses are left out until the workflow is started again without the triggers or with "AllowTriggers": true.`,
    );
  }
  return notes;
}
