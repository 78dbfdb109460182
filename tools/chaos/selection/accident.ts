import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUpdateUserAttributesCommand,
  DeleteGroupCommand,
  UpdateGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { comesBack } from '../../demo/compare/compare-pools.ts';
import type { PoolSnapshot, SnapshotUser } from '../../demo/compare/read-pool.ts';
import type { SeededRandom } from '../../demo/seed/random.ts';
import { cognitoIn } from '../../deploy/clients.ts';
import { PRIMARY } from '../../deploy/regions.ts';
import type { Deployment } from '../deployment.ts';
import { shuffled } from '../mass-damage.ts';
import { groupsWith } from './pool-model.ts';

/** What happens to users and groups of a living pool after its last export, by sign-in name. Nobody is in two lists. */
export interface Accident {
  readonly deleted: readonly string[];
  /** A script spoils an attribute, empties another, and adds one. */
  readonly spoiled: readonly string[];
  /** Whoever was enabled is disabled, and the other way round. */
  readonly switched: readonly string[];
  readonly left: readonly { readonly name: string; readonly group: string }[];
  /** Deleted, and then somebody signs up under the name, and confirms. */
  readonly takenOver: readonly string[];
  readonly deletedGroups: readonly string[];
  readonly spoiledGroups: readonly string[];
  /** Nothing happens to them. */
  readonly whole: readonly string[];
}

/** Groups with more members would leave hardly anybody who is not asked for. */
const MOST_MEMBERS_SHARE = 0.2;
export const SPOILED = 'spoiled';
const SPOILED_PRECEDENCE = 77;

/** Chooses whom it concerns: of each kind at least two, so that one can be left alone. */
export function accidentFor(source: PoolSnapshot, random: SeededRandom): Accident {
  const free = shuffled(
    [...source.users].filter(([, user]) => comesBack(user)).map(([name]) => name),
    random,
  );
  const take = (count: number): string[] => free.splice(0, count);
  const groups = shuffled(
    [...source.groups]
      .filter(([, { members }]) => members.size > 0 && members.size <= source.users.size * MOST_MEMBERS_SHARE)
      .map(([name]) => name),
    random,
  );
  const [deletedGroups, spoiledGroups] = [groups.splice(0, 2), groups.splice(0, 2)];
  const gone = new Set(deletedGroups);
  const leaving = free.filter((name) => groupsWith(source, name).some((group) => !gone.has(group))).slice(0, 2);
  for (const name of leaving) free.splice(free.indexOf(name), 1);
  return {
    left: leaving.map((name) => ({
      name,
      group: random.pick(groupsWith(source, name).filter((one) => !gone.has(one))),
    })),
    deleted: take(4),
    spoiled: take(4),
    switched: take(2),
    takenOver: take(2),
    deletedGroups,
    spoiledGroups,
    whole: free,
  };
}

/** Lets it happen. */
export async function happen(deployment: Deployment, source: PoolSnapshot, accident: Accident): Promise<void> {
  const { cloud, poolId: UserPoolId } = deployment;
  const cognito = cognitoIn(cloud, PRIMARY);
  const userOf = (name: string): SnapshotUser => source.users.get(name) as SnapshotUser;
  const user = (name: string) => ({ UserPoolId, Username: userOf(name).sub });
  for (const { name, group: GroupName } of accident.left)
    await cognito.send(new AdminRemoveUserFromGroupCommand({ ...user(name), GroupName }));
  for (const name of [...accident.deleted, ...accident.takenOver])
    await cognito.send(new AdminDeleteUserCommand(user(name)));
  for (const name of accident.spoiled)
    await cognito.send(
      new AdminUpdateUserAttributesCommand({
        ...user(name),
        UserAttributes: [
          { Name: 'name', Value: SPOILED },
          { Name: 'family_name', Value: '' },
          { Name: 'middle_name', Value: SPOILED },
        ],
      }),
    );
  for (const name of accident.switched)
    await cognito.send(
      userOf(name).enabled ? new AdminDisableUserCommand(user(name)) : new AdminEnableUserCommand(user(name)),
    );
  await cloud.putUsers(
    PRIMARY,
    UserPoolId,
    accident.takenOver.map((username) => ({
      username,
      attributes: ofStranger(userOf(username)),
      status: 'CONFIRMED',
    })),
  );
  for (const GroupName of accident.deletedGroups) await cognito.send(new DeleteGroupCommand({ UserPoolId, GroupName }));
  for (const GroupName of accident.spoiledGroups)
    await cognito.send(
      new UpdateGroupCommand({ UserPoolId, GroupName, Description: SPOILED, Precedence: SPOILED_PRECEDENCE }),
    );
}

/** The same addresses, unproven, and another name: a person who signs up again, or somebody else who says so. */
function ofStranger({ attributes }: SnapshotUser): Record<string, string> {
  const stranger = { ...Object.fromEntries(attributes), name: 'somebody else' } as Record<string, string>;
  delete stranger['preferred_username'];
  for (const flag of ['email_verified', 'phone_number_verified']) if (flag in stranger) stranger[flag] = 'false';
  return stranger;
}
