import { nameKey } from '../../digests/user-content.ts';
import type { PoolGroup } from '../../model.ts';
import { missingLinks } from '../identities/link-user.ts';
import { isSignInUnknown } from '../plan/attribute-loss.ts';
import type { LostAttribute } from '../plan/attribute-loss.ts';
import { identitiesOf } from '../plan/identity-plan.ts';
import { classify, UNREADABLE_LINKS } from '../planning/classify.ts';
import type { Classified } from '../planning/classify.ts';
import { fittingAttributes } from '../planning/fitting-attributes.ts';
import { rulesFor } from '../planning/planning-run.ts';
import type { ScanTableInput } from '../planning/planning-run.ts';
import type { RestoreTarget } from '../planning/planning-state.ts';
import type { AskedItems, MeantUser, UnknownUser } from './asked.ts';
import { leftAsIs, updated } from './account-update.ts';
import type { AccountUpdate } from './account-update.ts';
import { wantedAttributes } from './attributes.ts';
import { isFromProvider } from './backup-read.ts';
import { decideFederated } from './decide-federated.ts';
import type { FederatedBasis } from './decide-federated.ts';
import type { UserDecision } from './decisions.ts';
import type { Members } from './find-members.ts';
import { OTHER_ACCOUNT } from './identity.ts';
import type { Identity } from './identity.ts';
import type { SelectionRequest } from './request.ts';
import type { SelectionResult } from './report.ts';
import type { KnownSubs } from './sub-maps.ts';

/** What decides about everything that is asked for. */
export interface DecisionBasis extends FederatedBasis {
  readonly input: ScanTableInput;
  readonly request: SelectionRequest;
  readonly asked: AskedItems;
  readonly target: RestoreTarget;
  /** Groups of the pool. */
  readonly poolGroups: ReadonlyMap<string, PoolGroup>;
  /** IAM roles of groups, by the map that the execution names. */
  readonly roles: ReadonlyMap<string, string>;
  readonly members: Members;
  /** See followSubMaps. */
  readonly subs: KnownSubs['subs'];
}

/** Left out by a rule: nothing is missing where the pool has them. Whoever is gone was asked for and does not come back. */
const BY_RULE = new Set(['Unconfirmed']);

/** A selection takes such users by its next start, in the pool in which it is: it needs no other one, as a restore does. */
const NOT_CONFIRMED =
  'The user never confirmed the sign-up; restored, an unproven address would become a usable account. A selection that begins with "RestoreUnconfirmed": true restores such users.';

/** How a user of the backup comes back by the rules of a restore; groups are decided about apart. */
export const classified = ({ user, backup }: MeantUser, { input, target }: DecisionBasis): Classified =>
  classify({ ...user, groups: [] }, rulesFor(input, backup.accepted, target));

/** Decides about every user who is asked for, in the order of the request. */
export function decideUsers(basis: DecisionBasis): UserDecision[] {
  const { asked, target } = basis;
  const accounts = new Set<string>();
  const names = new Set<string>();
  const decided = asked.users.map((found): UserDecision => {
    const decision = decideUser(found, basis);
    // Two users of the backup cannot be one account, nor have one name.
    const key = nameKey(decision.name, target.pool.settings.caseSensitive);
    if (decision.make !== undefined && names.has(key))
      return twice(decision, 'another user of the request has the sign-in name');
    if (decision.make !== undefined) names.add(key);
    const { poolSub } = decision;
    if (poolSub === undefined || decision.result === 'collision') return decision;
    if (accounts.has(poolSub)) return twice(decision, 'the account is that of another user of the request');
    accounts.add(poolSub);
    return decision;
  });
  return [...decided, ...asked.unknown.map(notInBackup)];
}

const twice = ({ kind, sub, name, run }: UserDecision, what: string): UserDecision => ({
  kind,
  sub,
  name,
  run,
  result: 'collision',
  what,
});

const notInBackup = ({ sub, name, run, several }: UnknownUser): UserDecision => ({
  kind: 'user',
  sub,
  name,
  run,
  result: 'notInBackup',
  what: several
    ? 'several users have this name, or have it in another spelling: ask for one by sub'
    : 'the run holds no such user',
});

