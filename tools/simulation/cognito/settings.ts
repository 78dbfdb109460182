import type { PoolSettings } from '../../../source/domain/model.ts';

const standardStrings = [
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
export const PLAIN_SETTINGS: PoolSettings = {
  usernameAttributes: [],
  aliasAttributes: [],
  caseSensitive: false,
  autoVerifiedAttributes: ['email'],
  mfaConfiguration: 'OFF',
  schema: [
    ...standardStrings.map((name) => ({
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

/** What an import job looks at in a pool's settings. */
export type ImportSettings = Pick<
  PoolSettings,
  'usernameAttributes' | 'aliasAttributes' | 'autoVerifiedAttributes' | 'mfaConfiguration' | 'schema'
> & {
  /** First factors other than a password that the pool offers, as EMAIL_OTP. */
  readonly passwordless?: readonly string[];
};
