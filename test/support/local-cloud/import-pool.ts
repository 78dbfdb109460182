/** The `UserPool` member of a DescribeUserPool response: auto-verified e-mail, MFA off, one custom attribute, or as told. */
export function describedPool(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  const standard = ['email', 'name', 'family_name', 'phone_number', 'birthdate', 'updated_at'].map((Name) => ({
    Name,
    AttributeDataType: 'String',
    StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
  }));
  const flags = ['email_verified', 'phone_number_verified'].map((Name) => ({ Name, AttributeDataType: 'Boolean' }));
  const schema = (overrides['SchemaAttributes'] ?? [{ Name: 'custom:team', AttributeDataType: 'String' }]) as {
    Name: string;
  }[];
  const names = schema.map((attribute) => attribute.Name);
  return {
    Id: 'us-east-1_Example1',
    Name: 'example',
    AutoVerifiedAttributes: ['email'],
    MfaConfiguration: 'OFF',
    ...overrides,
    SchemaAttributes: [...[...standard, ...flags].filter(({ Name }) => !names.includes(Name)), ...schema],
  };
}
