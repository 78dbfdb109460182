import { canonicalJson, textDigest } from '../../backup/hashing.ts';
import { isRestorable } from '../../digests/user-content.ts';
import { IMPORTED_STATUS, TEMPORARY_PASSWORD_STATUS } from '../../model.ts';
import type { Attributes, ContactAttribute, PoolUser } from '../../model.ts';
import { isVerified } from '../csv/verified.ts';
import type { RestorePlan, RestoreUser } from '../plan/plan-model.ts';

/** By how much Cognito's clock, which dates accounts, may differ from that of the functions. */
const CLOCK_SLACK_MS = 5_000;
/** Of the digest of an address. */
export const ADDRESS_BYTES = 8;
const UNCONFIRMED = 'UNCONFIRMED';
const CONTACTS: readonly ContactAttribute[] = ['email', 'phone_number'];
const FLAGS = new Set(CONTACTS.map((name) => `${name}_verified`));
/** Where it is an alias, Cognito takes it for confirmed users only: those it was left out of get it at the end. */
const LATE_ATTRIBUTE = 'preferred_username';

/** When the import jobs of a chunk ran: from and until, milliseconds since the epoch. */
export type JobWindows = readonly (readonly [number, number])[];

/** What an account must show to be one of an import job's. */
export interface RowProof {
  /** Digests of the user's verified addresses; null: not verified. */
  readonly email: Buffer | null;
  readonly phone: Buffer | null;
  /** Digest of the attributes in a form that an import keeps. */
  readonly content: Buffer;
}

/** What is known about the row of a chunk. */
export interface RowEvidence {
  readonly windows: JobWindows;
  /** The job said that it imported the row: by its line, or since it imported every row. */
  readonly told: boolean;
  /** An import leaves users CONFIRMED where the pool offers sign-in without a password. */
  readonly importsConfirmed: boolean;
}

/** What an account of the user, brought by a row, would show; the same of a listed account. */
export function proofOf({ attributes }: Pick<PoolUser, 'attributes'>, signInName: RestorePlan['signInName']): RowProof {
  const [email, phone] = CONTACTS.map((name) =>
    isVerified(attributes, name) ? textDigest(kept(name, attributes[name] as string)).subarray(0, ADDRESS_BYTES) : null,
  ) as [Buffer | null, Buffer | null];
  return { email, phone, content: contentOf(attributes, signInName) };
}

/**
 * Whether the listed account is the one that an import job of ours made for the row: created while the job ran, with an
 * address verified that the user proved in the old pool. Without the job's word for it all attributes must be those of
 * the row, and the status the one that an import leaves.
 */
export function isOurRow(
  account: PoolUser,
  row: RowProof,
  { windows, told, importsConfirmed }: RowEvidence,
  signInName: RestorePlan['signInName'],
): boolean {
  if (account.status === UNCONFIRMED || !windows.some(([from, to]) => isWithin(account, from, to))) return false;
  const found = proofOf(account, signInName);
  if (!isSame(found.email, row.email) && !isSame(found.phone, row.phone)) return false;
  if (told) return true;
  const imported = account.status === IMPORTED_STATUS || (importsConfirmed && account.status === 'CONFIRMED');
  return imported && found.content.equals(row.content);
}

/**
 * Whether the listed account is the one that a call of ours made whose answer was lost: created since the call was
 * intended, with the temporary password still, and with the attributes that were sent.
 */
export const isOurCreation = (account: PoolUser, user: RestoreUser, since: number): boolean =>
  isUnfinishedCreation(account, since) && hasAttributesOf(account, user);

/** Whether AdminCreateUser made the account since then (milliseconds since the epoch), and it has no other password yet. */
export const isUnfinishedCreation = (account: PoolUser, since: number): boolean =>
  account.status === TEMPORARY_PASSWORD_STATUS && wasCreatedSince(account, since);

/** Whether the account can be one that version 2.0.0 created for the restore. */
export const isEarlierCreation = (account: PoolUser, { plannedAt }: Pick<RestorePlan, 'plannedAt'>): boolean =>
  (account.status === 'CONFIRMED' || account.status === TEMPORARY_PASSWORD_STATUS) &&
  wasCreatedSince(account, Date.parse(plannedAt));

/** Digest of attributes that a creation sends, and of what a listing then shows. */
export const sentDigest = (attributes: Attributes): string => contentOf(attributes).toString('base64');

/** Whether the account has the attributes of the user, with or without the one that is set at the end. */
export const hasAttributesOf = (
  account: Pick<PoolUser, 'attributes'>,
  user: Pick<RestoreUser, 'attributes'>,
): boolean =>
  [user.attributes, withoutLate(user.attributes)].some((attributes) =>
    contentOf(account.attributes).equals(contentOf(attributes)),
  );

/** The attributes without the one that Cognito may refuse of a user who is not confirmed yet. */
export const withoutLate = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== LATE_ATTRIBUTE));

/** Whether the account was created by then, milliseconds since the epoch. */
export const wasCreatedBefore = (account: PoolUser, time: number): boolean => isWithin(account, -Infinity, time);

/** Whether the account was created since then, milliseconds since the epoch. */
const wasCreatedSince = (account: PoolUser, time: number): boolean => isWithin(account, time, Infinity);

const isWithin = ({ created }: PoolUser, from: number, to: number): boolean => {
  const at = Date.parse(created);
  return at >= from - CLOCK_SLACK_MS && at <= to + CLOCK_SLACK_MS;
};

const isSame = (found: Buffer | null, wanted: Buffer | null): boolean =>
  found !== null && wanted !== null && found.equals(wanted);

/** The sign-in name is compared as a name: the pool may fold its letters. */
function contentOf(attributes: Attributes, signInName?: RestorePlan['signInName']): Buffer {
  const comparable: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const text = kept(name, value);
    if (name !== signInName && isRestorable(name, text) && !isAbsentFlag(name, text)) comparable[name] = text;
  }
  return textDigest(canonicalJson(comparable));
}

/** An address that is not verified may or may not be said not to be. */
const isAbsentFlag = (name: string, text: string): boolean => FLAGS.has(name) && text === 'false';

/** The value as an import may leave it: without blanks around it, dates and flags in one form, addresses in small letters. */
function kept(name: string, value: string): string {
  const text = value.trim();
  if (name === 'birthdate') return text.replace(/^(\d{2})\/(\d{2})\/(\d{4})$/, '$3-$1-$2');
  return name === 'email' || FLAGS.has(name) ? text.toLowerCase() : text;
}
