import { expect } from 'chai';
import { defaultImportJobOptions } from '../../../../../tools/simulation/import-jobs/options.ts';
import type { ImportJobSettings } from '../../../../../tools/simulation/import-jobs/options.ts';
import { importSettingsOf } from '../../../../../tools/local-cloud/gateway/import-jobs/pool.ts';
import { csvColumns } from '../../../../../tools/simulation/import-jobs/csv.ts';
import { checkRow } from '../../../../../tools/simulation/import-jobs/row-check.ts';
import type { ImportUser } from '../../../../../tools/simulation/import-jobs/row-check.ts';
import { describedPool } from '../../../../support/local-cloud/import-pool.ts';

const good = { 'cognito:username': 'ann', email: 'ann@example.com', email_verified: 'true' };

function check(
  cells: Record<string, string>,
  pool: Record<string, unknown> = {},
  options: Partial<ImportJobSettings> = {},
): ImportUser | string {
  const rules = importSettingsOf(describedPool(pool));
  const header = csvColumns(rules, options.extraColumns ?? []);
  const row = header.map((column) => (cells[column] ?? '').replaceAll(',', '\\,')).join(',');
  const checked = checkRow(row, header, rules, { ...defaultImportJobOptions, ...options });
  return 'refused' in checked ? checked.refused : checked;
}

function attributes(
  cells: Record<string, string>,
  pool: Record<string, unknown> = {},
  options: Partial<ImportJobSettings> = {},
): unknown {
  const checked = check(cells, pool, options);
  return typeof checked === 'string' ? checked : checked.attributes;
}

