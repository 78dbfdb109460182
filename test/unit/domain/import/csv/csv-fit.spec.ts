import { expect } from 'chai';
import { csvFit, MAX_ROW_CHARS } from '../../../../../source/domain/import/csv/csv-fit.ts';
import { failureGroups } from '../../../../../source/domain/operator/failure-groups.ts';
import { reportLine } from '../../../../../source/domain/report-line.ts';
import type { CsvFit, CsvRules } from '../../../../../source/domain/import/csv/csv-fit.ts';

const RULES: CsvRules = {
  header: [
    'name',
    'birthdate',
    'updated_at',
    'email',
    'email_verified',
    'phone_number',
    'phone_number_verified',
    'custom:note',
    'cognito:mfa_enabled',
    'cognito:username',
  ],
  mfaFlag: 'false',
  autoVerified: ['email'],
  signInName: 'username',
};
const VERIFIED = { email: 'a@example.com', email_verified: 'true' };
const fit = (attributes: Record<string, string>, name = 'ann', rules: Partial<CsvRules> = {}): CsvFit =>
  csvFit({ name, attributes: { ...VERIFIED, ...attributes } }, { ...RULES, ...rules });
const reason = (...given: Parameters<typeof fit>): string | undefined => {
  const found = fit(...given);
  if (!('why' in found)) return undefined;
  // The command `report` counts by these very words.
  const [group] = failureGroups(Buffer.from(`reason\n${reportLine([found.why])}`));
  expect(group?.reason).to.equal(found.why);
  return found.why;
};

describe('csvFit', () => {
  it('tells the size of the row in bytes, with its line end', () => {
    expect(fit({ name: '山, é' })).to.deep.equal({ bytes: '???\\, ??,,,a@example.com,true,,,,false,ann\n'.length });
  });

  it('finds nothing against plain values, commas, inner spaces, many scripts and emoji', () => {
    expect(reason({ name: 'Lee, Ann  Мария 山田 😀', 'custom:note': "it's <b>fine</b>; 100 %" }, 'дмитрий')).to.equal(
      undefined,
    );
  });

  for (const [what, value] of [
    ['line feed', 'a\nb'],
    ['carriage return', 'a\rb'],
    ['tab', 'a\tb'],
    ['NUL', 'a\0b'],
    ['next line', 'a\u0085b'],
    ['line separator', 'a\u2028b'],
    ['paragraph separator', 'a\u2029b'],
    ['byte order mark', 'a\ufeffb'],
  ] as const) {
    it(`refuses a ${what} inside a value`, () =>
      expect(reason({ 'custom:note': value })).to.equal('a line break or control character in custom:note'));
  }

  it('refuses white space at either end, no-break and ideographic spaces too', () => {
    for (const value of [' a', 'a ', '\u00a0a', 'a\u3000'])
      expect(reason({ 'custom:note': value })).to.equal('white space at the start or end of custom:note');
  });

  it('refuses backslashes and double quotes, since no escape is documented', () => {
    for (const value of ['a\\', 'C:\\x', 'say "hi"'])
      expect(reason({ 'custom:note': value })).to.equal('a backslash or double quote in custom:note');
    expect(reason({}, 'an"n')).to.equal('a backslash or double quote in the sign-in name');
  });

  it('refuses half a character, which UTF-8 cannot hold', () => {
    for (const value of ['a\ud800', '\udc00b'])
      expect(reason({ 'custom:note': value })).to.equal('half a character in custom:note');
  });

  it('refuses birth dates that cannot be converted', () => {
    for (const value of ['1990-02-30', '02/28/1990', '0000-01-01', '1990-2-28', 'unknown'])
      expect(reason({ birthdate: value })).to.match(/birthdate/);
    expect(reason({ birthdate: '2000-02-29' })).to.equal(undefined);
  });

  it('refuses an updated_at that is not in seconds', () => {
    expect(reason({ updated_at: '1471453471' })).to.equal(undefined);
    expect(reason({ updated_at: '1471453471000' })).to.match(/updated_at/);
  });

  it('refuses verified flags that are neither true nor false', () => {
    expect(reason({ phone_number_verified: 'yes' })).to.match(/phone_number_verified/);
  });

  it('wants the one auto-verified attribute of the pool, verified and present', () => {
    const unverified = { email: 'a@example.com', email_verified: 'false' };
    expect(reason(unverified)).to.equal('no verified email');
    expect(reason({ email: '', email_verified: 'true' })).to.equal('no verified email');
    expect(reason({ ...unverified, phone_number: '+14155550100', phone_number_verified: 'true' })).to.equal(
      'no verified email',
    );
    expect(reason({}, 'ann', { autoVerified: ['phone_number'] })).to.equal('no verified phone_number');
  });

  it('takes either attribute where the pool verifies both', () => {
    const both = { autoVerified: ['email', 'phone_number'] } as const;
    expect(
      reason({ email_verified: 'false', phone_number: '+14155550100', phone_number_verified: 'true' }, 'ann', both),
    ).to.equal(undefined);
    expect(reason({ email_verified: 'false' }, 'ann', both)).to.equal('no verified email or phone_number');
  });

  it('refuses a row above 16,000 characters and takes one of exactly that', () => {
    const rowWith = (length: number): string | undefined => reason({ 'custom:note': 'x'.repeat(length) });
    const rest = ',,,a@example.com,true,,,,false,ann\n'.length;
    expect(rowWith(MAX_ROW_CHARS - rest)).to.equal(undefined);
    expect(rowWith(MAX_ROW_CHARS - rest + 1)).to.match(/more than 16000 characters/);
  });

  it('counts escapes as part of the row', () => {
    expect(reason({ 'custom:note': ','.repeat(8_000) })).to.match(/more than 16000/);
  });

  it('names an attribute that has no column, never its value', () => {
    expect(reason({ 'custom:secret': 'hush' })).to.equal('the CSV has no column for custom:secret');
  });
});
