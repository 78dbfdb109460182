import type { CognitoIdentityProviderClient, SchemaAttributeType } from '@aws-sdk/client-cognito-identity-provider';
import { cognitoIn } from '../../deploy/clients.ts';
import { createGroups, createPool } from '../../deploy/pools.ts';
import type { LocalCloud } from '../../local-cloud/index.ts';
import type { DemoGroup } from './groups.ts';
import { CUSTOM_ATTRIBUTES } from './users.ts';
import type { DemoUser } from './users.ts';

/** Creates an empty pool with the demo's sign-in rules and custom attributes for everything that the users have. */
export const createDemoPool = (
  client: CognitoIdentityProviderClient,
  name: string,
  users: readonly DemoUser[] = [],
): Promise<string> =>
  createPool(client, name, {
    AutoVerifiedAttributes: ['email', 'phone_number'],
    Schema: [...CUSTOM_ATTRIBUTES, ...furtherAttributes(users)],
  });

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

/** Puts groups and users with their memberships into a pool. */
export async function loadPool(
  { cloud, region, poolId }: { readonly cloud: LocalCloud; readonly region: string; readonly poolId: string },
  groups: readonly DemoGroup[],
  users: readonly DemoUser[],
): Promise<void> {
  await createGroups(cognitoIn(cloud, region), poolId, groups);
  await cloud.putUsers(region, poolId, users);
}
