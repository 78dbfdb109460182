import { changedAttributes } from '../../digests/user-content.ts';
import type { PoolUser } from '../../model.ts';
import type { ExternalIdentity } from '../plan/identity-plan.ts';
import type { SpooledUser } from '../planning/spooled-user.ts';
import type { AttributeWanted, UserDecision } from './decisions.ts';
import type { SelectionRequest } from './request.ts';

/** What is decided about an account that is the user's. */
export type AccountUpdate = Pick<UserDecision, 'result' | 'what' | 'set' | 'links' | 'lacks'> & {
  readonly poolSub: string;
};

/** Of what the pool has, where the request does not want that. */
export const EXISTS = 'the pool has it, and existing is "fail"';

/** The account stays as it is, because the request says so. */
export const leftAsIs = (poolSub: string, { existing }: Pick<SelectionRequest, 'existing'>): AccountUpdate => ({
  poolSub,
  result: 'skipped',
  what: existing === 'fail' ? EXISTS : 'the pool has the user',
});

/** Names of attributes of which the account alone has a value: nothing is taken away, and nobody shall believe that it was. */
function onlyInPool(
  { attributes: held }: Pick<SpooledUser, 'attributes'>,
  { attributes: now }: Pick<PoolUser, 'attributes'>,
): readonly string[] {
  const written = new Set(changedAttributes(held, now));
  return changedAttributes(now, held).filter((name) => !written.has(name));
}

/** The account gets the flag of the backup, these values and these links; `short`: what it does not get, in words. */
export function updated(
  user: Pick<SpooledUser, 'attributes' | 'enabled'>,
  account: Pick<PoolUser, 'sub' | 'attributes' | 'enabled'>,
  {
    set,
    links,
    short,
  }: {
    readonly set: readonly AttributeWanted[];
    readonly links: readonly ExternalIdentity[];
    readonly short: readonly string[];
  },
): AccountUpdate {
  const enabled = user.enabled === account.enabled ? {} : { enabled: user.enabled };
  const values = [
    ...set.map((wanted) => wanted.name),
    ...(enabled.enabled === undefined ? [] : [enabled.enabled ? 'enabled' : 'disabled']),
  ];
  const what = [...values, ...(links.length === 0 ? [] : ['identities'])].join(', ');
  const more = onlyInPool(user, account).filter((name) => !set.some((wanted) => wanted.name === name));
  const kept = more.length === 0 ? [] : [`stays as the pool has it: ${more.join(', ')}`];
  return {
    poolSub: account.sub,
    result: what === '' ? 'unchanged' : 'updated',
    what: [...(what === '' ? [] : [what]), ...short, ...kept].join('; '),
    ...(values.length === 0 ? {} : { set: { attributes: set, ...enabled } }),
    ...(links.length === 0 ? {} : { links }),
    ...(short.length === 0 ? {} : { lacks: true }),
  };
}
