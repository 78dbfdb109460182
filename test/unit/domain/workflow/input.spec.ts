import { expect } from 'chai';
import { parseExportInput, parseImportInput, parseVerifyInput } from '../../../../source/domain/workflow/input.ts';

const REGION = 'eu-west-1';
const POOL = 'eu-west-1_AbCdEfGhI';

describe('input of the workflows', () => {
  it('of an export: empty, with its keys, and with the key that the console adds', () => {
    expect(parseExportInput({})).to.deep.equal({ allowMassDelete: false, allowMassChange: false });
    expect(
      parseExportInput({ AllowMassDelete: true, Trigger: 'Schedule', Comment: 'Insert your JSON here' }),
    ).to.deep.equal({ allowMassDelete: true, allowMassChange: false, trigger: 'Schedule' });
    expect(parseExportInput({ AllowMassChange: true })).to.deep.equal({
      allowMassDelete: false,
      allowMassChange: true,
    });
  });

  it('of an import: defaults and every key', () => {
    expect(parseImportInput({ NewUserPoolId: POOL }, REGION)).to.deep.equal({
      newUserPoolId: POOL,
      allowSourcePool: false,
      allowTriggers: false,
      restoreUnconfirmed: false,
      acceptIncomplete: false,
      dryRun: false,
    });
    expect(
      parseImportInput(
        {
          NewUserPoolId: POOL,
          AllowSourcePool: true,
          AllowTriggers: true,
          RestoreUnconfirmed: true,
          AcceptIncomplete: true,
          RecreateMissing: true,
          DryRun: true,
          CognitoTPS: 25,
          BackupTableName: 'main-BackupTable-1',
          ExportRun: '20260301T000000Z-0badcafe',
        },
        REGION,
      ),
    ).to.deep.equal({
      newUserPoolId: POOL,
      allowSourcePool: true,
      allowTriggers: true,
      restoreUnconfirmed: true,
      acceptIncomplete: true,
      recreateMissing: true,
      dryRun: true,
      cognitoTps: 25,
      backupTableName: 'main-BackupTable-1',
      exportRun: '20260301T000000Z-0badcafe',
    });
  });

  const refusals: [string, unknown, string, RegExp][] = [
    ['no object', 'text', 'InvalidInput', /JSON object, but is other text; allowed keys: NewUserPoolId/],
    ['a list', [], 'InvalidInput', /a list/],
    ['null', null, 'InvalidInput', /null/],
    [
      'an unknown key',
      { NewUserPoolID: POOL },
      'InvalidInput',
      /unknown key \(is NewUserPoolId meant.*allowed keys: NewUserPoolId, /,
    ],
    [
      "a key that could be somebody's",
      { 'canary@example.org': POOL },
      'InvalidInput',
      /unknown key; allowed keys: NewUserPoolId, /,
    ],
    [
      'a phone number as a number',
      { NewUserPoolId: POOL, CognitoTPS: 15551234567 },
      'InvalidInput',
      /gives a large number/,
    ],
    ['a key of the prototype', JSON.parse('{"__proto__": 1}'), 'InvalidInput', /unknown key/],
    ['a flag as text', { NewUserPoolId: POOL, DryRun: 'true' }, 'InvalidInput', /DryRun as true or false.*other text/],
    [
      'too many calls per second',
      { NewUserPoolId: POOL, CognitoTPS: 26 },
      'InvalidInput',
      /CognitoTPS as a whole number from 1 to 25.*the number 26/,
    ],
    ['half a call per second', { NewUserPoolId: POOL, CognitoTPS: 0.5 }, 'InvalidInput', /CognitoTPS/],
    [
      'an empty table name',
      { NewUserPoolId: POOL, BackupTableName: '' },
      'InvalidInput',
      /BackupTableName.*empty text/,
    ],
    [
      'a run that is no run id',
      { NewUserPoolId: POOL, ExportRun: 'snapshots/20260301T000000Z-0badcafe/' },
      'InvalidInput',
      /ExportRun as the id of an export run, such as 2026/,
    ],
    ['no pool', {}, 'InvalidNewUserPoolId', /no NewUserPoolId.*eu-west-1_/],
    ['a malformed pool id', { NewUserPoolId: 'my pool' }, 'InvalidNewUserPoolId', /not the id of a user pool/],
    ['a pool of another Region', { NewUserPoolId: 'eu-central-1_AbC' }, 'InvalidNewUserPoolId', /eu-central-1/],
  ];
  for (const [what, input, name, message] of refusals) {
    it(`of an import refuses ${what}`, () => {
      expect(() => parseImportInput(input, REGION))
        .to.throw(message)
        .with.property('name', name);
    });
  }

  it('of a verification: empty, with its keys, and nothing else', () => {
    expect(parseVerifyInput({}, REGION)).to.deep.equal({ percent: 100 });
    expect(
      parseVerifyInput({ UserPoolId: POOL, Percent: 5, Trigger: 'Schedule', CognitoTPS: 25 }, REGION),
    ).to.deep.equal({ userPoolId: POOL, percent: 5, trigger: 'Schedule', cognitoTps: 25 });
    for (const [input, message] of [
      [{ Percent: 0 }, /Percent as a whole number from 1 to 100/],
      [{ Percent: 101 }, /Percent/],
      [{ CognitoTPS: 26 }, /CognitoTPS/],
      [{ UserPoolId: '' }, /UserPoolId as the id of a user pool/],
      [{ UserPoolId: 'ana@example.test' }, /UserPoolId/],
      [{ UserPoolId: 'eu-central-1_AbC' }, /no pool of eu-west-1/],
      [{ NewUserPoolId: POOL }, /unknown key/],
    ] as const) {
      expect(() => parseVerifyInput(input, REGION))
        .to.throw(message)
        .with.property('name', 'InvalidInput');
    }
  });

  it("of an export refuses the import's keys and long triggers, and shows no value", () => {
    expect(() => parseExportInput({ NewUserPoolId: POOL })).to.throw(
      /allowed keys: AllowMassDelete, AllowMassChange, Trigger/,
    );
    expect(() => parseExportInput({ Trigger: 'canary@'.repeat(9) }))
      .to.throw(/Trigger/)
      .and.not.match(/canary/);
  });
});
