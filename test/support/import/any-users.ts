import fc from 'fast-check';
import type { SpooledUser } from '../../../source/domain/import/planning/spooled-user.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';

const codePoint = fc.oneof(
  fc.integer({ min: 0x21, max: 0x7e }),
  fc.integer({ min: 0xa0, max: 0x2fff }),
  fc.integer({ min: 0x3000, max: 0xd7ff }),
  fc.integer({ min: 0x1_0000, max: 0x2_ffff }),
);
const character = (allowed: RegExp): fc.Arbitrary<string> =>
  codePoint.map((code) => String.fromCodePoint(code)).filter((found) => allowed.test(found));
// UsernameType of Cognito's service model.
const named = character(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]$/u);
// Attribute values have no pattern; this is what a CSV without escapes can carry inside a value.
const plain = character(/^[^\p{Cc}\p{Zl}\p{Zp}\ufeff\\"]$/u);

const username = fc.string({ unit: named, minLength: 1, maxLength: 40 }).filter((name) => name.length <= 128);
/** A value that a CSV can carry. */
export const plainText = fc
  .tuple(
    fc.string({ unit: fc.oneof({ weight: 8, arbitrary: plain }, fc.constantFrom(',', ' ', '😀', "'")), maxLength: 30 }),
  )
  .map(([text]) => text.trim());
/** Any value; few of them such that no CSV carries them. */
export const anyText = fc.oneof(
  { weight: 30, arbitrary: plainText },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-c,\\"\n\r \t]{0,12}$/) },
);
const date = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));
const number = fc.oneof(
  fc.maxSafeInteger().map(String),
  fc.tuple(fc.integer(), fc.nat(9_999)).map(([whole, part]) => `${whole}.${part}`),
);
const flag = fc.constantFrom('true', 'false');

/** Attributes of SCHEMA that take any text. */
export const TEXTS = [
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'gender',
  'zoneinfo',
  'locale',
  'address',
  'custom:text',
  'custom:número,😀',
] as const;
/** Every attribute that a pool of SCHEMA takes, a part of them absent. */
const attributes = (text: fc.Arbitrary<string>): fc.Arbitrary<Record<string, string>> =>
  fc.record(
    {
      ...Object.fromEntries(TEXTS.map((name) => [name, text])),
      birthdate: date,
      updated_at: fc.nat(9_999_999_999).map(String),
      phone_number: fc.stringMatching(/^\+[1-9][0-9]{6,13}$/),
      phone_number_verified: flag,
      'custom:number': number,
      'custom:when': fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
      'custom:flag': flag,
    },
    { requiredKeys: [] },
  );

/** A user of a pool with SCHEMA, whose texts are such. */
export const userWith = (text: fc.Arbitrary<string>): fc.Arbitrary<SpooledUser> =>
  fc.tuple(username, attributes(text), fc.boolean()).map(([name, given, verified]) => ({
    username: name,
    sub: subFor(name),
    enabled: true,
    status: 'CONFIRMED',
    created: '2025-01-01T00:00:00.000Z',
    groups: [],
    attributes: { ...given, sub: subFor(name), email: 'é@example.test', email_verified: verified ? 'true' : 'false' },
  }));
