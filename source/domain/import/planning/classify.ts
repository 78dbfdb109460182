import * as v from 'valibot';
import type { PoolSettings, SchemaAttribute, SignInAttribute } from '../../model.ts';
import { FEDERATED_STATUS, isPossibleName, POSSIBLE_NAMES } from '../../model.ts';
import { namesAtSignIn } from '../../comparison/matching.ts';
import { csvFit } from '../csv/csv-fit.ts';
import type { CsvRules } from '../csv/csv-fit.ts';
import type { RequiredMfa } from '../csv/mfa-sign-in.ts';
import { countShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { identitiesOf } from '../plan/identity-plan.ts';
import { lostAttributeShape, SIGN_IN_UNKNOWN } from '../plan/attribute-loss.ts';
import type { LostAttribute } from '../plan/attribute-loss.ts';
import { excludedUserShape, restoreUserShape } from '../plan/plan-model.ts';
import type { Exclusion } from '../plan/plan-model.ts';
import { fittingAttributes } from './fitting-attributes.ts';
import type { SpooledUser } from './spooled-user.ts';

/** What decides how a user comes back. */
export interface Rules extends CsvRules, Pick<PoolSettings, 'recoveryMechanisms'> {
  /** Schema of the new pool, and of the one that was backed up. */
  readonly schema: readonly SchemaAttribute[];
  readonly sourceSchema: readonly SchemaAttribute[];
  /** AutoVerifiedAttributes of the pool that was backed up. */
  readonly sourceVerified: CsvRules['autoVerified'];
  /** Present where the new pool requires MFA. */
  readonly mfa?: RequiredMfa;
  /** AliasAttributes of the new pool: by their values users can sign in, too. */
  readonly aliases: readonly string[];
  readonly restoreUnconfirmed: boolean;
  /** When the export that is restored began, ISO 8601. */
  readonly runStartedAt: string;
}

/** A user as it is to be restored, before the groups have their order: `groups` are names. */
const ungroupedUserShape = v.object({ ...restoreUserShape.entries, groups: textsShape });
type UngroupedUser = Stored<typeof ungroupedUserShape>;

const restorable = {
  created: v.string(),
  user: ungroupedUserShape,
  /** What the user is restored without; never empty. */
  lost: v.exactOptional(v.array(lostAttributeShape)),
};
/** A line of the spool, once it is decided how its user comes back. */
export const classifiedShape = v.variant('way', [
  v.object({ way: v.literal('csv'), bytes: countShape, ...restorable }),
  v.object({ way: v.literal('create'), why: v.string(), ...restorable }),
  v.object({
    way: v.literal('exclude'),
    excluded: excludedUserShape,
    groups: textsShape,
    /** Of somebody who signed up while the export ran and was never confirmed: when. Nobody else had the name by then. */
    signedUp: v.exactOptional(v.string()),
  }),
]);
/**
 * How one user comes back: in an import job, by a row of `bytes`; one by one, and why; or not at all. `created` (ISO 8601)
 * ranks users of one name.
 */
export type Classified = Stored<typeof classifiedShape>;

/** A pool with such an alias takes no username that could be one of its values ("User pool attributes"). */
const LOOKS_LIKE: Readonly<Record<string, RegExp>> = { email: /^[^\s@]+@[^\s@]+$/u, phone_number: /^\+\d+$/ };

/** What names users at sign-in, in words. */
const NAMED_BY: Readonly<Record<SignInAttribute, string>> = {
  username: 'username',
  email: 'email',
  phone_number: 'phone_number',
  emailOrPhone: 'email or phone_number',
};

/** Decides how a user comes back, as if nobody else had its name or one of its aliases. */
export function classify(user: SpooledUser, rules: Rules): Classified {
  const [name, other] = namesAtSignIn(user, rules);
  const out = (reason: Exclusion, detail: string): Extract<Classified, { way: 'exclude' }> =>
    leftOut({ sub: user.sub, name: name ?? user.username, groups: user.groups }, reason, detail);
  if (user.status === FEDERATED_STATUS)
    return out('Federated', 'The user comes from an identity provider and returns with the next sign-in through it.');
  const unreadable = unreadableOf(user, rules);
  if (unreadable.length > 0)
    return out('Unreadable', `The user's item in the backup table has no readable ${unreadable.join(' and ')}.`);
  if (user.status === 'UNCONFIRMED' && !rules.restoreUnconfirmed) {
    const unconfirmed = out(
      'Unconfirmed',
      'The user never confirmed the sign-up; restored, an unproven address would become a usable account. A restore that begins with "RestoreUnconfirmed": true restores such users; once this one has begun, that takes another empty pool.',
    );
    return user.created >= rules.runStartedAt ? { ...unconfirmed, signedUp: user.created } : unconfirmed;
  }
  if (name === undefined)
    return out(
      'NoSignInName',
      `The user has no ${NAMED_BY[rules.signInName]}, which is the name at sign-in in this pool.`,
    );
  if (!isPossibleName(name)) return out('BadUsername', `${POSSIBLE_NAMES}.`);
  const alias = rules.aliases.find((attribute) => LOOKS_LIKE[attribute]?.test(name));
  if (alias !== undefined)
    return out('BadUsername', `The username looks like a value of ${alias}, by which users of this pool sign in, too.`);
  const { attributes, lost, needed } = fittingAttributes(user, rules);
  if (needed !== undefined) return out('BadAttribute', `${needed.attribute}, which the pool needs: ${needed.detail}`);
  const { sub, enabled, status, created, groups } = user;
  const links = identitiesOf(user.attributes);
  const unread: LostAttribute[] = links === undefined ? [UNREADABLE_LINKS] : [];
  const unknown = other === undefined ? [] : [SIGN_IN_UNKNOWN];
  return wayOf(
    {
      user: {
        sub,
        name,
        attributes,
        enabled,
        status,
        groups,
        ...(links === undefined || links.length === 0 ? {} : { links }),
      },
      created,
      lost: [...lost, ...unread, ...unknown],
    },
    rules,
  );
}

/** Of a user whose attribute `identities` nobody can read. */
export const UNREADABLE_LINKS: LostAttribute = {
  attribute: 'identities',
  reason: 'Unreadable',
  detail: 'What it names at identity providers cannot be read, so that no link is made.',
};

/** A username that is no name at sign-in is not missed. */
const unreadableOf = ({ unreadable = [] }: SpooledUser, { signInName }: Rules): string[] =>
  unreadable.filter((member) => member !== 'username' || signInName === 'username');

/** How a user with these attributes comes back. */
export function wayOf(
  {
    user,
    created,
    lost,
  }: { readonly user: UngroupedUser; readonly created: string; readonly lost: readonly LostAttribute[] },
  rules: Rules,
): Classified {
  const missing = missingRequired(user.attributes, rules);
  const fit = missing === undefined ? csvFit(user, rules) : { why: missing };
  const restored = { created, user, ...(lost.length === 0 ? {} : { lost }) };
  if ('bytes' in fit) return { way: 'csv', bytes: fit.bytes, ...restored };
  return { way: 'create', why: fit.why, ...restored };
}

/** Whether an import job would bring a user who is created one by one, if the new pool verified what the old one does. */
export const isByCsvInSource = (
  { user, created, lost = [] }: Exclude<Classified, { way: 'exclude' }>,
  rules: Rules,
): boolean => wayOf({ user, created, lost }, { ...rules, autoVerified: rules.sourceVerified }).way === 'csv';

/** The user does not come back. */
export const leftOut = (
  { sub, name, groups }: Pick<UngroupedUser, 'sub' | 'name' | 'groups'>,
  reason: Exclusion,
  detail: string,
): Extract<Classified, { way: 'exclude' }> => ({ way: 'exclude', excluded: { sub, name, reason, detail }, groups });

/** An import job wants every attribute that the pool requires. AdminCreateUser does not: the old pool may have such a user from there. */
function missingRequired(
  attributes: Readonly<Record<string, string>>,
  { schema }: Pick<Rules, 'schema'>,
): string | undefined {
  const missing = schema.find(({ name, required }) => required && name !== 'sub' && attributes[name] === undefined);
  return missing === undefined ? undefined : `no ${missing.name}, which the pool requires`;
}

const OUT_OF_QUESTION: readonly Exclusion[] = ['Federated', 'Unreadable', 'Unconfirmed', 'NoSignInName', 'BadUsername'];

/** The user would not come back whatever attributes the new pool took. */
export const isOutOfQuestion = (classified: Classified): boolean =>
  classified.way === 'exclude' && OUT_OF_QUESTION.includes(classified.excluded.reason);
