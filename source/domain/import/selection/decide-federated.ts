import { changedAttributes } from '../../digests/user-content.ts';
import { NOTHING_LOST } from '../planning/sort-federated.ts';
import { leftAsIs, updated } from './account-update.ts';
import type { MeantUser } from './asked.ts';
import { wantedAttributes } from './attributes.ts';
import type { UserDecision } from './decisions.ts';
import { prelinkedOf } from './federated-rules.ts';
import type { FederatedRules } from './federated-rules.ts';
import type { Identity } from './identity.ts';
import type { SelectionRequest } from './request.ts';

/** What decides about users of identity providers. */
export interface FederatedBasis {
  readonly request: Pick<SelectionRequest, 'existing'>;
  readonly identityOf: (user: { readonly sub: string; readonly name: string }) => Identity;
  readonly federated: FederatedRules;
}

/**
 * Decides about a user of an identity provider. A profile that is there gets back what the provider does not set, its flag
 * and its memberships; an address of it is never touched. Whoever signed in again since the profile was lost has another
 * one: a collision, as any other account of that name. One that is gone is made by FederatedUsers PRELINK, or comes back
 * with the next sign-in.
 */
export function decideFederated(
  { user, name, backup }: MeantUser,
  { request, identityOf, federated }: FederatedBasis,
): UserDecision {
  const about = { kind: 'user', sub: user.sub, name, run: backup.accepted.manifest.runId } as const;
  const identity = identityOf({ sub: user.sub, name });
  const { row, prelink, unmapped } = prelinkedOf(user, backup, federated);
  if (identity.is === 'stranger')
    return { ...about, result: 'collision', what: SIGNED_IN_SINCE, poolSub: identity.account.sub };
  if (identity.is === 'theirs') {
    const { account } = identity;
    if (request.existing !== 'update') return { ...about, ...leftAsIs(account.sub, request) };
    const { set, problems } = wantedAttributes(unmapped.attributes, account, federated.settings);
    const left = changedAttributes(pick(user.attributes, unmapped.lost), account.attributes);
    const short = [...problems, ...left.map((attribute) => `${attribute} left as it is`)];
    return { ...about, ...updated(user, account, { set, links: [], short }) };
  }
  if (prelink === undefined)
    return { ...about, result: row.why === NOTHING_LOST ? 'skipped' : 'failed', what: `Federated: ${row.why ?? ''}` };
  const { groups: _decidedApart, ...made } = prelink;
  const without = (row.lost ?? []).map((attribute) => `without ${attribute}`);
  return {
    ...about,
    result: 'created',
    what: without.join('; '),
    prelink: made,
  };
}

const SIGNED_IN_SINCE =
  'another account has the name: the person has signed in again since, and has another profile; only confirmed singly it gets what the backup holds';

const pick = (attributes: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
