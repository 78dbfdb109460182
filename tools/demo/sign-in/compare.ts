import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { forEachAtOnce } from '../../../source/domain/concurrency.ts';
import { comesBack } from '../compare/compare-pools.ts';
import { foundBy } from '../compare/found-by.ts';
import type { PoolSnapshot } from '../compare/read-pool.ts';

const VALUES = ['email', 'phone_number', 'preferred_username'];
const AT_A_TIME = 8;

/** Who is found by each value by which somebody could try to sign in; a value that finds nobody is not in it. */
export type SignIns = ReadonlyMap<string, string>;

/** Asks Cognito itself about each name, address and other name of a pool's users, and of the users of a pool before it. */
export async function readSignIns(
  client: CognitoIdentityProviderClient,
  poolId: string,
  { users }: PoolSnapshot,
  before: Iterable<string> = [],
): Promise<SignIns> {
  const nameBySub = new Map([...users].map(([name, { sub }]) => [sub, name]));
  const values = new Set([
    ...before,
    ...[...users].flatMap(([name, { attributes }]) => [name, ...VALUES.flatMap((one) => attributes.get(one) ?? [])]),
  ]);
  const found = new Map<string, string>();
  await forEachAtOnce([...values], AT_A_TIME, async (value) => {
    const sub = await foundBy(client, poolId, value);
    const name = sub === undefined ? undefined : nameBySub.get(sub);
    if (name !== undefined) found.set(value, name);
  });
  return found;
}

/**
 * What is wrong with how the users of a restored pool sign in: every value finds the same person as in the old pool, and
 * none finds somebody whom it did not find before. Who did not come back signs in by nothing.
 */
export function signInProblems(old: PoolSnapshot, before: SignIns, after: SignIns): readonly string[] {
  const isBack = (name: string): boolean => {
    const user = old.users.get(name);
    return user !== undefined && comesBack(user);
  };
  const problems: string[] = [];
  for (const value of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(value), after.get(value)];
    const expected = was !== undefined && isBack(was) ? was : undefined;
    if (expected !== is)
      problems.push(
        `"${value}" finds ${is === undefined ? 'nobody' : `"${is}"`}, not ${expected === undefined ? 'nobody' : `"${expected}"`}`,
      );
  }
  return problems;
}
