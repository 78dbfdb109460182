import { changedAttributes, nameKey } from '../../digests/user-content.ts';
import type { Attributes, PoolSettings, PoolUser } from '../../model.ts';
import { isVerified } from '../csv/verified.ts';
import type { AttributeWanted } from './decisions.ts';

/** What decides which attributes of an account may be set. */
export type AttributeRules = Pick<PoolSettings, 'schema' | 'autoVerifiedAttributes'>;

/** What an account shall get, and what cannot be set: one sentence each, without values. */
export interface WantedAttributes {
  readonly set: readonly AttributeWanted[];
  readonly problems: readonly string[];
}

/** The attributes that are addresses. */
export const CONTACTS = ['email', 'phone_number'] as const;
export type Contact = (typeof CONTACTS)[number];
const flagOf = (contact: Contact): string => `${contact}_verified`;
const FLAGS = CONTACTS.map(flagOf);

/**
 * What of the held attributes the account has otherwise. An address that Cognito would send a code to is set only together
 * with the flag that says it is verified, in one call: then Cognito sends nothing. One that nobody proved is set only in a
 * pool that verifies none of its kind.
 */
export function wantedAttributes(
  held: Attributes,
  { attributes: now }: Pick<PoolUser, 'attributes'>,
  { schema, autoVerifiedAttributes }: AttributeRules,
): WantedAttributes {
  const fixed = new Set(schema.filter(({ mutable }) => !mutable).map(({ name }) => name));
  const set: AttributeWanted[] = [];
  const problems: string[] = [];
  const differing = changedAttributes(held, now);
  for (const name of differing) {
    const contact = CONTACTS.find((one) => one === name);
    if (fixed.has(name)) problems.push(`${name} cannot be changed in this pool`);
    else if (contact !== undefined) {
      const verified = isVerified(held, contact);
      if (verified || !autoVerifiedAttributes.includes(contact))
        set.push({ name, value: held[name] as string }, { name: flagOf(contact), value: verified ? 'true' : 'false' });
      else
        problems.push(`${name} was not set: it is not verified in the backup, so that Cognito could send a code to it`);
    } else if (!isFlagOf(differing, name)) set.push({ name, value: held[name] as string });
  }
  return { set, problems };
}

/** The flag of an address that is set or not set together with it. */
const isFlagOf = (differing: readonly string[], name: string): boolean =>
  FLAGS.includes(name) && differing.includes(name.replace(/_verified$/, ''));

/** The addresses among these to which Cognito could send a code: without their flag, or with one that is not set. */
export const couldGetCode = (
  wanted: readonly AttributeWanted[],
  { autoVerifiedAttributes }: Pick<AttributeRules, 'autoVerifiedAttributes'>,
): readonly string[] =>
  CONTACTS.filter(
    (contact) =>
      autoVerifiedAttributes.includes(contact) &&
      wanted.some(({ name, value }) => name === contact && value !== null) &&
      !wanted.some(({ name, value }) => name === flagOf(contact) && value === 'true'),
  );

/** An address by which somebody signs in, or would. */
export interface AddressClaim {
  readonly contact: Contact;
  readonly value: string;
}

/** By which verified addresses the user signs in, or would, where these are aliases. */
export const claimsOf = (
  { attributes }: Pick<PoolUser, 'attributes'>,
  aliases: readonly string[],
): readonly AddressClaim[] =>
  CONTACTS.filter((contact) => aliases.includes(contact) && isVerified(attributes, contact)).map((contact) => ({
    contact,
    value: attributes[contact] as string,
  }));

/** The claim in a form in which it can be compared. */
export const claimKey = ({ contact, value }: AddressClaim, caseSensitive: boolean): string =>
  `${contact} ${nameKey(value, caseSensitive)}`;

/** The same of all claims of the user. */
export const claimedAliases = (
  user: Pick<PoolUser, 'attributes'>,
  { aliases, caseSensitive }: { readonly aliases: readonly string[]; readonly caseSensitive: boolean },
): readonly string[] => claimsOf(user, aliases).map((claim) => claimKey(claim, caseSensitive));

/** Whether the account has the value; a flag that is not set is the same as false. */
export function hasValue({ attributes }: Pick<PoolUser, 'attributes'>, name: string, value: string | null): boolean {
  return comparable(name, attributes[name]) === comparable(name, value ?? undefined);
}

const comparable = (name: string, value: string | undefined): string | undefined => {
  if (!FLAGS.includes(name)) return value === '' ? undefined : value;
  return value?.toLowerCase() === 'true' ? 'true' : undefined;
};
