import { expect } from 'chai';
import fc from 'fast-check';
import { csvBytes, csvHeaderLine, csvLine } from '../../../source/domain/import/csv/csv-line.ts';
import { classify } from '../../../source/domain/import/planning/classify.ts';
import type { Classified, Rules } from '../../../source/domain/import/planning/classify.ts';
import type { SpooledUser } from '../../../source/domain/import/planning/spooled-user.ts';
import { headerOf, READINGS, readJobFile, SCHEMA } from '../../support/import/csv-pool.ts';
import { subFor } from '../../support/world/pool.ts';

const HEADER = headerOf(SCHEMA);
const RULES: Rules = {
  header: HEADER,
  mfaFlag: 'false',
  autoVerified: ['email'],
  signInName: 'username',
  schema: SCHEMA,
  restoreUnconfirmed: false,
  mayCreateUsers: true,
};

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
const plainText = fc
  .tuple(
    fc.string({ unit: fc.oneof({ weight: 8, arbitrary: plain }, fc.constantFrom(',', ' ', '😀', "'")), maxLength: 30 }),
  )
  .map(([text]) => text.trim());
const anyText = fc.oneof(
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

const TEXTS = [
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

const user = (text: fc.Arbitrary<string>): fc.Arbitrary<SpooledUser> =>
  fc.tuple(username, attributes(text), fc.boolean()).map(([name, given, verified]) => ({
    username: name,
    sub: subFor(name),
    enabled: true,
    status: 'CONFIRMED',
    created: '2025-01-01T00:00:00.000Z',
    groups: [],
    attributes: { ...given, sub: subFor(name), email: 'é@example.test', email_verified: verified ? 'true' : 'false' },
  }));

const wayOf = (given: SpooledUser): Classified => classify(given, RULES);
/** What the pool must hold for the user: everything but `sub` and what is empty; a flag without its address says nothing. */
const wanted = ({ attributes: given }: SpooledUser): Record<string, string> =>
  Object.fromEntries(Object.entries(given).filter(([name, value]) => name !== 'sub' && value !== ''));

function fileOf(users: readonly SpooledUser[]): Buffer {
  const rows = users.map((given) => {
    const classified = wayOf(given);
    if (classified.way !== 'csv')
      throw new Error(`not for the CSV: ${classified.way === 'create' ? classified.why : classified.excluded.detail}`);
    return csvLine(classified.user, HEADER, 'false');
  });
  for (const row of rows) expect(csvBytes(row)).to.equal(new TextEncoder().encode(row).length);
  return Buffer.from(csvHeaderLine(HEADER) + rows.join(''));
}

function expectSame(users: readonly SpooledUser[]): void {
  const file = fileOf(users);
  for (const reading of READINGS) {
    const read = readJobFile(file, SCHEMA, reading);
    expect(read).to.have.length(users.length);
    users.forEach((given, index) => {
      expect(read[index]?.username).to.equal(given.username);
      expect(read[index]?.attributes).to.deep.equal(wanted(given));
      expect(read[index]?.status).to.equal('RESET_REQUIRED');
    });
  }
}

/** A phone number that is said to be verified must be there; of such users there are none. */
const coherent = ({ attributes: given }: SpooledUser): boolean =>
  given.phone_number_verified !== 'true' || given.phone_number !== undefined;
const verified = ({ attributes: given }: SpooledUser): boolean => given.email_verified === 'true';

describe("CSV round trip, by the gateway's own reader", () => {
  it('gives back exactly what went in, for every user that goes into a CSV, whatever an undocumented character means', () => {
    const carried = { csv: 0, create: 0 };
    fc.assert(
      fc.property(fc.array(user(anyText).filter(coherent), { minLength: 1, maxLength: 3 }), (users) => {
        const forCsv = users.filter((given) => wayOf(given).way === 'csv');
        carried.csv += forCsv.length;
        carried.create += users.length - forCsv.length;
        if (forCsv.length > 0) expectSame(forCsv);
        // Nobody is left out: whom the CSV cannot carry is created one by one, with all attributes.
        for (const given of users) {
          const classified = wayOf(given);
          if (classified.way === 'exclude') throw new Error(`left out: ${classified.excluded.detail}`);
          expect(classified.user).to.deep.include({ sub: given.sub, name: given.username, attributes: wanted(given) });
        }
      }),
      { numRuns: 300 },
    );
    expect(carried.csv).to.be.greaterThan(60);
    expect(carried.create).to.be.greaterThan(60);
  });

  it('takes every verified user without line breaks, quotes and backslashes, of any script', () => {
    fc.assert(
      fc.property(
        user(plainText).filter((given) => verified(given) && coherent(given)),
        (given) => {
          fc.pre(!/[\\"]/.test(given.username));
          expectSame([given]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes a row of 16,000 characters, its line end included, and creates the user of a longer one', () => {
    for (const filling of ['x', '山', '😀', ',']) {
      for (const over of [0, 1]) {
        const given = rowOf(16_000 + over, filling);
        const classified = wayOf(given);
        expect(classified.way, filling).to.equal(over === 0 ? 'csv' : 'create');
        if (classified.way === 'csv') expect(csvLine(classified.user, HEADER, 'false')).to.have.length(16_000);
        if (classified.way === 'csv') expectSame([given]);
        if (classified.way === 'create') expect(classified.why).to.equal('a row of more than 16000 characters');
      }
    }
  });
});

/** A user whose row has exactly so many UTF-16 units, from values of at most 2,048 characters. */
function rowOf(length: number, filling: string): SpooledUser {
  const base: SpooledUser = {
    username: 'ann',
    sub: subFor('ann'),
    enabled: true,
    status: 'CONFIRMED',
    created: '',
    groups: [],
    attributes: { email: 'a@example.test', email_verified: 'true' },
  };
  const unit = filling === ',' ? 2 : filling.length;
  const given: Record<string, string> = { ...base.attributes };
  let missing = length - csvLine({ name: 'ann', attributes: given }, HEADER, 'false').length;
  for (const name of TEXTS) {
    const count = Math.min(2_000, Math.floor(missing / unit));
    if (count > 0) given[name] = filling.repeat(count);
    missing -= count * unit;
    if (missing < unit) {
      given[name] += 'x'.repeat(missing);
      break;
    }
  }
  return { ...base, attributes: given };
}
