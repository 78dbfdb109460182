import { expect } from 'chai';
import fc from 'fast-check';
import { csvCannotCarry } from '../../../source/domain/import/csv/cannot-carry.ts';
import { csvBytes, csvLine } from '../../../source/domain/import/csv/csv-line.ts';

const HEADER = ['name', 'birthdate', 'address', 'email', 'email_verified', 'custom:a', 'custom:b', 'cognito:mfa_enabled', 'cognito:username'];
const RULES = { header: HEADER, mfaFlag: 'false', autoVerified: ['email'] } as const;

/** A reader of the documented format that shares nothing with the writer: fields end at a bare comma, values are trimmed. */
function readRow(line: string): string[] {
  const fields = [''];
  for (let at = 0; at < line.length; at++) {
    const two = line.slice(at, at + 2);
    if (two === '\\,') {
      fields.push(`${fields.pop()},`);
      at++;
    } else if (two[0] === ',') fields.push('');
    else fields.push(`${fields.pop()}${line[at]}`);
  }
  return fields.map((field) => field.trim());
}

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 20 }), fc.stringMatching(/^[a-c,\\"\n\r \t]{0,12}$/));
const user = fc.record({
  name: text.filter((name) => name !== ''),
  attributes: fc.record({ name: text, address: text, 'custom:a': text, 'custom:b': text, birthdate: fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)) }, { requiredKeys: [] })
    .map((given): Record<string, string> => ({ ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')), email: 'x@example.com', email_verified: 'true' })),
});

describe('CSV round trip', () => {
  it('gives back exactly what went in, for every user that the CSV can carry', () => {
    let carried = 0;
    fc.assert(fc.property(user, (given) => {
      if (csvCannotCarry(given, RULES) !== undefined) return;
      carried++;
      const line = csvLine(given, HEADER, 'false');
      expect(line.match(/\n/g)).to.have.length(1);
      expect(line.endsWith('\n')).to.equal(true);
      expect(csvBytes(line)).to.equal(new TextEncoder().encode(line).length);
      const fields = readRow(line.slice(0, -1));
      expect(fields).to.have.length(HEADER.length);
      const read = Object.fromEntries(HEADER.map((column, index) => [column, fields[index] as string]));
      expect(read['cognito:username']).to.equal(given.name);
      for (const column of ['name', 'address', 'email', 'custom:a', 'custom:b']) expect(read[column]).to.equal(given.attributes[column] ?? '');
      const [month, day, year] = (read['birthdate'] as string).split('/');
      expect(read['birthdate'] === '' ? undefined : `${year}-${month}-${day}`).to.equal(given.attributes['birthdate']);
    }), { numRuns: 2_000 });
    expect(carried).to.be.greaterThan(200);
  });
});
