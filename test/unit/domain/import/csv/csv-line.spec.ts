import { expect } from 'chai';
import { csvBytes, csvHeaderLine, csvLine } from '../../../../../source/domain/import/csv/csv-line.ts';

const HEADER = [
  'name',
  'birthdate',
  'email',
  'email_verified',
  'custom:team',
  'password_hash',
  'cognito:mfa_enabled',
  'cognito:username',
];

describe('csvLine', () => {
  it('fills the columns in the order of the header, blank where there is nothing or the column is unknown', () => {
    const line = csvLine(
      { name: 'ann', attributes: { email: 'ann@example.com', email_verified: 'true', 'custom:team': 'blue' } },
      HEADER,
      'false',
    );
    expect(line).to.equal(',,ann@example.com,true,blue,,false,ann\n');
  });

  it('follows another order of the same columns', () => {
    expect(
      csvLine(
        { name: 'ann', attributes: { email: 'a@b.c' } },
        ['cognito:username', 'email', 'cognito:mfa_enabled'],
        'true',
      ),
    ).to.equal('ann,a@b.c,true\n');
  });

  it('escapes commas by a backslash and quotes nothing', () => {
    expect(
      csvLine({ name: 'ann', attributes: { name: 'Lee, Ann, Dr.' } }, ['name', 'cognito:username'], 'false'),
    ).to.equal('Lee\\, Ann\\, Dr.,ann\n');
  });

  it('writes a birthdate as mm/dd/yyyy and flags in lower case', () => {
    expect(
      csvLine(
        { name: 'a', attributes: { birthdate: '1990-02-28', email_verified: 'TRUE' } },
        ['birthdate', 'email_verified'],
        'false',
      ),
    ).to.equal('02/28/1990,true\n');
  });

  it('does not take a value from the prototype for a column of that name', () => {
    expect(csvLine({ name: 'a', attributes: {} }, ['constructor', 'cognito:username'], 'false')).to.equal(',a\n');
  });

  it('writes the header as it came', () => {
    expect(csvHeaderLine(['name', 'cognito:username'])).to.equal('name,cognito:username\n');
  });

  it('counts bytes of UTF-8, not characters', () => {
    expect(csvBytes('é😀\n')).to.equal(7);
  });
});
