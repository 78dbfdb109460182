import * as v from 'valibot';
import type { SchemaAttribute, SignInAttribute } from '../../model.ts';
import { FEDERATED_STATUS } from '../../model.ts';
import { signInNameFrom } from '../../comparison/matching.ts';
import { isRestorable } from '../../digests/user-content.ts';
import { csvFit } from '../csv/csv-fit.ts';
import type { CsvRules } from '../csv/csv-fit.ts';
import { countShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { excludedUserShape, restoreUserShape } from '../plan/plan-model.ts';
import type { Exclusion } from '../plan/plan-model.ts';
import { attributeFits } from '../preflight/attribute-fit.ts';
import type { SpooledUser } from './segment-spool.ts';

/** What decides how a user comes back. */
export interface Rules extends CsvRules {
  readonly signInName: SignInAttribute;
  /** Schema of the new pool. */
  readonly schema: readonly SchemaAttribute[];
  readonly restoreUnconfirmed: boolean;
}

/** A user as it is to be restored, before the groups have their order: `groups` are names. */
const ungroupedUserShape = v.object({ ...restoreUserShape.entries, groups: textsShape });

/** A line of the spool, once it is decided how its user comes back. */
export const classifiedShape = v.variant('way', [
  v.object({ way: v.literal('csv'), bytes: countShape, created: v.string(), user: ungroupedUserShape }),
  v.object({ way: v.literal('create'), why: v.string(), created: v.string(), user: ungroupedUserShape }),
  v.object({ way: v.literal('exclude'), excluded: excludedUserShape, groups: textsShape }),
]);
/**
 * How one user comes back: in an import job, by a row of `bytes`; one by one, and why; or not at all. `created` (ISO 8601)
 * ranks users of one name.
 */
export type Classified = Stored<typeof classifiedShape>;

/** UsernameType of the service model: what an import job or AdminCreateUser takes as a name. */
const USERNAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

/** Decides how a user comes back, as if nobody else had its name. */
export function classify(user: SpooledUser, rules: Rules): Classified {
  const name = signInNameFrom(user, rules) || undefined;
  const out = (reason: Exclusion, detail: string): Classified => ({
    way: 'exclude',
    excluded: { sub: user.sub, name: name ?? user.username, reason, detail },
    groups: user.groups,
  });
  if (user.status === FEDERATED_STATUS)
    return out('Federated', 'The user comes from an identity provider and returns with the next sign-in through it.');
  if (user.status === 'UNCONFIRMED' && !rules.restoreUnconfirmed) {
    return out(
      'Unconfirmed',
      'The user never confirmed the sign-up; restored, an unproven address would become a usable account. A restore that begins with "RestoreUnconfirmed": true restores such users; once this one has begun, that takes another empty pool.',
    );
  }
  if (name === undefined)
    return out('NoSignInName', `The user has no ${rules.signInName}, which is the name at sign-in in this pool.`);
  if (!USERNAME.test(name))
    return out('BadUsername', 'Cognito takes names of 1 to 128 characters without white space and control characters.');
  const { sub, enabled, status, created, groups } = user;
  const attributes = Object.fromEntries(
    Object.entries(user.attributes).filter(([attribute, value]) => isRestorable(attribute, value)),
  );
  const unfit = rules.schema.find((attribute) => {
    const value = attributes[attribute.name];
    return value !== undefined && !attributeFits(attribute, value);
  });
  if (unfit !== undefined) return out('BadAttribute', `The value of ${unfit.name} does not fit the new pool's schema.`);
  const restored = { sub, name, attributes, enabled, status, groups };
  const missing = missingRequired(attributes, rules);
  const fit = missing === undefined ? csvFit(restored, rules) : { why: missing };
  if ('bytes' in fit) return { way: 'csv', bytes: fit.bytes, created, user: restored };
  return { way: 'create', why: fit.why, created, user: restored };
}

/** An import job wants every attribute that the pool requires. AdminCreateUser does not: the old pool may have such a user from there. */
function missingRequired(
  attributes: Readonly<Record<string, string>>,
  { schema }: Pick<Rules, 'schema'>,
): string | undefined {
  const missing = schema.find(({ name, required }) => required && name !== 'sub' && attributes[name] === undefined);
  return missing === undefined ? undefined : `no ${missing.name}, which the pool requires`;
}

const OUT_OF_QUESTION: readonly Exclusion[] = ['Federated', 'Unconfirmed', 'NoSignInName', 'BadUsername'];

/** The user would not come back whatever attributes the new pool took. */
export const isOutOfQuestion = (classified: Classified): boolean =>
  classified.way === 'exclude' && OUT_OF_QUESTION.includes(classified.excluded.reason);
