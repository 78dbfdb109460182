import { FEDERATED_STATUS } from '../../source/domain/model.ts';
import type { Attributes, ContactAttribute, PoolGroup, PoolUser } from '../../source/domain/model.ts';

/** What a benchmarked pool looks like. Everybody is in `perUser` of `groups` groups of equal size. */
export interface PopulationShape {
  readonly users: number;
  readonly groups: number;
  readonly perUser: number;
  /** Members of one more, small group. */
  readonly administrators?: number;
  /** The last so many users come from an identity provider; of the others the first so many are linked to it. */
  readonly identities?: { readonly federated: number; readonly linked: number };
  /** MfaConfiguration of both pools; authenticator apps only. */
  readonly mfa?: 'OPTIONAL' | 'ON';
  /** Users sign in by an e-mail address or a phone number. So many, the first, have both: Cognito is asked by which. */
  readonly twoAddresses?: number;
}

/** The pools' identity provider, where the shape has one; it sets everything that its users have. */
export const PROVIDER = { name: 'Corp', mapped: ['email', 'name', 'family_name', 'locale', 'nickname'] };

export const ADMINISTRATORS = 'administrators';
/** Odd numbers: multiplying by them modulo 2^32 is a bijection that scatters neighbours. */
const SCATTER = 0x9e3779b1;
const GIVEN = ['Ana', 'Björn', 'Chiara', 'Dmitri', 'Eszter', 'Fatima', 'Goran', 'Hiroko'];
const FAMILY = ['Almeida', 'Berg', 'Castillo', 'Dubois', 'Eriksen', 'Ferrari', 'Grünwald'];
const CREATED = '2025-01-02T03:04:05.000Z';

