import { counted } from '../../../source/domain/counted.ts';
import { failureOf } from '../../deploy/executions.ts';
import type { FinishedExecution } from '../../deploy/executions.ts';
import type { DemoPool } from '../options.ts';
import type { PoolSnapshot, SnapshotUser } from '../compare/read-pool.ts';
import type { PutUser } from '../../local-cloud/index.ts';
import type { SignInPool } from '../seed/sign-in.ts';
import { NAMED_LIKE_ANOTHER } from './aliases.ts';
import type { SignIns } from './compare.ts';
import { MISTAKEN, UNKNOWN_SIGN_INS } from './two-addresses.ts';

/** Who comes back without an attribute, by a documented rule: a restore ends incomplete and names them. */
export const lessenedUsers = (pool: DemoPool): number => (pool === 'alias' ? 1 : 0);

/** What is wrong with the end of a restore of such a pool. */
export function endingProblems(pool: DemoPool, ended: FinishedExecution): readonly string[] {
  const lessened = lessenedUsers(pool);
  if (lessened === 0) return failureOf('ImportWorkflow', ended);
  return ended.error === 'RestoreIncomplete' && ended.cause?.includes(`${lessened} without an attribute`) === true
    ? []
    : [`ImportWorkflow does not end incomplete for ${counted(lessened, 'user')}: ${ended.status}: ${ended.error}`];
}

/** The old pool, as a restore that does all it can brings it back. */
export interface ExpectedPool {
  readonly pool: PoolSnapshot;
  readonly signIns: SignIns;
  /** Old `sub`s of whom failures.csv must say what is in doubt or missing, and the word for it. */
  readonly told: readonly string[];
  readonly reason: 'SignInUnknown' | 'AliasCollision';
}

/**
 * Of whom Cognito told nothing the e-mail address is the name, whatever it was before; who has another user's username for
 * another name comes back without it.
 */
export function expectedOf(kind: SignInPool, pool: PoolSnapshot, signIns: SignIns): ExpectedPool {
  if (kind === 'alias') {
    const { username } = NAMED_LIKE_ANOTHER;
    return {
      pool: without(pool, username, 'preferred_username'),
      signIns,
      told: subsOf([NAMED_LIKE_ANOTHER], pool),
      reason: 'AliasCollision',
    };
  }
  const renamed = new Map(
    UNKNOWN_SIGN_INS.map(({ username, attributes }) => [username, attributes['email'] as string]).filter(
      ([before, after]) => before !== after,
    ) as [string, string][],
  );
  const nameOf = (name: string): string => renamed.get(name) ?? name;
  return {
    pool: {
      users: new Map([...pool.users].map(([name, user]) => [nameOf(name), user])),
      groups: new Map(
        [...pool.groups].map(([name, group]) => [name, { ...group, members: new Set([...group.members].map(nameOf)) }]),
      ),
    },
    signIns: new Map([...signIns].map(([value, name]) => [nameOf(value), nameOf(name)])),
    told: subsOf([...UNKNOWN_SIGN_INS, MISTAKEN], pool),
    reason: 'SignInUnknown',
  };
}

const subsOf = (people: readonly PutUser[], { users }: PoolSnapshot): string[] =>
  people.map(({ username }) => users.get(username)?.sub ?? '');

function without(pool: PoolSnapshot, username: string, attribute: string): PoolSnapshot {
  const users = new Map<string, SnapshotUser>(pool.users);
  const user = users.get(username);
  if (user !== undefined)
    users.set(username, {
      ...user,
      attributes: new Map([...user.attributes].filter(([name]) => name !== attribute)),
    });
  return { ...pool, users };
}
