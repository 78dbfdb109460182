import type { Attributes } from '../../model.ts';
import type { Refusal } from '../../ports.ts';
import { withoutLate } from '../accounts/proof.ts';
import type { RestorePlan, RestoreUser } from '../plan/plan-model.ts';

/** What makes a value another user's alias: without it the address stays, and is nobody's name at sign-in. */
const ALIAS_CLAIMS: Readonly<Record<string, string>> = {
  email: 'email_verified',
  phone_number: 'phone_number_verified',
  preferred_username: 'preferred_username',
};

/**
 * The attributes with which a user who was refused is tried once more: without those that Cognito refused by name, or,
 * where another account has the alias, without what claims it; else without the one that no unconfirmed user may have.
 * Undefined when that is nothing less. What is left out is found missing by the comparison at the end, and reported.
 */
export function lessened(
  { attributes }: Pick<RestoreUser, 'attributes'>,
  { refused, attributes: named }: Refusal,
  { signInName }: Pick<RestorePlan, 'signInName'>,
): Attributes | undefined {
  const refusedOnes = named?.filter((name) => name !== signInName);
  const less = withoutLate(without(attributes, refused, refusedOnes));
  return Object.keys(less).length < Object.keys(attributes).length ? less : undefined;
}

function without(attributes: Attributes, refused: string, named: readonly string[] | undefined): Attributes {
  const dropped =
    refused === 'AliasExistsException'
      ? (named ?? Object.keys(ALIAS_CLAIMS)).map((name) => ALIAS_CLAIMS[name] ?? name)
      : (named ?? []).flatMap((name) => [name, `${name}_verified`]);
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !dropped.includes(name)));
}
