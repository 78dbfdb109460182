import { AdminDeleteUserCommand, AdminUpdateUserAttributesCommand } from '@aws-sdk/client-cognito-identity-provider';
import { forEachAtOnce } from '../../../source/domain/concurrency.ts';
import { cognitoIn } from '../../deploy/clients.ts';
import { createGroups } from '../../deploy/pools.ts';
import type { LocalCloud, PutUser } from '../../local-cloud/index.ts';
import { attributesOf, isDisabled, Memberships, usernameOf } from '../population.ts';
import type { PopulationShape } from '../population.ts';

const AT_A_TIME = 8;

/** The first `users` of the shape with their groups. */
export async function seedPool(
  cloud: LocalCloud,
  region: string,
  poolId: string,
  shape: PopulationShape,
  progress: (text: string) => void,
): Promise<void> {
  const memberships = new Memberships(shape);
  await createGroups(cognitoIn(cloud, region), poolId, memberships.groups);
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
  shape: PopulationShape,
  share: number,
): Promise<void> {
  const client = cognitoIn(cloud, region);
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
