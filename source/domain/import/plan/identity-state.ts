import * as v from 'valibot';
import { countShape, subShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { restoreFolder } from './plan-model.ts';

export const identityStateShape = v.object({
  /** Linked users, and users to be made, before these are done. */
  links: countShape,
  prelinks: countShape,
  done: v.boolean(),
  /** Objects of IdentityResult; of several about one user the last counts. */
  results: textsShape,
  /** Those of the start before, which ended incomplete: only whose problems they tell is tried again. */
  before: v.exactOptional(textsShape),
  /** Objects of MadeAccount. */
  made: textsShape,
});
/** How far the work on identity providers has come; changed in place. */
export type IdentityState = v.InferOutput<typeof identityStateShape>;

/** Nothing was done yet. */
export const newIdentityState = (): IdentityState => ({ links: 0, prelinks: 0, done: false, results: [], made: [] });

/** Another start tries those again who had problems. */
export const identitiesAgain = ({ results, made }: IdentityState): IdentityState => ({
  ...newIdentityState(),
  before: results,
  made,
});

export const identityResultShape = v.object({
  kind: v.picklist(['link', 'prelink']),
  /** In the backup. */
  sub: subShape,
  name: v.string(),
  problems: v.array(
    v.object({
      /** One sentence or Cognito's exception name, without anybody's data. */
      reason: v.string(),
      /** What is lacking: no account, no link to a provider, no membership of a group, or less. */
      lacks: v.picklist(['account', 'link', 'membership', 'attributes', 'password', 'flag']),
      /** Name of the provider or group. */
      of: v.exactOptional(v.string()),
    }),
  ),
});
/** What is lacking of one user, where something is or was. One JSON line each. */
export type IdentityResult = Stored<typeof identityResultShape>;
/** One thing that is lacking. */
export type IdentityProblem = IdentityResult['problems'][number];

const LACKING: Readonly<Record<IdentityProblem['lacks'], (of: string) => string>> = {
  account: () => 'the user is not made beforehand',
  link: (of) => (of === '' ? 'not linked to any identity provider' : `not linked to the identity provider ${of}`),
  membership: (of) => `not a member of the group ${of}`,
  attributes: () => 'without attributes',
  password: () => 'without a permanent password, which no sign-in through the provider needs',
  flag: () => 'not disabled, hence neither linked nor in any group',
};

/** What is lacking, in words. */
export const problemText = ({ lacks, of = '' }: IdentityProblem): string => LACKING[lacks](of);

export const madeAccountShape = v.object({ sub: subShape, newSub: subShape });
/** The account that was made for a user of a provider; one JSON line each. */
export type MadeAccount = Stored<typeof madeAccountShape>;

/** Keys of these objects begin so. */
export const identitiesFolder = (poolId: string, restoreId: string): string =>
  `${restoreFolder(poolId, restoreId)}identities/`;
