import type { CreateUserPoolCommandInput } from '@aws-sdk/client-cognito-identity-provider';
import type { DemoUser } from './users.ts';

/** What a pool asks for in which users sign in by something else than their username alone. */
export const SIGN_IN_SETTINGS = {
  'email-phone': {
    UsernameAttributes: ['email', 'phone_number'],
    UsernameConfiguration: { CaseSensitive: false },
  },
  alias: {
    AliasAttributes: ['email', 'phone_number', 'preferred_username'],
    UsernameConfiguration: { CaseSensitive: true },
  },
} as const satisfies Readonly<Record<string, Partial<CreateUserPoolCommandInput>>>;

/** Such a pool: either of two addresses is the name, or verified addresses and another name are aliases of it. */
export type SignInPool = keyof typeof SIGN_IN_SETTINGS;

/** A user as a pool of this kind can have it; the same number gives the same user. */
export const withSignIn = (kind: SignInPool, user: DemoUser, number: number): DemoUser =>
  kind === 'alias' ? withAliases(user, number) : withTwoAddresses(user, number);

/** No username looks like an e-mail address; every fifth user has another name to sign in by. */
function withAliases(user: DemoUser, number: number): DemoUser {
  const named = number % 5 === 0 && user.status !== 'EXTERNAL_PROVIDER';
  return {
    ...user,
    username: user.username.includes('@') ? `name-${number}` : user.username,
    attributes: { ...user.attributes, ...(named ? { preferred_username: `nick${number}` } : {}) },
  };
}

/** Long enough ago for Cognito to know everybody by their address. */
const SIGNED_UP = Date.UTC(2025, 0, 1);

/** Signed up by either address, with or without the other one, each verified or not; some of them a moment ago. */
function withTwoAddresses(user: DemoUser, number: number): DemoUser {
  if (user.status === 'EXTERNAL_PROVIDER') return user;
  const {
    email: _email,
    email_verified: _m,
    phone_number: _phone,
    phone_number_verified: _p,
    ...rest
  } = user.attributes;
  const addresses = {
    email: number % 7 === 3 ? `User${number}+Tag@Example.COM` : `user${number}@example.com`,
    phone_number: `+1555${String(number).padStart(7, '0')}`,
  };
  const [by, other] = number % 5 < 3 ? (['email', 'phone_number'] as const) : (['phone_number', 'email'] as const);
  const proven = Math.floor(number / 5) % 4;
  return {
    ...user,
    username: addresses[by],
    attributes: {
      ...rest,
      [by]: addresses[by],
      [`${by}_verified`]: String(proven % 2 === 0),
      ...(number % 4 === 0 ? {} : { [other]: addresses[other], [`${other}_verified`]: String(proven < 2) }),
    },
    ...(number % 3 === 0 ? {} : { created: SIGNED_UP + number * 1_000 }),
  };
}
