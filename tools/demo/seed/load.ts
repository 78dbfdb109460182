import type {
  CognitoIdentityProviderClient,
  CreateUserPoolCommandInput,
  SchemaAttributeType,
} from '@aws-sdk/client-cognito-identity-provider';
import { cognitoIn } from '../../deploy/clients.ts';
import { createGroups, createPool } from '../../deploy/pools.ts';
import type { LocalCloud } from '../../local-cloud/index.ts';
import { isSignInPool } from '../options.ts';
import type { DemoPool } from '../options.ts';
import type { DemoGroup } from './groups.ts';
import { SIGN_IN_SETTINGS } from './sign-in.ts';
import { CUSTOM_ATTRIBUTES } from './users.ts';
import type { DemoUser } from './users.ts';

/** By what users of such a pool sign in. */
export const settingsOf = (pool: DemoPool): Partial<CreateUserPoolCommandInput> =>
  isSignInPool(pool) ? { ...SIGN_IN_SETTINGS[pool] } : {};

/** Creates an empty pool with the demo's sign-in rules, the demo's custom attributes and those of a file. */
export const createDemoPool = (
  client: CognitoIdentityProviderClient,
  name: string,
  customAttributes: readonly string[] = [],
  settings: Partial<CreateUserPoolCommandInput> = {},
): Promise<string> =>
  createPool(client, name, {
    AutoVerifiedAttributes: ['email', 'phone_number'],
    Schema: schemaWith(customAttributes),
    ...settings,
  });

/** A file's attributes are texts of any length, also where the demo's own users have one of the same name. */
function schemaWith(customAttributes: readonly string[]): SchemaAttributeType[] {
  const ofFile = customAttributes.map((name) => name.slice('custom:'.length));
  return [
    ...CUSTOM_ATTRIBUTES.filter(({ Name }) => !ofFile.includes(Name)),
    ...ofFile.map((Name) => ({
      Name,
      AttributeDataType: 'String' as const,
      Mutable: true,
      StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
    })),
  ];
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
