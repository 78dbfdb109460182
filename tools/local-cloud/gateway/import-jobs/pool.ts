/** Constraints of one attribute of a pool's schema. */
export interface AttributeRule {
  readonly name: string;
  readonly type: 'String' | 'Number' | 'Boolean' | 'DateTime';
  readonly required: boolean;
  readonly minLength: number;
  readonly maxLength: number;
  readonly minValue: number;
  readonly maxValue: number;
}

/** What an import needs to know of a user pool. */
export interface PoolRules {
  readonly id: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, AttributeRule>;
  readonly usernameAttributes: readonly string[];
  readonly aliasAttributes: readonly string[];
  readonly autoVerifiedAttributes: readonly string[];
  readonly mfa: 'OFF' | 'ON' | 'OPTIONAL';
  /** First factors other than a password that the pool offers, as EMAIL_OTP. */
  readonly passwordless: readonly string[];
}

/** Columns in the order of AWS's sample header; `sub` and `identities` have none. */
const standardColumns = [
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'email',
  'email_verified',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'phone_number',
  'phone_number_verified',
  'address',
  'updated_at',
];

type Members = Record<string, unknown>;

/** Reads the `UserPool` of a DescribeUserPool response. */
export function poolRules(userPool: Members): PoolRules {
  const schema = (userPool['SchemaAttributes'] ?? []) as Members[];
  const signIn = (userPool['Policies'] as Members | undefined)?.['SignInPolicy'] as Members | undefined;
  return {
    id: String(userPool['Id']),
    name: String(userPool['Name']),
    attributes: new Map(schema.map((attribute) => [String(attribute['Name']), attributeRule(attribute)])),
    usernameAttributes: strings(userPool['UsernameAttributes']),
    aliasAttributes: strings(userPool['AliasAttributes']),
    autoVerifiedAttributes: strings(userPool['AutoVerifiedAttributes']),
    mfa: (userPool['MfaConfiguration'] ?? 'OFF') as PoolRules['mfa'],
    passwordless: strings(signIn?.['AllowedFirstAuthFactors']).filter((factor) => factor !== 'PASSWORD'),
  };
}

/** The columns that GetCSVHeader returns: standard attributes, the pool's custom attributes, then Cognito's own two. */
export function csvColumns(pool: PoolRules, extraColumns: readonly string[]): string[] {
  const custom = [...pool.attributes.keys()].filter((name) => name.startsWith('custom:'));
  return [...standardColumns, ...custom, 'cognito:mfa_enabled', 'cognito:username', ...extraColumns];
}

function attributeRule(attribute: Members): AttributeRule {
  const text = (attribute['StringAttributeConstraints'] ?? {}) as Members;
  const number = (attribute['NumberAttributeConstraints'] ?? {}) as Members;
  return {
    name: String(attribute['Name']),
    type: (attribute['AttributeDataType'] ?? 'String') as AttributeRule['type'],
    required: attribute['Required'] === true,
    minLength: Number(text['MinLength'] ?? 0),
    maxLength: Math.min(Number(text['MaxLength'] ?? 2_048), 2_048),
    minValue: Number(number['MinValue'] ?? -Infinity),
    maxValue: Number(number['MaxValue'] ?? Infinity),
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
