import {
  AdminAddUserToGroupCommand,
  AdminDisableUserCommand,
  CreateGroupCommand,
  CreateUserPoolCommand,
  type CognitoIdentityProviderClient,
  type SchemaAttributeType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { LocalCloud } from '../../local-cloud/index.ts';
import { forEachAtOnce } from '../../../source/domain/concurrency.ts';
import type { DemoGroup } from './groups.ts';
import { CUSTOM_ATTRIBUTES, type DemoUser } from './users.ts';

/** Creates an empty pool with the demo's sign-in rules, MFA off, and custom attributes for everything that the users have. */
export async function createPool(
  client: CognitoIdentityProviderClient,
  PoolName: string,
  users: readonly DemoUser[] = [],
): Promise<string> {
  const { UserPool } = await client.send(
    new CreateUserPoolCommand({
      PoolName,
      MfaConfiguration: 'OFF',
      AutoVerifiedAttributes: ['email', 'phone_number'],
      UsernameConfiguration: { CaseSensitive: true },
      Schema: [...CUSTOM_ATTRIBUTES, ...furtherAttributes(users)],
    }),
  );
  return UserPool?.Id as string;
}

/** Custom attributes of users from a file, as strings; Cognito wants them defined. */
function furtherAttributes(users: readonly DemoUser[]): SchemaAttributeType[] {
  const known = new Set<string>(CUSTOM_ATTRIBUTES.map(({ Name }) => Name));
  const used = new Set(
    users
      .flatMap(({ attributes }) => Object.keys(attributes))
      .filter((name) => name.startsWith('custom:'))
      .map((name) => name.slice('custom:'.length)),
  );
  return [...used]
    .filter((name) => !known.has(name))
    .map((Name) => ({
      Name,
      AttributeDataType: 'String',
      Mutable: true,
      StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
    }));
}

/** Puts groups and users into a pool; `progress` hears how many steps of how many are done. */
export async function loadPool(
  {
    cloud,
    client,
    region,
    poolId,
  }: {
    readonly cloud: LocalCloud;
    readonly client: CognitoIdentityProviderClient;
    readonly region: string;
    readonly poolId: string;
  },
  groups: readonly DemoGroup[],
  users: readonly DemoUser[],
  progress: (done: number, all: number) => void,
): Promise<void> {
  for (const { name, description, precedence } of groups) {
    await client.send(
      new CreateGroupCommand({
        UserPoolId: poolId,
        GroupName: name,
        ...(description === undefined ? {} : { Description: description }),
        ...(precedence === undefined ? {} : { Precedence: precedence }),
      }),
    );
  }
  await loadUsers({ cloud, client, region, poolId }, users, progress);
}

export async function loadUsers(
  {
    cloud,
    client,
    region,
    poolId,
  }: {
    readonly cloud: LocalCloud;
    readonly client: CognitoIdentityProviderClient;
    readonly region: string;
    readonly poolId: string;
  },
  users: readonly DemoUser[],
  progress: (done: number, all: number) => void = () => undefined,
): Promise<void> {
  await cloud.putUsers(region, poolId, users);
  const steps = users.flatMap(({ username, enabled, groups: names }) => [
    ...(enabled ? [] : [() => client.send(new AdminDisableUserCommand({ UserPoolId: poolId, Username: username }))]),
    ...names.map(
      (GroupName) => () =>
        client.send(new AdminAddUserToGroupCommand({ UserPoolId: poolId, Username: username, GroupName })),
    ),
  ]);
  let done = 0;
  await forEachAtOnce(steps, 12, async (step) => {
    await step();
    progress((done += 1), steps.length);
  });
}
