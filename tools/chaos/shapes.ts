import {
  CreateUserPoolCommand,
  type CognitoIdentityProviderClient,
  type CreateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { DEMO_GROUPS } from '../demo/seed/groups.ts';
import { CUSTOM_ATTRIBUTES, demoUsers, type DemoUser } from '../demo/seed/users.ts';

/** The ways in which users of a pool sign in; each is another path through Cognito's rules on names. */
export const SHAPES = ['username', 'email', 'alias', 'phone', 'insensitive'] as const;
export type Shape = (typeof SHAPES)[number];

const SETTINGS: Readonly<Record<Shape, Partial<CreateUserPoolCommandInput>>> = {
  username: { UsernameConfiguration: { CaseSensitive: true } },
  email: { UsernameAttributes: ['email'], UsernameConfiguration: { CaseSensitive: false } },
  phone: { UsernameAttributes: ['phone_number'], UsernameConfiguration: { CaseSensitive: true } },
  alias: {
    AliasAttributes: ['email', 'phone_number', 'preferred_username'],
    UsernameConfiguration: { CaseSensitive: true },
  },
  insensitive: { UsernameConfiguration: { CaseSensitive: false } },
};

export async function createShapedPool(
  client: CognitoIdentityProviderClient,
  shape: Shape,
  PoolName: string,
): Promise<string> {
  const { UserPool } = await client.send(
    new CreateUserPoolCommand({
      PoolName,
      MfaConfiguration: 'OFF',
      AutoVerifiedAttributes: ['email', 'phone_number'],
      Schema: [...CUSTOM_ATTRIBUTES],
      ...SETTINGS[shape],
    }),
  );
  return UserPool?.Id ?? '';
}

/** The demo's odd users, with names and attributes as a pool of this shape can have them. */
export function shapedUsers(shape: Shape, count: number, seed: number, firstNumber = 1): DemoUser[] {
  return demoUsers(count, DEMO_GROUPS, seed, firstNumber).map((user, index) =>
    shaped(user, shape, firstNumber + index),
  );
}

function shaped(user: DemoUser, shape: Shape, number: number): DemoUser {
  const email = `user${number}@example.com`;
  const phone = `+1555${String(number).padStart(7, '0')}`;
  switch (shape) {
    case 'email':
      return { ...user, username: email, attributes: { email_verified: 'false', ...user.attributes, email } };
    case 'phone':
      return {
        ...user,
        username: phone,
        attributes: { phone_number_verified: 'false', ...user.attributes, phone_number: phone },
      };
    case 'alias':
      return {
        ...user,
        username: user.username.includes('@') ? `name-${number}` : user.username,
        attributes: { ...user.attributes, ...(number % 5 === 0 ? { preferred_username: `nick${number}` } : {}) },
      };
    case 'username':
    case 'insensitive':
      return user;
  }
}
