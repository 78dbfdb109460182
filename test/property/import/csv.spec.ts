import { expect } from 'chai';
import fc from 'fast-check';
import { csvBytes, csvHeaderLine, csvLine } from '../../../source/domain/import/csv/csv-line.ts';
import { classify } from '../../../source/domain/import/planning/classify.ts';
import type { Classified, Rules } from '../../../source/domain/import/planning/classify.ts';
import type { SpooledUser } from '../../../source/domain/import/planning/spooled-user.ts';
import { anyText, plainText, TEXTS, userWith } from '../../support/import/any-users.ts';
import { headerOf, READINGS, readJobFile, SCHEMA } from '../../support/import/csv-pool.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';

const HEADER = headerOf(SCHEMA);
const RULES: Rules = {
  header: HEADER,
  mfaFlag: 'false',
  autoVerified: ['email'],
  signInName: 'username',
  schema: SCHEMA,
  sourceSchema: [],
  sourceVerified: ['email'],
  aliases: [],
  restoreUnconfirmed: false,
  runStartedAt: '2026-03-01T00:00:00.000Z',
};

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
      fc.property(fc.array(userWith(anyText).filter(coherent), { minLength: 1, maxLength: 3 }), (users) => {
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
        userWith(plainText).filter((given) => verified(given) && coherent(given)),
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
