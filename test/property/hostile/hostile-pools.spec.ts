import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { FAILURES_HEADER } from '../../../source/domain/import/plan/csv-rows.ts';
import { FAULTS, HALTS } from '../../../source/domain/errors.ts';
import { aUser } from '../../support/world/builders.ts';
import { differences } from '../../support/import/differences.ts';
import { hostileName, hostileText, hostileValue } from '../../support/hostile/alphabet.ts';
import { TARGET, WorkflowWorld } from '../../support/workflows/workflow-world.ts';

const CUSTOM = ['custom:__proto__', 'custom:constructor', 'custom:=cmd', 'custom:toString'];

interface Hostile {
  readonly users: readonly {
    readonly name: string;
    readonly values: readonly string[];
    readonly enabled: boolean;
    readonly verified: boolean;
  }[];
  readonly groups: readonly { readonly name: string; readonly description: string }[];
}
const hostilePool: fc.Arbitrary<Hostile> = fc.record({
  users: fc.uniqueArray(
    fc.record({
      name: hostileName,
      values: fc.array(hostileValue, { minLength: 1, maxLength: CUSTOM.length + 1 }),
      enabled: fc.boolean(),
      verified: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6, selector: ({ name }) => name },
  ),
  groups: fc.uniqueArray(fc.record({ name: hostileName, description: hostileValue }), {
    minLength: 1,
    maxLength: 4,
    selector: ({ name }) => name,
  }),
});

function worldOf({ users, groups }: Hostile): WorkflowWorld {
  const world = new WorkflowWorld();
  world.cognito.knobs.pageSize = 2;
  for (const pool of [world.source, world.target]) {
    pool.settings = {
      ...pool.settings,
      caseSensitive: true,
      schema: [
        ...pool.settings.schema,
        ...CUSTOM.map((name) => ({
          name,
          type: 'String' as const,
          mutable: true,
          required: false,
          min: '0',
          max: '2048',
        })),
      ],
    };
  }
  for (const group of groups) world.source.putGroup(group);
  users.forEach(({ name, values, enabled, verified }, index) => {
    const attributes = Object.fromEntries(
      ['name', ...CUSTOM].flatMap((attribute, at) => (values[at] === undefined ? [] : [[attribute, values[at]]])),
    );
    world.source.put(
      aUser({
        username: name,
        enabled,
        attributes: { ...attributes, email: `user${index}@example.org`, email_verified: `${verified}` },
      }),
    );
    for (const [at, group] of groups.entries()) if ((at + index) % 2 === 0) world.source.join(name, group.name);
  });
  return world;
}

describe('Pools that somebody filled to do harm', function () {
  this.timeout(60_000);

  it('are backed up and come back to the last character, and leave no name in a key or a message', async () => {
    await fc.assert(
      fc.asyncProperty(hostilePool, async (hostile) => {
        const world = worldOf(hostile);
        expect(await world.export()).to.include({ status: 'SUCCEEDED' });
        expect(await world.import()).to.include({ status: 'SUCCEEDED' });
        expect(differences(world.source, world.target)).to.deep.equal([]);
        for (const key of world.objects.stored.keys())
          expect(key)
            .to.match(/^(exports|changes|restores|snapshots|notices|progress|manifests)\/[\w./-]+$/)
            .and.not.include('..');
        const report = parse(world.report('failures.csv'));
        expect(new Set(report.map((row) => row.length))).to.deep.equal(new Set([FAILURES_HEADER.split(',').length]));

        expect(world.messages.map(({ subject }) => /^[\x20-\x7e]{1,99}$/.test(subject))).to.not.include(false);
      }),
      { numRuns: 40 },
    );
  });

  it('are compared character by character: a value that came back otherwise is reported', async () => {
    const world = worldOf({
      users: [{ name: '=1+1', values: ['\u202eevil'], enabled: true, verified: true }],
      groups: [{ name: '../x', description: 'd' }],
    });
    expect(await world.export()).to.include({ status: 'SUCCEEDED' });
    const create = world.writer.createUser;
    world.writer.createUser = (pool, user) =>
      create(pool, { ...user, attributes: { ...user.attributes, name: 'evil' } });
    world.writer.updateAttributes = () => Promise.resolve({ refused: 'InvalidParameterException' });
    world.jobs.knobs.rowFate = () => 'failed';
    expect(await world.import()).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(world.report('failures.csv')).to.include(",'=1+1,");
  });
});

describe('Inputs that somebody made to do harm', () => {
  const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      hostileText,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(hostileText, tie('value'), { maxKeys: 3 }),
    ),
  })).value;
  const keys = fc.constantFrom(
    'NewUserPoolId',
    'AllowSourcePool',
    'AllowTriggers',
    'RestoreUnconfirmed',
    'AcceptIncomplete',
    'DryRun',
    'CognitoTPS',
    'BackupTableName',
    'ExportRun',
    'AllowMassDelete',
    'AllowMassChange',
    'Trigger',
    '__proto__',
    'constructor',
    'Comment',
  );
  const input = fc
    .array(fc.tuple(keys, json), { maxLength: 4 })
    .map(
      (members) =>
        JSON.parse(
          `{${members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`,
        ) as object,
    );
  const OWN: readonly string[] = [...HALTS, ...FAULTS];

  it('of any kind halt with what is wrong, and nothing is written', async () => {
    await fc.assert(
      fc.asyncProperty(input, async (given) => {
        const world = new WorkflowWorld();
        for (const start of [
          () => world.import({ NewUserPoolId: 'x', ...given }),
          () => world.export({ ...given, NewUserPoolId: 'x' }),
        ]) {
          const ended = await start();
          expect(ended.status, JSON.stringify(given)).to.equal('FAILED');
          expect(OWN, JSON.stringify(given)).to.include(ended.error);
          expect(ended.cause?.length).to.be.within(20, 1_500);
        }
        expect(world.table.all().filter(({ id }) => !id.startsWith('LEASE#'))).to.deep.equal([]);
        expect([...world.objects.stored.keys()].filter((key) => !key.startsWith('notices/'))).to.deep.equal([]);
      }),
      { numRuns: 150 },
    );
  });

  it('of other places and of the largest size halt at once', async () => {
    const big = 'x'.repeat(250 * 1024);
    for (const given of [
      { NewUserPoolId: big },
      { [big]: 1 },
      { NewUserPoolId: TARGET, BackupTableName: big },
      { NewUserPoolId: TARGET, Comment: big, DryRun: big },
      { NewUserPoolId: 'eu-west-1_Elsewhere' },
      { NewUserPoolId: `arn:aws:cognito-idp:us-east-1:999999999999:userpool/${TARGET}` },
      { NewUserPoolId: '../../x' },
      { NewUserPoolId: `${TARGET}/../x` },
      JSON.parse('{"__proto__": {"NewUserPoolId": "x"}}') as object,
    ]) {
      const ended = await new WorkflowWorld().import(given);
      expect(ended.status).to.equal('FAILED');
      expect(ended.error).to.be.oneOf(['InvalidInput', 'InvalidNewUserPoolId']);
      expect(ended.cause?.length).to.be.below(1_000);
    }
  });
});
