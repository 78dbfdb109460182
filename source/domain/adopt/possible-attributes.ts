/** Standard attributes (OpenID Connect's) and those that Cognito adds: every pool has them. */
const OF_EVERY_POOL = new Set([
  'address',
  'birthdate',
  'email',
  'email_verified',
  'family_name',
  'gender',
  'given_name',
  'identities',
  'locale',
  'middle_name',
  'name',
  'nickname',
  'phone_number',
  'phone_number_verified',
  'picture',
  'preferred_username',
  'profile',
  'sub',
  'updated_at',
  'website',
  'zoneinfo',
]);
/** CustomAttributeNameType of the service model, with what Cognito puts before it. */
const CUSTOM = /^(dev:)?custom:[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,20}$/u;

/** Whether any pool can have the attribute: of one that none can have, no new pool is asked for. */
export const isPossibleAttribute = (name: string): boolean => OF_EVERY_POOL.has(name) || CUSTOM.test(name);
