import { isAboutValues } from '../../about-values.ts';
import type { Attributes } from '../../model.ts';
import type { Refusal } from '../../ports.ts';
import { attributeOfName } from '../../comparison/matching.ts';
import { withoutLate } from '../accounts/proof.ts';
import type { RestorePlan, RestoreUser } from '../plan/plan-model.ts';

/** What makes a value another user's alias: without it the address stays, and is nobody's name at sign-in. */
const ALIAS_CLAIMS: Readonly<Record<string, string>> = {
  email: 'email_verified',
  phone_number: 'phone_number_verified',
  preferred_username: 'preferred_username',
};

const ALIAS_TAKEN = 'AliasExistsException';
/** They can be given to a new user only: to set an address later could send a message. */
const ADDRESSES = new Set(['email', 'email_verified', 'phone_number', 'phone_number_verified']);

/**
 * The attributes with which a user who was refused is tried once more: without those that Cognito refused by name, or,
 * where another account has the alias, without what claims it; else without the one that no unconfirmed user may have; else,
 * where a value was refused and none is named, without all that can be set later. Undefined when that is nothing less.
 * What is left out is found missing by the comparison at the end, which sets it or reports it.
 */
export function lessened(
  { name: signInName, attributes }: Pick<RestoreUser, 'name' | 'attributes'>,
  { refused, attributes: named }: Refusal,
  plan: Pick<RestorePlan, 'signInName' | 'schema'>,
): Attributes | undefined {
  const refusedOnes = named?.filter((name) => name !== attributeOfName(signInName, plan));
  const isLess = (some: Attributes): boolean => Object.keys(some).length < Object.keys(attributes).length;
  const less = withoutLate(without(attributes, refused, refusedOnes));
  if (isLess(less)) return less;
  const needed = isAboutValues(refused) ? neededAtOnce(attributes, signInName, plan) : attributes;
  return isLess(needed) ? needed : undefined;
}

/** Whether the refusal can be due to one of several attributes. */
export const isAboutAttributes = ({ refused }: Refusal): boolean => isAboutValues(refused) || refused === ALIAS_TAKEN;

/** What the pool must have of a new user, and what cannot be set later. */
function neededAtOnce(
  attributes: Attributes,
  signInName: string,
  plan: Pick<RestorePlan, 'signInName' | 'schema'>,
): Attributes {
  const { schema } = plan;
  const nameAttribute = attributeOfName(signInName, plan);
  const fixed = new Set(schema.filter(({ mutable, required }) => required || !mutable).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) => name === nameAttribute || ADDRESSES.has(name) || fixed.has(name)),
  );
}

function without(attributes: Attributes, refused: string, named: readonly string[] | undefined): Attributes {
  const dropped =
    refused === ALIAS_TAKEN
      ? (named ?? Object.keys(ALIAS_CLAIMS)).map((name) => ALIAS_CLAIMS[name] ?? name)
      : (named ?? []).flatMap((name) => [name, `${name}_verified`]);
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !dropped.includes(name)));
}
