import type { SchemaAttributeType } from '@aws-sdk/client-cognito-identity-provider';
import type { DemoUser } from '../../../tools/demo/seed/users.ts';

/** Values that Cognito takes for a text attribute and that careless code loses. */
export const ODD_VALUES: readonly string[] = [
  'caf\u00e9',
  'cafe\u0301',
  '👩‍👩‍👧‍👦',
  '🏳️‍🌈,🏴‍☠️',
  '\u202eright to left',
  'שלום, עולם',
  '𠜎𠜱',
  '__proto__',
  'constructor',
  ',',
  ',,,',
  '   ',
  ' , ',
  '\\,',
  '\\',
  '"',
  '"a,b"',
  'tab\tinside',
  'line\nbreak',
  'cr\r\nlf',
  '\ufeffmark',
  '\u2028',
  '\u00a0',
  '\u3000wide',
  '\u200b',
  'true',
  '1e5',
  '01/02/2003',
  'v'.repeat(2_048),
  '漢'.repeat(2_048),
  ','.repeat(2_048),
  '{"a":"b, \\"c\\""}',
  '[FAILED] Line Number 1 - x',
];

/** Names that Cognito takes for a user of a pool without aliases. */
export const ODD_NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'null',
  '0',
  '.',
  '#',
  'PROFILE',
  'MEMBER_OF#x',
  'USER#x',
  'caf\u00e9',
  'cafe\u0301',
  '👍',
  'שלום',
  'n'.repeat(128),
  '😀'.repeat(64),
  'ﬁ',
  'İ',
  'ΣΑΣ',
  '+15550009999',
  'someone@example.org',
  '0b5c6f7e-1111-4222-8333-444455556666',
  'everyone',
  'a,b',
  ',',
  'a\\b',
  '\\,',
  '"',
  '=1+1',
  '{}',
  '${x}',
  '<x>',
  '*',
];

/** Names of groups; they differ by case and by form of the same letter, as Cognito's do. */
export const ODD_GROUPS: readonly string[] = [
  '__proto__',
  'constructor',
  ',',
  'a,b',
  '"',
  '\\',
  '\u00e9',
  'e\u0301',
  '👍',
  '/',
  '#',
  'PROFILE',
  'Admins',
  'admins',
  'everyone',
  'g'.repeat(128),
  '*',
  'שלום',
];

const TYPES = ['String', 'Number', 'DateTime', 'Boolean'] as const;

/** All 50 custom attributes that a pool can have, of every type; some can be set at creation only. */
export const FIFTY_ATTRIBUTES: readonly SchemaAttributeType[] = Array.from({ length: 50 }, (_, n) => {
  const AttributeDataType = TYPES[n % 4] as (typeof TYPES)[number];
  const Name = n === 0 ? '__proto__' : n === 4 ? 'constructor' : `no${n}-${AttributeDataType}`;
  return {
    Name,
    AttributeDataType,
    Mutable: n % 3 !== 0,
    ...(AttributeDataType === 'String' ? { StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' } } : {}),
  };
});

const VALUES = {
  Number: ['0', '-5', '3.14', '12345678901234567890'],
  DateTime: ['2024-01-02T03:04:05Z', '1700000000', 'Tue, 2 Jan 2024'],
  Boolean: ['true', 'False'],
  String: ODD_VALUES,
};

const customValues = (seed: number): Record<string, string> =>
  Object.fromEntries(
    FIFTY_ATTRIBUTES.filter((_, n) => seed === 0 || (n + seed) % 7 === 0).map(
      ({ Name = '', AttributeDataType = 'String' }, n) => {
        const values = VALUES[AttributeDataType];
        return [
          `custom:${Name}`,
          seed === 0 && AttributeDataType === 'String'
            ? 's'.repeat(2_048)
            : (values[(n + seed) % values.length] as string),
        ];
      },
    ),
  );

/** One user per odd name; the first has 50 custom attributes of full length, the first two are in every group. */
export function oddUsers(): DemoUser[] {
  return ODD_NAMES.map((username, n) => ({
    username,
    status: 'CONFIRMED',
    enabled: n % 9 !== 4,
    groups: n < 2 ? ODD_GROUPS : [ODD_GROUPS[n % ODD_GROUPS.length] as string],
    attributes: {
      email: `odd${n}@example.com`,
      email_verified: n % 2 === 0 ? 'true' : 'True',
      name: ODD_VALUES[n % ODD_VALUES.length] as string,
      ...(n % 3 === 0 ? { birthdate: ['2000-02-29', '0001-01-01', '1899-12-31'][(n % 9) / 3] as string } : {}),
      ...(n % 4 === 0 ? { updated_at: '1700000000', address: JSON.stringify({ street: 'a, b', lines: [n, 2] }) } : {}),
      ...customValues(n),
    },
  }));
}

/** Users of a pool whose username is the e-mail address; every fourth needs to be created one by one. */
export function oddMails(): DemoUser[] {
  const mails = [
    'MiXed@Example.COM',
    "o'brien+tag@example.com",
    'a,b@example.com',
    'ünï@exämple.com',
    '__proto__@example.com',
    `${'v'.repeat(110)}@example.com`,
    ...Array.from({ length: 26 }, (_, n) => `user${n}@example.com`),
  ];
  return mails.map((email, n) => ({
    username: email,
    status: 'CONFIRMED',
    enabled: n !== 7,
    groups: [n % 2 === 0 ? 'everyone' : 'admins'],
    attributes: {
      email,
      email_verified: n % 3 === 0 ? 'TRUE' : 'true',
      birthdate: '1990-01-31',
      name: n % 4 === 3 ? 'line\nbreak' : `User, ${n}`,
      ...(n === 8 ? { identities: '[{"userId":"1","providerName":"Google"}]' } : {}),
    },
  }));
}
