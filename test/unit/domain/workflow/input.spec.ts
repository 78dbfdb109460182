import { expect } from 'chai';
import { parseExportInput, parseImportInput, parseVerifyInput } from '../../../../source/domain/workflow/input.ts';

const STARTED_IN = { region: 'eu-west-1', tableName: 'main-BackupTable-1A2B' };
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
    expect(parseImportInput({ NewUserPoolId: POOL }, STARTED_IN)).to.deep.equal({
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
        STARTED_IN,
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

  const RUN = '20260301T000000Z-0badcafe';
  const OWN = 's3://stackset-cognitouser-0a1b-mappingfilebucket-0a1b2c3d';
  const VAULTED = { ...STARTED_IN, vaultBucket: 'my-vault' };
  const placeIn = (input: object, startedIn: object = VAULTED): object => {
    const { snapshotPrefix, exportRun } = parseImportInput(
      { NewUserPoolId: POOL, ...input },
      startedIn as typeof STARTED_IN,
    );
    return { snapshotPrefix, exportRun };
  };

  it('17.7: of an import: where the snapshot lies, and which run that names', () => {
    for (const [input, place] of [
      [{ SnapshotPrefix: 's3://my-vault/' }, { snapshotPrefix: 's3://my-vault/', exportRun: undefined }],
      [
        { SnapshotPrefix: 's3://my-vault/', ExportRun: RUN },
        { snapshotPrefix: 's3://my-vault/', exportRun: RUN },
      ],
      [{ SnapshotPrefix: `${OWN}/snapshots/` }, { snapshotPrefix: `${OWN}/`, exportRun: undefined }],
      [{ SnapshotPrefix: `${OWN}/adopted/snapshots/${RUN}/` }, { snapshotPrefix: `${OWN}/adopted/`, exportRun: RUN }],
      [
        { SnapshotPrefix: `${OWN}/snapshots/${RUN}/`, ExportRun: RUN },
        { snapshotPrefix: `${OWN}/`, exportRun: RUN },
      ],
    ] as const)
      expect(placeIn(input), JSON.stringify(input)).to.deep.equal(place);
  });

  it('17.7: of an import: any prefix outside the allowed buckets is refused with that reason, and not repeated', () => {
    for (const [prefix, startedIn, found] of [
      ['s3://somebodys-bucket/', VAULTED, /a prefix of a bucket that the functions of this launch may not read/],
      [
        's3://somebodys-bucket/',
        VAULTED,
        /the bucket is my-vault, which the parameter VaultBucketArn names, or the mapping-file bucket/,
      ],
      ['s3://my-vault/', STARTED_IN, /that of the vault, once the parameter VaultBucketArn names one/],
      ['s3://my-vault', VAULTED, /with a slash at its end/],
      [
        's3://my-vault/prod/',
        VAULTED,
        /a prefix of that bucket in which the functions of this launch may read nothing/,
      ],
      ['s3://my-vault/mail@example.test/', VAULTED, /but gives text of 32 characters/],
      [7, VAULTED, /but gives the number 7/],
    ] as const) {
      const refused = (): object => placeIn({ SnapshotPrefix: prefix }, startedIn);
      expect(refused, String(prefix)).to.throw(found).with.property('name', 'InvalidInput');
      expect(refused, String(prefix)).to.not.throw(/somebodys|example\.test/);
    }
  });

  it('17.7: of an import: a place together with a table, or with another run than it names, is refused', () => {
    expect(() => placeIn({ SnapshotPrefix: 's3://my-vault/', BackupTableName: 'main-BackupTable-2' })).to.throw(
      /SnapshotPrefix together with BackupTableName/,
    );
    expect(() =>
      placeIn({ SnapshotPrefix: `s3://my-vault/snapshots/${RUN}/`, ExportRun: '20260302T000000Z-0badcafe' }),
    ).to.throw(/SnapshotPrefix together with an ExportRun of another id/);
  });

  const SELECTION = '20260301T000000Z-0a1b2c3d';

  it('16.2: of an import: a selection for the pool, by its id', () => {
    const input = { NewUserPoolId: POOL, Selection: `restores/${POOL}/selections/${SELECTION}/request.json` };
    expect(parseImportInput(input, STARTED_IN)).to.include({ newUserPoolId: POOL, selectionId: SELECTION });
  });

  for (const [what, pool, id, over] of [
    ['for another pool', `${POOL}x`, SELECTION, {}],
    ['whose id is none', POOL, 'somebody', {}],
    ['together with RecreateMissing', POOL, SELECTION, { RecreateMissing: true }],
  ] as const)
    it(`16.2: of an import: no selection ${what}`, () => {
      const input = { NewUserPoolId: POOL, Selection: `restores/${pool}/selections/${id}/request.json`, ...over };
      expect(() => parseImportInput(input, STARTED_IN))
        .to.throw(Error, 'Selection')
        .that.satisfies(({ name, message }: Error) => name === 'InvalidInput' && !message.includes('somebody'));
    });

  const refusals: [string, unknown, string, RegExp][] = [
    [
      'no object',
      'text',
      'InvalidInput',
      /must be a JSON object, but is text of 4 char.*; allowed keys: NewUserPoolId/,
    ],
    ['a list', [], 'InvalidInput', /is an empty list/],
    ['a list of inputs', [{ NewUserPoolId: POOL }], 'InvalidInput', /is a list of 1/],
    ['null', null, 'InvalidInput', /is null/],
    ['a number', 7, 'InvalidInput', /is the number 7/],
    ['a phone number as a number', { NewUserPoolId: POOL, CognitoTPS: 15551234567 }, 'InvalidInput', /five or more/],
    [
      'a flag as text',
      { NewUserPoolId: POOL, DryRun: 'true' },
      'InvalidInput',
      /DryRun as true or false, without quotes, but gives the text "true" \(in quotes\)/,
    ],
    ['a flag as a number', { NewUserPoolId: POOL, DryRun: 1 }, 'InvalidInput', /but gives the number 1/],
    ['a flag as null', { NewUserPoolId: POOL, DryRun: null }, 'InvalidInput', /but gives null/],
    ['a flag in a list', { NewUserPoolId: POOL, DryRun: [true] }, 'InvalidInput', /but gives a list of 1/],
    [
      'too many calls',
      { NewUserPoolId: POOL, CognitoTPS: 26 },
      'InvalidInput',
      /CognitoTPS as a whole number from 1 to 25, .*the number 26/,
    ],
    ['half a call per second', { NewUserPoolId: POOL, CognitoTPS: 0.5 }, 'InvalidInput', /the number 0\.5/],
    [
      'calls as text',
      { NewUserPoolId: POOL, CognitoTPS: '10' },
      'InvalidInput',
      /without quotes, but gives the text "10" \(in quotes\)/,
    ],
    [
      'a run that is no run id',
      { NewUserPoolId: POOL, ExportRun: 'snapshots/20260301T000000Z-0badcafe/' },
      'InvalidInput',
      /ExportRun as the id of an export run, such as 2026/,
    ],
    [
      'no pool',
      {},
      'InvalidNewUserPoolId',
      /has no NewUserPoolId: create an empty user pool in eu-west-1 .*\{"NewUserPoolId": "eu-west-1_AbCdEfGhI"\}$/,
    ],
    [
      'a malformed pool id',
      { NewUserPoolId: 'my pool' },
      'InvalidNewUserPoolId',
      /id of a user pool of eu-west-1, such as eu-west-1_AbCdEfGhI, but gives text of 7 characters/,
    ],
    ['an empty pool id', { NewUserPoolId: '' }, 'InvalidNewUserPoolId', /empty text/],
    [
      'a pool id with blanks',
      { NewUserPoolId: ` ${POOL}` },
      'InvalidNewUserPoolId',
      /text of 20 characters, with blanks around it/,
    ],
    [
      'a pool id with look-alikes',
      { NewUserPoolId: 'eu-west-1_\u0410bCdEfGhI' },
      'InvalidNewUserPoolId',
      /no plain letters/,
    ],
    ['a Region alone', { NewUserPoolId: 'eu-west-1' }, 'InvalidNewUserPoolId', /"eu-west-1", a Region without a pool/],
    [
      'a pool of another Region',
      { NewUserPoolId: 'eu-central-1_AbC' },
      'InvalidNewUserPoolId',
      /eu-central-1_AbC, a pool of eu-central-1: start the workflow of eu-central-1/,
    ],
    [
      "a pool's ARN",
      { NewUserPoolId: `arn:aws:cognito-idp:eu-west-1:999999999999:userpool/${POOL}` },
      'InvalidNewUserPoolId',
      /an ARN.*last part/,
    ],
    ['a pool as an object', { NewUserPoolId: { Id: POOL } }, 'InvalidNewUserPoolId', /but gives an object/],
  ];
  for (const [what, input, name, message] of refusals) {
    it(`of an import refuses ${what}`, () => {
      expect(() => parseImportInput(input, STARTED_IN))
        .to.throw(message)
        .with.property('name', name);
    });
  }

  const keys: [string, string, RegExp][] = [
    [
      'Pool',
      'the words of known keys',
      /an unknown key "Pool" \(number 2 of 2, 4 characters\); allowed keys: NewUserPoolId, /,
    ],
    [
      'dry_run',
      'another spelling',
      /unknown key "dry_run" \(number 2 of 2, 7 characters; is DryRun meant\?.*"DryRun": true\}$/,
    ],
    [
      'RestoreUnconfirmd',
      'a slip of the pen',
      /unknown key \(number 2 of 2, 17 characters; is RestoreUnconfirmed meant\?/,
    ],
    ['Triggers', 'a part of one key', /unknown key "Triggers" .*is AllowTriggers meant\?/],
    [
      'DryRun\u200b',
      'an unseen character',
      /7 characters, with characters that are no plain letters.*is DryRun meant\?/,
    ],
    ['DryR\u03c5n', 'a letter that looks like another', /no plain letters.*is DryRun meant\?/],
    ['', 'nothing', /unknown key \(number 2 of 2, empty\)/],
    ['canary@example.org', "what could be somebody's", /unknown key \(number 2 of 2, 18 characters\); allowed keys: /],
    ['__proto__', 'a key of the prototype', /unknown key \(number 2 of 2, 9 characters\)/],
  ];
  for (const [key, what, message] of keys) {
    it(`tells a key that is not allowed by ${what}`, () => {
      const input: unknown = JSON.parse(`{"NewUserPoolId": "${POOL}", ${JSON.stringify(key)}: 1}`);
      expect(() => parseImportInput(input, STARTED_IN))
        .to.throw(message)
        .and.not.match(/canary/);
    });
  }

  it("shows a key of another workflow, since it is nobody's", () => {
    const shown = (parse: (input: unknown) => unknown, key: string): void => {
      expect(() => parse({ [key]: 1 }), key).to.throw(`has an unknown key "${key}" `);
    };
    for (const key of ['NewUserPoolId', 'AllowSourcePool', 'AllowTriggers', 'RestoreUnconfirmed', 'AcceptIncomplete'])
      shown(parseExportInput, key);
    for (const key of ['RecreateMissing', 'DryRun', 'CognitoTPS', 'BackupTableName', 'ExportRun', 'Percent'])
      shown(parseExportInput, key);
    for (const key of ['AllowMassDelete', 'AllowMassChange'])
      shown((input) => parseVerifyInput(input, STARTED_IN), key);
    expect(() => parseExportInput({ PoolNina: 1 }))
      .to.throw()
      .and.not.match(/Nina/);
  });

  it('tells everything that is wrong at once, and no more of it than can be read', () => {
    const wrong = { Pool: 'x', DryRun: 'yes', CognitoTPS: 0, NewUserPoolId: 'x' };
    expect(() => parseImportInput(wrong, STARTED_IN))
      .to.throw(
        /has 4 problems: \(1\) it has an unknown key "Pool".*\(2\) it must give DryRun .* the text "yes".*\(3\) it must give CognitoTPS .*the number 0; \(4\) it must give NewUserPoolId .*allowed keys: .*Correct all of it .*: \{"NewUserPoolId": "eu-west-1_AbCdEfGhI", "DryRun": true, "CognitoTPS": 10\}$/,
      )
      .with.property('name', 'InvalidInput');
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key-${index}`, index]));
    expect(() => parseImportInput(many, STARTED_IN))
      .to.throw(/has 5,001 problems: .*\(6\).*; and 4995 more/)
      .with.property('message')
      .with.length.below(1_500);
  });

  describe('BackupTableName', () => {
    const given = (BackupTableName: unknown, tableName = STARTED_IN.tableName) =>
      parseImportInput({ NewUserPoolId: POOL, BackupTableName }, { region: 'eu-west-1', tableName });

    it('may be the table of the launch, of an earlier launch, and a recovered one', () => {
      for (const name of ['main-BackupTable-1A2B', 'main-BackupTable-9Z', 'main-BackupTable-1A2B.recovered'])
        expect(given(name)).to.include({ backupTableName: name });
      expect(given('a-BackupTable-b-BackupTable-2', 'a-BackupTable-b-BackupTable-1')).to.include.keys(
        'backupTableName',
      );
      expect(given('plain', 'plain')).to.include({ backupTableName: 'plain' });
    });

    it("is refused where the functions' roles would be denied, before any call, with the form that is allowed", () => {
      for (const name of [
        'Foo',
        'main-BackupTable-',
        'Main-BackupTable-1',
        'other-main-BackupTable-1',
        '',
        'a/b',
        7,
        null,
      ])
        expect(() => given(name), String(name))
          .to.throw(
            /BackupTableName as the name of a DynamoDB table that begins with main-BackupTable- \(the functions may read no other\), but gives .*"BackupTableName": "main-BackupTable-1A2B"\}$/,
          )
          .with.property('name', 'InvalidInput');
      expect(() => given('a-BackupTable-c', 'a-BackupTable-b-BackupTable-1')).to.throw(
        /begins with a-BackupTable-b-Ba/,
      );
      expect(() => given('other', 'plain')).to.throw(/as plain, the table of this launch/);
    });
  });

  it('of a verification: empty, with its keys, and nothing else', () => {
    expect(parseVerifyInput({}, STARTED_IN)).to.deep.equal({ percent: 100 });
    expect(
      parseVerifyInput({ UserPoolId: POOL, Percent: 5, Trigger: 'Schedule', CognitoTPS: 25 }, STARTED_IN),
    ).to.deep.equal({ userPoolId: POOL, percent: 5, trigger: 'Schedule', cognitoTps: 25 });
    for (const [input, message] of [
      [{ Percent: 0 }, /Percent as a whole number from 1 to 100/],
      [{ Percent: 101 }, /Percent/],
      [{ CognitoTPS: 26 }, /CognitoTPS/],
      [{ UserPoolId: '' }, /UserPoolId as the id of a user pool/],
      [{ UserPoolId: 'ana@example.test' }, /UserPoolId/],
      [{ UserPoolId: 'eu-central-1_AbC' }, /eu-central-1_AbC, a pool of eu-central-1/],
      [{ NewUserPoolId: POOL }, /unknown key "NewUserPoolId" .*is UserPoolId meant/],
    ] as const) {
      expect(() => parseVerifyInput(input, STARTED_IN))
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
