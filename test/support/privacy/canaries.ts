import { identitiesOf } from '../../../source/domain/import/plan/identity-plan.ts';
import type { PoolGroup, PoolUser, SchemaAttribute } from '../../../source/domain/model.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';
import { seededRandom, wholeNumber } from '../../../tools/simulation/random.ts';
import type { Canary } from './search.ts';

/** A user whose every value can be recognised, wherever it turns up. */
export interface CanaryUser extends Pick<PoolUser, 'username' | 'sub' | 'attributes' | 'enabled' | 'status'> {
  readonly groups: readonly string[];
}

/** Letters that no other text of the product holds. */
const random = seededRandom(20_26);
const letters = (count: number): string =>
  Array.from({ length: count }, () => 'bcdfghjklmnpqrstvwxz'[wholeNumber(random, 0, 19)]).join('');
const digits = (count: number): string => Array.from({ length: count }, () => `${wholeNumber(random, 0, 9)}`).join('');

export const CANARY_ATTRIBUTES: readonly SchemaAttribute[] = [
  { name: 'custom:badge', type: 'String', mutable: true, required: false, min: '0', max: '2048' },
  { name: 'custom:note', type: 'String', mutable: true, required: false, min: '0', max: '2048' },
];

/** Groups are named by customers for customers (a firm, a ward): their names are treated like personal data. */
export const CANARY_GROUPS: readonly PoolGroup[] = ['ward', 'firm', 'empty'].map((kind, precedence) => ({
  name: `${kind}-${letters(14)}`,
  description: `About ${letters(14)}`,
  precedence,
}));

/** Where the users of identity providers come from. */
export const CANARY_PROVIDER = 'Google';
/** The id of somebody at the provider. */
export const canaryIdentity = (): string => `Id.${letters(18)}`;
/** A secret of a client or of a provider. */
export const canarySecret = (): string => letters(40);

/** `how`: what the user's way back is to be; a line break in a value keeps a user out of the CSV. */
export function canaryUser(
  how: 'csv' | 'one by one' | 'disabled' | 'unconfirmed' | 'federated' | 'unverified' = 'csv',
): CanaryUser {
  const username = `${how === 'federated' ? 'google_' : ''}u${letters(16)}`;
  const identities = [{ userId: canaryIdentity(), providerName: CANARY_PROVIDER, primary: true }];
  const note = how === 'one by one' ? `${letters(14)}\n"quoted" ${letters(10)}` : `note, ${letters(14)}`;
  return {
    username,
    sub: subFor(letters(20)),
    enabled: how !== 'disabled',
    status: how === 'unconfirmed' ? 'UNCONFIRMED' : how === 'federated' ? 'EXTERNAL_PROVIDER' : 'CONFIRMED',
    groups: CANARY_GROUPS.slice(0, how === 'csv' ? 2 : 1).map(({ name }) => name),
    attributes: {
      email: `${letters(12)}@${letters(10)}.example.org`,
      email_verified: how === 'unverified' ? 'false' : 'true',
      phone_number: `+1555${digits(9)}`,
      name: `${letters(10)} ${letters(12)}`,
      address: `${letters(12)} street`,
      'custom:badge': letters(24),
      'custom:note': note,
      ...(how === 'federated' ? { identities: JSON.stringify(identities) } : {}),
    },
  };
}

const PERSONAL = new Set(['email', 'phone_number', 'name', 'address', 'custom:badge', 'custom:note']);

/** What must not be found of these users: names, subs, values. A value of several lines counts by its longest line. */
export function canariesOf(users: readonly CanaryUser[], groups: readonly PoolGroup[] = CANARY_GROUPS): Canary[] {
  return [
    ...users.flatMap(({ username, sub, attributes }) => [
      { kind: 'username', text: username },
      { kind: 'sub', text: sub },
      { kind: 'e-mail name', text: (attributes.email ?? '').split('@')[0] as string },
      ...(identitiesOf(attributes) ?? []).map(({ id }) => ({ kind: 'id at a provider', text: id })),
      { kind: 'phone number', text: (attributes.phone_number ?? '').replace('+', '') },
      ...Object.entries(attributes)
        .filter(([name]) => PERSONAL.has(name))
        .map(([name, value]) => ({ kind: name, text: longest(value.split(/[\n"]/)) })),
    ]),
    ...groups.flatMap(({ name, description = '' }) => [
      { kind: 'group name', text: name },
      { kind: 'group description', text: description },
    ]),
  ];
}

const longest = (lines: readonly string[]): string =>
  lines.reduce((best, line) => (line.length > best.length ? line : best), '');
