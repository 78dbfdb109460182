import type { PoolSettings } from '../../source/domain/model.ts';

const strings = [
  'sub',
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
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'phone_number',
  'address',
];

/** A pool as CreateUserPool makes it when only an auto-verified e-mail address is asked for. */
export const SETTINGS: PoolSettings = {
  usernameAttributes: [],
  aliasAttributes: [],
  caseSensitive: true,
  autoVerifiedAttributes: ['email'],
  mfaConfiguration: 'OFF',
  schema: [
    ...strings.map((name) => ({
      name,
      type: 'String' as const,
      mutable: name !== 'sub',
      required: name === 'sub',
      min: '0',
      max: '2048',
    })),
    ...['email_verified', 'phone_number_verified'].map((name) => ({
      name,
      type: 'Boolean' as const,
      mutable: true,
      required: false,
    })),
    { name: 'updated_at', type: 'Number', mutable: true, required: false, min: '0' },
  ],
  triggers: [],
};

/** Columns of the CSV that imports into such a pool. */
export const CSV_COLUMNS: readonly string[] = [
  ...strings.filter((name) => name !== 'sub'),
  'email_verified',
  'phone_number_verified',
  'updated_at',
  'cognito:mfa_enabled',
  'cognito:username',
];
