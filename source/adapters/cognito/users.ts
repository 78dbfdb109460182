import type { AttributeType, GroupType, UserPoolType, UserType } from '@aws-sdk/client-cognito-identity-provider';
import type {
  Attributes,
  ContactAttribute,
  PoolGroup,
  PoolSettings,
  PoolUser,
  SchemaAttribute,
  UserPoolDescription,
} from '../../domain/model.ts';

const iso = (date: Date | undefined): string => (date ?? new Date(0)).toISOString();

/** Attributes by name, without a prototype: a name such as `__proto__` is only a name. */
export function toAttributes(list: readonly AttributeType[] | undefined): Attributes {
  const attributes = Object.create(null) as Record<string, string>;
  for (const { Name, Value } of list ?? []) if (Name !== undefined) attributes[Name] = Value ?? '';
  return attributes;
}

/** Cognito's list of names and values; the inverse of `toAttributes`. */
export const fromAttributes = (attributes: Attributes): AttributeType[] =>
  Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));

/** A user of ListUsers or ListUsersInGroup. One without the attribute `sub` has the Username as `sub`. */
export function toPoolUser({
  Username = '',
  Attributes: list,
  Enabled = true,
  UserStatus = 'UNKNOWN',
  UserCreateDate,
  UserLastModifiedDate,
}: UserType): PoolUser {
  const attributes = toAttributes(list);
  return {
    username: Username,
    sub: attributes.sub ?? Username,
    attributes,
    enabled: Enabled,
    status: UserStatus,
    created: iso(UserCreateDate),
    modified: iso(UserLastModifiedDate),
  };
}

/** A group of ListGroups; what Cognito leaves out stays absent, and an ARN without a character is none. */
export const toPoolGroup = ({ GroupName = '', Description, Precedence, RoleArn }: GroupType): PoolGroup => ({
  name: GroupName,
  ...(Description === undefined ? {} : { description: Description }),
  ...(Precedence === undefined ? {} : { precedence: Precedence }),
  ...(RoleArn === undefined || RoleArn === '' ? {} : { roleArn: RoleArn }),
});

const isContact = (name: string): name is ContactAttribute => name === 'email' || name === 'phone_number';

function toSettings(pool: UserPoolType): PoolSettings {
  const { KMSKeyID: _key, ...triggers } = pool.LambdaConfig ?? {};
  return {
    usernameAttributes: (pool.UsernameAttributes ?? []).filter(isContact),
    aliasAttributes: pool.AliasAttributes ?? [],
    // Pools without this setting are older than it, and case sensitive.
    caseSensitive: pool.UsernameConfiguration?.CaseSensitive ?? true,
    autoVerifiedAttributes: (pool.AutoVerifiedAttributes ?? []).filter(isContact),
    mfaConfiguration: pool.MfaConfiguration ?? 'OFF',
    schema: (pool.SchemaAttributes ?? []).map(toSchemaAttribute),
    ...toRecovery(pool),
    triggers: Object.entries(triggers)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name]) => name)
      .sort(),
  };
}

/** An empty setting is none. */
function toRecovery({ AccountRecoverySetting }: UserPoolType): Pick<PoolSettings, 'recoveryMechanisms'> {
  const mechanisms = [...(AccountRecoverySetting?.RecoveryMechanisms ?? [])]
    .sort((left, right) => (left.Priority ?? 0) - (right.Priority ?? 0))
    .flatMap(({ Name }) => (Name === undefined ? [] : [Name]));
  return mechanisms.length === 0 ? {} : { recoveryMechanisms: mechanisms };
}

function toSchemaAttribute({
  Name = '',
  AttributeDataType = 'String',
  Mutable = true,
  Required = false,
  StringAttributeConstraints: text,
  NumberAttributeConstraints: number,
}: NonNullable<UserPoolType['SchemaAttributes']>[number]): SchemaAttribute {
  const min = text?.MinLength ?? number?.MinValue;
  const max = text?.MaxLength ?? number?.MaxValue;
  return {
    name: Name,
    type: AttributeDataType,
    mutable: Mutable,
    required: Required,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

/** DescribeUserPool's answer; a pool's id begins with its Region. */
export const toDescription = (poolId: string, pool: UserPoolType): UserPoolDescription => ({
  id: poolId,
  name: pool.Name ?? '',
  region: poolId.split('_')[0] as string,
  settings: toSettings(pool),
  deletionProtected: pool.DeletionProtection === 'ACTIVE',
  acceptsSignUps: pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true,
  importsConfirmed: (pool.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? []).some(
    (factor) => factor !== 'PASSWORD',
  ),
  estimatedNumberOfUsers: pool.EstimatedNumberOfUsers ?? 0,
});
