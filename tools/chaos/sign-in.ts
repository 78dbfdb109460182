import type {
  CognitoIdentityProviderClient,
  CreateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { createPool } from '../deploy/pools.ts';
import { DEMO_GROUPS } from '../demo/seed/groups.ts';
import { SIGN_IN_SETTINGS, withSignIn as shaped } from '../demo/seed/sign-in.ts';
import { CUSTOM_ATTRIBUTES, demoUsers } from '../demo/seed/users.ts';
import type { DemoUser } from '../demo/seed/users.ts';

/** The ways in which users of a pool sign in; each is another path through Cognito's rules on names. */
export const SIGN_INS = ['username', 'email', 'alias', 'phone', 'insensitive', 'email-phone'] as const;
export type SignIn = (typeof SIGN_INS)[number];

const SETTINGS: Readonly<Record<SignIn, Partial<CreateUserPoolCommandInput>>> = {
  username: { UsernameConfiguration: { CaseSensitive: true } },
  email: { UsernameAttributes: ['email'], UsernameConfiguration: { CaseSensitive: false } },
  phone: { UsernameAttributes: ['phone_number'], UsernameConfiguration: { CaseSensitive: true } },
  alias: { ...SIGN_IN_SETTINGS.alias },
  insensitive: { UsernameConfiguration: { CaseSensitive: false } },
  'email-phone': { ...SIGN_IN_SETTINGS['email-phone'] },
};

/** An empty pool in which users sign in like this. */
export const createPoolFor = (client: CognitoIdentityProviderClient, signIn: SignIn, name: string): Promise<string> =>
  createPool(client, name, {
    AutoVerifiedAttributes: ['email', 'phone_number'],
    Schema: [...CUSTOM_ATTRIBUTES],
    ...SETTINGS[signIn],
  });

/** The demo's odd users, with names and attributes as a pool with this way of signing in can have them. */
export function usersFor(signIn: SignIn, count: number, seed: number, firstNumber = 1): DemoUser[] {
  return demoUsers(count, DEMO_GROUPS, seed, firstNumber).map((user, index) =>
    withSignIn(user, signIn, firstNumber + index),
  );
}

function withSignIn(user: DemoUser, signIn: SignIn, number: number): DemoUser {
  const email = `user${number}@example.com`;
  const phone = `+1555${String(number).padStart(7, '0')}`;
  switch (signIn) {
    case 'email':
      return { ...user, username: email, attributes: { email_verified: 'false', ...user.attributes, email } };
    case 'phone':
      return {
        ...user,
        username: phone,
        attributes: { phone_number_verified: 'false', ...user.attributes, phone_number: phone },
      };
    case 'alias':
    case 'email-phone':
      return shaped(signIn, user, number);
    case 'username':
    case 'insensitive':
      return user;
  }
}
