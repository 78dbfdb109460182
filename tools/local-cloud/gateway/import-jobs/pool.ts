import type { SchemaAttribute } from '../../../../source/domain/model.ts';
import type { ImportSettings } from '../../../simulation/cognito/settings.ts';

type Members = Record<string, unknown>;
type Bounds = Readonly<Record<string, string | number>>;

/** What an import needs to know of a user pool: the `UserPool` of a DescribeUserPool response. */
export function importSettingsOf(userPool: Members): ImportSettings {
  const schema = (userPool['SchemaAttributes'] ?? []) as Members[];
  const signIn = (userPool['Policies'] as Members | undefined)?.['SignInPolicy'] as Members | undefined;
  return {
    schema: schema.map(schemaAttribute),
    usernameAttributes: strings(userPool['UsernameAttributes']) as ImportSettings['usernameAttributes'],
    aliasAttributes: strings(userPool['AliasAttributes']),
    autoVerifiedAttributes: strings(userPool['AutoVerifiedAttributes']) as ImportSettings['autoVerifiedAttributes'],
    mfaConfiguration: (userPool['MfaConfiguration'] ?? 'OFF') as ImportSettings['mfaConfiguration'],
    passwordless: strings(signIn?.['AllowedFirstAuthFactors']).filter((factor) => factor !== 'PASSWORD'),
  };
}

function schemaAttribute(attribute: Members): SchemaAttribute {
  const { MinLength, MaxLength } = (attribute['StringAttributeConstraints'] ?? {}) as Bounds;
  const { MinValue, MaxValue } = (attribute['NumberAttributeConstraints'] ?? {}) as Bounds;
  const [min, max] = [MinLength ?? MinValue, MaxLength ?? MaxValue];
  return {
    name: String(attribute['Name']),
    type: (attribute['AttributeDataType'] ?? 'String') as SchemaAttribute['type'],
    mutable: attribute['Mutable'] !== false,
    required: attribute['Required'] === true,
    ...(min === undefined ? {} : { min: `${min}` }),
    ...(max === undefined ? {} : { max: `${max}` }),
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
