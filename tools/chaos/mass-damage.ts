import {
  AdminDeleteUserCommand,
  AdminUpdateUserAttributesCommand,
  paginateListUsers,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { forEachAtOnce } from '../../source/domain/concurrency.ts';
import type { SeededRandom } from '../demo/seed/random.ts';
import { cognitoIn } from '../deploy/clients.ts';
import { PRIMARY } from '../deploy/regions.ts';
import type { Deployment } from './deployment.ts';
import { usersFor } from './sign-in.ts';

/** What scripts do to a pool by mistake; no guard with its default bar lets it pass. */
export const DAMAGES = [
  'names set to NULL',
  'users deleted',
  'names set to NULL and users deleted',
  'pool emptied',
] as const;
export type Damage = (typeof DAMAGES)[number];

/** What becomes of one export of a damaged pool. */
export const ATTEMPTS = ['left alone', 'stopped by hand', 'killed', 'stopped while it changes the table'] as const;
export type Attempt = (typeof ATTEMPTS)[number];

/** Mass damage of the source pool, and the exports that meet it: first those that a guard has to refuse. */
export interface DamagePlan {
  readonly damage: Damage;
  readonly refused: readonly Attempt[];
  readonly allowed: readonly Attempt[];
}

const SHARE_OF_NAMES = 0.7;
const SHARE_OF_USERS = 0.3;
/** So many deletions and changes are always allowed: a small pool must lose more. */
const ALWAYS_ALLOWED = 10;
const AT_ONCE = 6;

/** Whose names the damage overwrites, and who is deleted, of users given by their name. */
export function victims(
  damage: Damage,
  users: readonly string[],
  random: SeededRandom,
): { readonly renamed: readonly string[]; readonly deleted: readonly string[] } {
  const some = (share: number): string[] =>
    shuffled(users, random).slice(0, Math.max(ALWAYS_ALLOWED + 1, Math.ceil(users.length * share)));
  const deleted = damage === 'pool emptied' ? users : damage.includes('deleted') ? some(SHARE_OF_USERS) : [];
  const renamed = damage.includes('NULL') ? some(SHARE_OF_NAMES).filter((name) => !deleted.includes(name)) : [];
  return { renamed, deleted };
}

/** The values in an order that the seed decides. */
export function shuffled<T>(values: readonly T[], random: SeededRandom): T[] {
  const left = [...values];
  return values.map(() => left.splice(random.integer(0, left.length - 1), 1)[0] as T);
}

/** Does the damage to the source pool. `spoiled`: what stands in place of the names. */
export async function damagePool(
  { cloud, poolId: UserPoolId }: Deployment,
  damage: Damage,
  spoiled: string,
  random: SeededRandom,
): Promise<void> {
  const client = cognitoIn(cloud, PRIMARY);
  const { renamed, deleted } = victims(damage, await nativeUsernames(client, UserPoolId), random);
  await forEachAtOnce(renamed, AT_ONCE, async (Username) => {
    const UserAttributes = [{ Name: 'name', Value: spoiled }];
    await client.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes }));
  });
  await forEachAtOnce(deleted, AT_ONCE, async (Username) => {
    await client.send(new AdminDeleteUserCommand({ UserPoolId, Username }));
  });
}

/** New users in place of those who are gone, so that later runs have a pool of the same size. */
export async function refill(deployment: Deployment, users: number, random: SeededRandom): Promise<void> {
  const { cloud, poolId } = deployment;
  const missing = users - (await nativeUsernames(cognitoIn(cloud, PRIMARY), poolId)).length;
  if (missing > 0) await addUsers(deployment, missing, random);
}

/** Puts so many new users into the pool. */
export async function addUsers(deployment: Deployment, count: number, random: SeededRandom): Promise<void> {
  const { cloud, poolId, signIn, nextUser } = deployment;
  deployment.nextUser += count;
  await cloud.putUsers(PRIMARY, poolId, usersFor(signIn, count, random.integer(1, 2 ** 30), nextUser));
}

async function nativeUsernames(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { Users = [] } of paginateListUsers({ client }, { UserPoolId }))
    for (const { Username = '', UserStatus } of Users) if (UserStatus !== 'EXTERNAL_PROVIDER') names.push(Username);
  return names;
}