describe('import jobs: row checks', () => {
  it('takes a good row, with exactly the attributes that have a value', () => {
    expect(check({ ...good, name: 'Ann, the "first"', 'custom:team': 'x' })).to.deep.equal({
      username: 'ann',
      attributes: { email: 'ann@example.com', email_verified: 'true', name: 'Ann, the "first"', 'custom:team': 'x' },
      status: 'RESET_REQUIRED',
    });
  });

  it('refuses user names that are missing, too long, or hold white space', () => {
    for (const username of ['', 'a b', 'a\tb', 'x'.repeat(129), 'a\u0000b'])
      expect(check({ ...good, 'cognito:username': username }), username).to.match(/username/);
    expect(check({ ...good, 'cognito:username': '山田👍é' })).to.be.an('object');
  });

  it('refuses a row with another number of values, or longer than 16,000 characters', () => {
    const rules = importSettingsOf(describedPool());
    const header = csvColumns(rules, []);
    expect(checkRow('a,b', header, rules, defaultImportJobOptions))
      .to.have.property('refused')
      .that.matches(/number of values/);
    expect(checkRow('x'.repeat(16_001), header, rules, defaultImportJobOptions))
      .to.have.property('refused')
      .that.matches(/16,000/);
  });

  it('wants the one auto-verified attribute of the pool verified, and any of two', () => {
    const phone = { 'cognito:username': 'bob', phone_number: '+15551234567', phone_number_verified: 'TRUE' };
    expect(check({ ...good, email_verified: 'false' })).to.match(/auto verified/);
    expect(check({ ...good, email_verified: '' })).to.match(/auto verified/);
    expect(check(phone)).to.match(/auto verified/);
    expect(check(phone, { AutoVerifiedAttributes: ['phone_number'] })).to.be.an('object');
    expect(check(phone, { AutoVerifiedAttributes: ['phone_number', 'email'] })).to.be.an('object');
    expect(check({ ...good, email: '' })).to.match(/email has no value/);
  });

  it('wants required attributes', () => {
    const schema = [{ Name: 'family_name', AttributeDataType: 'String', Required: true }];
    expect(check(good, { SchemaAttributes: schema })).to.match(/family_name/);
    expect(check({ ...good, family_name: 'X' }, { SchemaAttributes: schema })).to.be.an('object');
  });

  it('wants birthdate as mm/dd/yyyy of a real day, and stores it as the option says', () => {
    for (const wrong of ['1999-02-03', '2/3/1999', '02/30/1999', '13/01/1999'])
      expect(check({ ...good, birthdate: wrong }), wrong).to.match(/birthdate/);
    expect(attributes({ ...good, birthdate: '02/03/1999' })).to.have.property('birthdate', '1999-02-03');
    expect(attributes({ ...good, birthdate: '02/03/1999' }, {}, { birthdateStored: 'as-given' })).to.have.property(
      'birthdate',
      '02/03/1999',
    );
  });

  it('wants updated_at in seconds, phone numbers in E.164, and booleans as true or false', () => {
    for (const cells of [
      { updated_at: '1471453471000' },
      { updated_at: '1.5' },
      { phone_number: '5551234' },
      { phone_number: '+1 555' },
      { phone_number_verified: 'yes' },
      { email: 'nobody' },
    ])
      expect(check({ ...good, ...cells }), JSON.stringify(cells)).to.be.a('string');
    expect(attributes({ ...good, updated_at: '1471453471', email_verified: 'TRUE' })).to.include({
      updated_at: '1471453471',
      email_verified: 'true',
    });
  });

  it('holds the MFA flag against the MFA setting', () => {
    const allowed = { OFF: ['', 'false'], ON: ['', 'true'], OPTIONAL: ['', 'true', 'false'] };
    for (const [setting, flags] of Object.entries(allowed)) {
      for (const flag of ['', 'true', 'false', 'no']) {
        const taken =
          typeof check({ ...good, 'cognito:mfa_enabled': flag }, { MfaConfiguration: setting }) === 'object';
        expect(taken, `${setting} ${flag}`).to.equal(flags.includes(flag));
      }
    }
  });

  it('holds lengths and numbers against the schema', () => {
    const schema = [
      {
        Name: 'custom:team',
        AttributeDataType: 'String',
        StringAttributeConstraints: { MinLength: '2', MaxLength: '4' },
      },
      {
        Name: 'custom:age',
        AttributeDataType: 'Number',
        NumberAttributeConstraints: { MinValue: '0', MaxValue: '150' },
      },
    ];
    const taken = (cells: Record<string, string>): boolean =>
      typeof check({ ...good, ...cells }, { SchemaAttributes: schema }) === 'object';
    expect(['a', 'ab', 'abcd', 'abcde', '👍👍👍👍'].map((team) => taken({ 'custom:team': team }))).to.deep.equal([
      false,
      true,
      true,
      false,
      true,
    ]);
    expect(['-1', '0', '150', '151', 'x'].map((age) => taken({ 'custom:age': age }))).to.deep.equal([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('holds no attribute of more than 2,048 characters, and has no column for developer attributes', () => {
    const schema = [
      { Name: 'custom:long', AttributeDataType: 'String', StringAttributeConstraints: { MaxLength: '9999' } },
      { Name: 'dev:note', AttributeDataType: 'String' },
    ];
    const taken = (length: number): boolean =>
      typeof check({ ...good, 'custom:long': 'x'.repeat(length) }, { SchemaAttributes: schema }) === 'object';
    expect([taken(2_048), taken(2_049)]).to.deep.equal([true, false]);
    expect(csvColumns(importSettingsOf(describedPool({ SchemaAttributes: schema })), []))
      .to.include('custom:long')
      .and.not.include('dev:note');
  });

  it('wants the sign-in attribute as user name in pools that use one, and another form in pools with aliases', () => {
    const emailPool = { UsernameAttributes: ['email'] };
    expect(check({ ...good, 'cognito:username': 'ann@example.com' }, emailPool)).to.be.an('object');
    expect(check(good, emailPool)).to.match(/username attributes/);
    expect(check({ ...good, 'cognito:username': 'other@example.com' }, emailPool)).to.match(/must equal/);
    expect(check({ ...good, 'cognito:username': 'ann@example.com' }, { AliasAttributes: ['email'] })).to.match(
      /email format/,
    );
  });

  it('gives a user of a passwordless pool the status CONFIRMED', () => {
    const passwordless = { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } } };
    expect(check(good, passwordless)).to.have.property('status', 'CONFIRMED');
  });

  it('ignores a column that the option adds, and never repeats a value in a refusal', () => {
    expect(
      attributes({ ...good, password_hash: 'secret' }, {}, { extraColumns: ['password_hash'] }),
    ).to.not.have.property('password_hash');
    expect(check({ ...good, phone_number: 'secret-value' }))
      .to.be.a('string')
      .and.not.include('secret-value');
  });
});
