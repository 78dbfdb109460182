import type { SchemaAttribute, SignInName } from '../../model.ts';
import { FEDERATED_STATUS } from '../../model.ts';
import { csvCannotCarry } from '../csv/cannot-carry.ts';
import type { CsvRules } from '../csv/cannot-carry.ts';
import type { ExcludedUser, Exclusion, RestoreUser } from '../plan/plan-model.ts';
import { attributeFits } from '../preflight/attribute-fit.ts';
import type { SpooledUser } from './spooled-user.ts';

export interface Rules extends CsvRules {
  readonly signInName: SignInName;
  /** Schema of the new pool. */
  readonly schema: readonly SchemaAttribute[];
  readonly restoreUnconfirmed: boolean;
  /** See RestorePlan. */
  readonly mayCreateUsers: boolean;
}

/** A user as far as one look at it tells: by import job, one by one (why), or not at all (reason). */
export type Classified =
  | { readonly way: 'csv'; readonly user: Omit<RestoreUser, 'groups'> }
  | { readonly way: 'create'; readonly user: Omit<RestoreUser, 'groups'>; readonly why: string }
  | { readonly way: 'exclude'; readonly excluded: ExcludedUser };

/** UsernameType of the service model: what an import job or AdminCreateUser takes as a name. */
const USERNAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

/** What the user is called at sign-in: the username, or the value of the pool's username attribute (may be absent). */
export const signInNameOfUser = (
  user: Pick<SpooledUser, 'username' | 'attributes'>,
  signInName: SignInName,
): string | undefined => (signInName === 'username' ? user.username : user.attributes[signInName]) || undefined;

/** Values that a restore brings back: `sub` is Cognito's, `identities` cannot be set, empty values are not kept. */
export const restorableAttributes = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).filter(([name, value]) => name !== 'sub' && name !== 'identities' && value !== ''),
  );

/** Why the user is out of question before its attributes are looked at; undefined when it is not. */
export function excludedBySelf(
  user: SpooledUser,
  { signInName, restoreUnconfirmed }: Pick<Rules, 'signInName' | 'restoreUnconfirmed'>,
): ExcludedUser | undefined {
  const out = (reason: Exclusion, detail: string): ExcludedUser => ({
    sub: user.sub,
    name: signInNameOfUser(user, signInName) ?? user.username,
    reason,
    detail,
  });
  if (user.status === FEDERATED_STATUS)
    return out('Federated', 'The user comes from an identity provider and returns with the next sign-in through it.');
  if (user.status === 'UNCONFIRMED' && !restoreUnconfirmed) {
    return out(
      'Unconfirmed',
      'The user never confirmed the sign-up; restored, an unproven address would become a usable account. A restore that begins with "RestoreUnconfirmed": true restores such users; once this one has begun, that takes another empty pool.',
    );
  }
  const name = signInNameOfUser(user, signInName);
  if (name === undefined)
    return out('NoSignInName', `The user has no ${signInName}, which is the name at sign-in in this pool.`);
  return USERNAME.test(name)
    ? undefined
    : out('BadUsername', 'Cognito takes names of 1 to 128 characters without white space and control characters.');
}

/** Decides how a user comes back. `collides`: a user of the same name is restored instead. */
export function classify(user: SpooledUser, rules: Rules, collides: boolean): Classified {
  const bySelf = excludedBySelf(user, rules);
  if (bySelf !== undefined) return { way: 'exclude', excluded: bySelf };
  const { sub, enabled, status } = user;
  const restore = {
    sub,
    name: signInNameOfUser(user, rules.signInName) as string,
    attributes: restorableAttributes(user.attributes),
    enabled,
    status,
  };
  const out = (reason: Exclusion, detail: string): Classified => ({
    way: 'exclude',
    excluded: { sub, name: restore.name, reason, detail },
  });
  if (collides)
    return out(
      'NameCollision',
      'Another user has the same name in the new pool and is restored: the one who has verified it, else the one created last.',
    );
  for (const attribute of rules.schema) {
    const value = restore.attributes[attribute.name];
    if (value !== undefined && !attributeFits(attribute, value))
      return out('BadAttribute', `The value of ${attribute.name} does not fit the new pool's schema.`);
  }
  const why = missingRequired(restore.attributes, rules) ?? csvCannotCarry(restore, rules);
  if (why === undefined) return { way: 'csv', user: restore };
  if (!rules.mayCreateUsers)
    return out(
      'TriggersWouldFire',
      `An import job cannot take the user (${why}), and creating it one by one would fire the pool's triggers.`,
    );
  return { way: 'create', user: restore, why };
}

/** An import job wants every attribute that the pool requires. AdminCreateUser does not: the old pool may have such a user from there. */
function missingRequired(
  attributes: Readonly<Record<string, string>>,
  { schema }: Pick<Rules, 'schema'>,
): string | undefined {
  const missing = schema.find(({ name, required }) => required && name !== 'sub' && attributes[name] === undefined);
  return missing === undefined ? undefined : `no ${missing.name}, which the pool requires`;
}