/** `salt` tells the sub of a restored user from the one in the backup. */
export function subNumber(index: number, salt = 0): string {
  const head = ((Math.imul(index, SCATTER) ^ salt) >>> 0).toString(16).padStart(8, '0');
  return `${head}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** Inverse of subOf; undefined for a sub that no user of a population has. */
export function indexOfSub(sub: string, salt = 0): number | undefined {
  const index = Number.parseInt(sub.slice(-12), 16);
  return subNumber(index, salt) === sub ? index : undefined;
}

/** First hex digit of the sub, 0 to 15. */
export const firstDigit = (index: number, salt = 0): number => ((Math.imul(index, SCATTER) ^ salt) >>> 0) >>> 28;

export const usernameOf = (index: number): string => `user-${String(index).padStart(7, '0')}`;
export const indexOfUsername = (username: string): number => Number(username.slice('user-'.length));

/** Two in a hundred are disabled, one in a thousand has no verified address and is created one by one by a restore. */
export const isDisabled = (index: number): boolean => index % 50 === 7;
export const isUnverified = (index: number): boolean => index % 1000 === 3;

/** `version` counts the edits of the user. */
export const attributesOf = (index: number, version = 0): Attributes => ({
  email: `${usernameOf(index)}@example.com`,
  email_verified: isUnverified(index) ? 'false' : 'true',
  name: `${GIVEN[index % GIVEN.length] as string} ${FAMILY[index % FAMILY.length] as string}`,
  family_name: FAMILY[index % FAMILY.length] as string,
  ...(index % 3 === 0 ? { locale: 'de-DE' } : {}),
  ...(version === 0 ? {} : { nickname: `edited ${version}` }),
});

export function userOf(index: number, version = 0): PoolUser {
  const sub = subNumber(index);
  const modified = version === 0 ? CREATED : new Date(Date.parse(CREATED) + version * 86_400_000).toISOString();
  return {
    username: usernameOf(index),
    sub,
    attributes: { ...attributesOf(index, version), sub },
    enabled: !isDisabled(index),
    status: 'CONFIRMED',
    created: CREATED,
    modified,
  };
}

const phoneOf = (index: number): string => `+1555${String(index).padStart(7, '0')}`;
/** By which address: of users with two, every other one by the phone number. */
export const signsInBy = (index: number, twoAddresses: number): ContactAttribute =>
  index < twoAddresses && index % 2 === 1 ? 'phone_number' : 'email';

/** With a second address, where users sign in by either of two: the username is the `sub` then. */
function addressed({ twoAddresses }: PopulationShape, index: number, user: PoolUser): PoolUser {
  if (twoAddresses === undefined) return user;
  const phone = index < twoAddresses ? { phone_number: phoneOf(index), phone_number_verified: 'true' } : {};
  return { ...user, username: user.sub, attributes: { ...user.attributes, ...phone } };
}

/** Whose name at sign-in an address is. */
export function indexOfAddress({ twoAddresses = 0 }: PopulationShape, address: string): number | undefined {
  const digits = /^(?:user-(\d{7})@example\.com|\+1555(\d{7}))$/.exec(address);
  if (digits === null) return undefined;
  const [index, by] = digits[1] === undefined ? [Number(digits[2]), 'phone_number'] : [Number(digits[1]), 'email'];
  return signsInBy(index, twoAddresses) === by ? index : undefined;
}

/** The same in a population in which an identity provider may know the user, and which may sign in by two addresses. */
export function memberOf(shape: PopulationShape, index: number, version = 0): PoolUser {
  const { users, identities } = shape;
  const user = addressed(shape, index, userOf(index, version));
  const isFederated = index < users && index >= users - (identities?.federated ?? 0);
  if (!isFederated && index >= (identities?.linked ?? 0)) return user;
  const userId = `Id-${index}`;
  const attribute = JSON.stringify([
    { userId, providerName: PROVIDER.name, providerType: 'OIDC', issuer: null, primary: isFederated, dateCreated: 1 },
  ]);
  const attributes = { ...user.attributes, identities: attribute };
  return isFederated
    ? { ...user, attributes, username: `${PROVIDER.name}_${userId}`, status: FEDERATED_STATUS }
    : { ...user, attributes };
}

/** Who is in which group, by arithmetic: nothing is stored, so that millions of memberships cost no memory. */
export class Memberships {
  constructor(private readonly shape: PopulationShape) {}

  /** The administrators come last. */
  get groups(): readonly PoolGroup[] {
    const { groups, administrators = 0 } = this.shape;
    const many = Array.from({ length: groups }, (_, index) => ({
      name: groupName(index),
      description: `Group number ${index}`,
      precedence: index,
    }));
    return administrators === 0 ? many : [...many, { name: ADMINISTRATORS, description: 'Full access', precedence: 0 }];
  }

  /** Of `users` users, the first so many of the shape. */
  count(users = this.shape.users): number {
    return users * this.#perUser + Math.min(users, this.shape.administrators ?? 0);
  }

  groupsOf(user: number): number[] {
    const { groups, administrators = 0 } = this.shape;
    const own = Array.from({ length: this.#perUser }, (_, place) => (user * this.#perUser + place) % groups);
    return user < administrators ? [...own, groups] : own;
  }

  /** The member at a place of a group; undefined behind the last one of `users` users. */
  memberAt(group: number, place: number, users = this.shape.users): number | undefined {
    const { groups, administrators = 0 } = this.shape;
    if (group === groups) return place < Math.min(administrators, users) ? place : undefined;
    const user = Math.floor((group + groups * place) / this.#perUser);
    return user < users ? user : undefined;
  }

  /** A number of its own for each membership, below `(perUser + 1) * users`. */
  ordinal(user: number, group: number): number {
    const { groups } = this.shape;
    if (group === groups) return user * (this.#perUser + 1) + this.#perUser;
    const place = (group - ((user * this.#perUser) % groups) + groups) % groups;
    return user * (this.#perUser + 1) + place;
  }

  get ordinalsPerUser(): number {
    return this.#perUser + 1;
  }

  indexOf(name: string): number {
    return name === ADMINISTRATORS ? this.shape.groups : Number(name.slice('group-'.length));
  }

  nameOf(group: number): string {
    return group === this.shape.groups ? ADMINISTRATORS : groupName(group);
  }

  get #perUser(): number {
    return this.shape.groups === 0 ? 0 : this.shape.perUser;
  }
}

const groupName = (index: number): string => `group-${String(index).padStart(5, '0')}`;