function decideUser(found: MeantUser, basis: DecisionBasis): UserDecision {
  if (isFromProvider(found.user)) return decideFederated(found, basis);
  const { user, name, backup } = found;
  const about = { kind: 'user', sub: user.sub, name, run: backup.accepted.manifest.runId } as const;
  const end = (result: SelectionResult, what: string): UserDecision => ({ ...about, result, what });
  const how = classified(found, basis);
  const out = how.way === 'exclude' ? how.excluded : undefined;
  const leftOut = ({ reason, detail, name: signInName }: NonNullable<typeof out>): UserDecision => {
    const isThere = basis.identityOf({ sub: user.sub, name: signInName }).is === 'theirs';
    return end(
      BY_RULE.has(reason) && isThere ? 'skipped' : 'failed',
      `${reason}: ${reason === 'Unconfirmed' ? NOT_CONFIRMED : detail}`,
    );
  };
  // A value without which nobody can be made costs an account that is there that value only.
  if (out !== undefined && out.reason !== 'BadAttribute') return leftOut(out);
  const identity = basis.identityOf({ sub: user.sub, name: how.way === 'exclude' ? how.excluded.name : how.user.name });
  if (identity.is === 'stranger') {
    const isUnmapped = identity.why === OTHER_ACCOUNT && couldBeMapped(found, basis);
    return { ...end('collision', isUnmapped ? NO_SUB_MAP : identity.why), poolSub: identity.account.sub };
  }
  if (identity.is === 'theirs') return { ...about, ...updateOf(found, identity, basis) };
  if (how.way === 'exclude') return leftOut(how.excluded);
  const without = inWords(how.lost ?? []);
  const { links } = how.user;
  return {
    ...about,
    result: 'created',
    what: without.join('; '),
    make: { user: { ...how.user, groups: [] }, why: how.way === 'create' ? how.why : 'Selected' },
    ...(links === undefined ? {} : { links }),
    ...(without.length === 0 ? {} : { lacks: true }),
  };
}

/** Where the pool is another one than that which was backed up, whoever was restored has another sub, which a sub map tells. */
const couldBeMapped = ({ user, backup }: MeantUser, { input, subs }: DecisionBasis): boolean =>
  backup.accepted.manifest.userPoolId !== input.options.newUserPoolId && (subs.get(user.sub) ?? []).length <= 1;

/** Of a user who may have been restored by another launch, or by a restore that has not ended. */
export const NO_SUB_MAP = `${OTHER_ACCOUNT}, and no sub map in the bucket says that it is the user's`;

const inWords = (lost: readonly LostAttribute[]): readonly string[] =>
  lost.map((loss) =>
    loss.attribute === 'identities'
      ? 'without links to identity providers: what the backup holds of them cannot be read'
      : isSignInUnknown(loss)
        ? 'perhaps with another sign-in address: the backup does not tell by which one the user signs in'
        : `without ${loss.attribute}, which the pool would refuse`,
  );

/** What becomes of an account that is the user's. */
function updateOf(
  { user, backup }: MeantUser,
  { account, byName }: Extract<Identity, { is: 'theirs' }>,
  { input, request, target }: DecisionBasis,
): AccountUpdate {
  const poolSub = account.sub;
  if (request.existing !== 'update') return leftAsIs(poolSub, request);
  const { attributes, lost } = fittingAttributes(user, rulesFor(input, backup.accepted, target));
  const { set, problems } = wantedAttributes(attributes, account, target.pool.settings);
  const held = identitiesOf(user.attributes);
  const links = missingLinks(held ?? [], account);
  // A link lets its person into the account: somebody's word is not enough for that.
  const unproven = links.length > 0 && byName === true ? [NOT_PROVEN] : [];
  return updated(user, account, {
    set,
    links: byName === true ? [] : links,
    short: [...problems, ...inWords(held === undefined ? [...lost, UNREADABLE_LINKS] : lost), ...unproven],
  });
}

const NOT_PROVEN =
  "not linked to identity providers: only by its name the account is known to be the user's, and a link would let somebody in";
