import {
  AdminDeleteUserCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { forEachAtOnce } from '../../../source/domain/concurrency.ts';
import type { LocalCloud, PutUser } from '../../local-cloud/index.ts';
import { attributesOf, isDisabled, Memberships, usernameOf } from '../population.ts';
import type { Shape } from '../population.ts';

const AT_A_TIME = 8;

/** An empty pool like those of the computed cells. */
export async function createPool(cloud: LocalCloud, region: string, PoolName: string): Promise<string> {
  const client = new CognitoIdentityProviderClient(cloud.clientConfig(region));
  const { UserPool } = await client.send(
    new CreateUserPoolCommand({
      PoolName,
      MfaConfiguration: 'OFF',
      AutoVerifiedAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: true },
    }),
  );
  return UserPool?.Id as string;
}

/** The first `users` of the shape with their groups. */
export async function seedPool(
  cloud: LocalCloud,
  region: string,
  poolId: string,
  shape: Shape,
  progress: (text: string) => void,
): Promise<void> {
  const client = new CognitoIdentityProviderClient(cloud.clientConfig(region));
  const memberships = new Memberships(shape);
  await forEachAtOnce(memberships.groups, AT_A_TIME, ({ name, description, precedence }) =>
    client.send(
      new CreateGroupCommand({ UserPoolId: poolId, GroupName: name, Description: description, Precedence: precedence }),
    ),
  );
  for (let from = 0; from < shape.users; from += 5000) {
    progress(`${from.toLocaleString('en-US')} of ${shape.users.toLocaleString('en-US')} users seeded`);
    await cloud.putUsers(region, poolId, usersOf(memberships, from, Math.min(shape.users, from + 5000)));
  }
}

const usersOf = (memberships: Memberships, from: number, to: number): PutUser[] =>
  Array.from({ length: to - from }, (_, place) => {
    const index = from + place;
    return {
      username: usernameOf(index),
      attributes: attributesOf(index),
      status: 'CONFIRMED',
      enabled: !isDisabled(index),
      groups: memberships.groupsOf(index).map((group) => memberships.nameOf(group)),
    };
  });

/** Edits, removes and adds users, half, a quarter and a quarter of the share; as SourcePool.churn does. */
export async function churnPool(
  cloud: LocalCloud,
  region: string,
  poolId: string,
  shape: Shape,
  share: number,
): Promise<void> {
  const client = new CognitoIdentityProviderClient(cloud.clientConfig(region));
  const touched = Math.max(4, Math.round(shape.users * share));
  const [edited, removed, added] = [Math.ceil(touched / 2), Math.floor(touched / 4), Math.floor(touched / 4)];
  const step = Math.floor(shape.users / (edited + removed + 1));
  const names = Array.from({ length: edited + removed }, (_, n) => usernameOf((11 + n * step) % shape.users));
  await forEachAtOnce(names.slice(0, edited), AT_A_TIME, (Username) =>
    client.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: poolId,
        Username,
        UserAttributes: [{ Name: 'nickname', Value: 'edited 1' }],
      }),
    ),
  );
  await forEachAtOnce(names.slice(edited), AT_A_TIME, (Username) =>
    client.send(new AdminDeleteUserCommand({ UserPoolId: poolId, Username })),
  );
  await cloud.putUsers(region, poolId, usersOf(new Memberships(shape), shape.users, shape.users + added));
}
