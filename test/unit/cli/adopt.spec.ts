import { expect } from 'chai';
import { latestItem } from '../../../source/domain/backup/manifest.ts';
import { toAttributeValues } from '../../../source/adapters/item-codec.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { EXPORTED_AT, legacyGroup, legacyItems, legacyTime, legacyUser } from '../../support/adopt/legacy-items.ts';
import { aManifest } from '../../support/cli/a-manifest.ts';
import { awsError } from '../../support/cli/fake-clients.ts';
import { InstalledCli } from '../../support/cli/installed.ts';
import { holdTable } from '../../support/cli/legacy-table.ts';
import { bucketIn } from '../../support/cli/stacks.ts';
import { keepSnapshot } from '../../support/import/kept-snapshot.ts';
import { sealBackup } from '../../support/import/sealed-backup.ts';
import { addGroups, addUsers, aUser } from '../../support/world/builders.ts';
import { World } from '../../support/world/world.ts';

const TABLE = 'old-BackupTable-0A1B2C3D4E5F';
const ADOPT = ['adopt', '--table', TABLE];
const BUCKET = bucketIn('us-east-1');

function pool(): { readonly world: World; readonly source: ReturnType<World['pool']> } {
  const world = new World();
  const source = world.pool('us-east-1_Source123');
  addUsers(source, 20, { disabled: 0.2 });
  addGroups(source, [3, 20]);
  return { world, source };
}
function cliWith(items: readonly TableItem[] = legacyItems(pool().source)): InstalledCli {
  const cli = new InstalledCli();
  holdTable(cli.cloud, TABLE, items);
  return cli;
}
const written = (cli: InstalledCli): string[] => [...cli.objects.keys()].sort();
const manifestIn = (cli: InstalledCli): Manifest => {
  const key = written(cli).find((path) => path.endsWith('/manifest.json')) ?? '';
  return JSON.parse(Buffer.from(cli.objects.get(key) as Uint8Array).toString()) as Manifest;
};

describe('command line: adopt', () => {
  it('17.8: says what the table holds, and writes a snapshot below a prefix of its own', async () => {
    const cli = cliWith();
    expect(await cli.run([...ADOPT, '--yes', '--json'])).to.equal(0);
    const { run_id: runId, ...told } = cli.summary as { readonly run_id: string };
    expect(told).to.deep.include({
      table: TABLE,
      exported_at: '2026-02-28T00:00:00.000Z',
      adopted: { users: 20, groups: 2, memberships: 23 },
      snapshot: `s3://${BUCKET}/adopted/`,
      written: true,
    });
    expect(manifestIn(cli)).to.deep.include({
      runId,
      origin: '1.x',
      counts: { users: 20, groups: 2, memberships: 23 },
    });
    for (const key of written(cli)) expect(key).to.match(new RegExp(`^${BUCKET}/adopted/snapshots/${runId}/`));
    const next = cli.summary['next'] as string[];
    expect(next[1]).to.include(`--run ${runId} --snapshot s3://${BUCKET}/adopted/ --dry-run`);
    // Each write only into a bucket of the caller's own account.
    const puts = cli.cloud.inputs.filter(({ action }) => action === 'PutObject');
    for (const { input } of puts) expect(input).to.have.property('ExpectedBucketOwner');
    expect(puts.at(-1)?.input['Key']).to.match(/manifest\.json$/);
  });

  it('17.8: prints and stores nothing about a user, but to the file that was asked for', async () => {
    const odd = aUser({ username: 'canary-user', enabled: false, attributes: { email: 'canary@example.test' } });
    const cli = cliWith([legacyTime(), legacyUser(odd, 'canary-user')]);
    const canary = new RegExp(`canary|${odd.sub}`);
    for (const args of [['--json'], [], ['--dry-run']]) {
      await cli.run([...ADOPT, '--yes', ...args]);
      expect(cli.out + cli.err).to.not.match(canary);
    }
    for (const key of written(cli)) expect(key).to.not.match(canary);
    expect(await cli.run([...ADOPT, '--dry-run', '--save', 'odd.csv'])).to.equal(0);
    expect(cli.files.get('odd.csv')).to.include(`${odd.sub},canary-user,,disabled`);
    expect(cli.out).to.not.match(canary);
  });

  it('17.8: says of everything odd what becomes of it, and names who it is about in the file only', async () => {
    const odd = aUser({ username: 'odd', attributes: { email: 'odd@example.test' } });
    const cli = cliWith([
      ...legacyItems(pool().source),
      { ...legacyUser(odd, 'odd'), userEnabled: 'true' },
      legacyUser(aUser({ username: 'user0', sub: 'sub-of-another' }), 'user0', EXPORTED_AT + 1),
      legacyUser(aUser({ username: 'ana' }), 'ana@example.test'),
      { ...legacyGroup({ name: 'no such name' }), groupPrecedence: 'high' },
      { id: 'latest-export-timestamp', type: 'SYNC_TIMESTAMP-another', latestExportTimestamp: 1 },
    ]);
    expect(await cli.run([...ADOPT, '--dry-run', '--save', 'odd.csv'])).to.equal(0);
    const told = cli.out.replaceAll(/\s+/g, ' ');
    for (const sentence of [
      '1 user has a sign-in name that somebody else has by now, as that later export found: left out.',
      '1 user has a sign-in name of another kind than most, or of none: restored under the name that the others have',
      '1 user has an attribute, or the flag for disabled users, in a form that nobody can read: restored without it',
      '1 group has a description or precedence that cannot be read: restored without.',
      '1 group has a name that Cognito does not take: not restored, nor are its memberships.',
      '1 item is of another installation of the solution: left out.',
    ])
      expect(told).to.include(sentence);
    expect(cli.files.get('odd.csv')).to.include(',,no such name,a group of a name that Cognito does not take');
    expect(told).to.not.include('no such name');
  });

  it('17.8: bytes in a table are no text, whatever they spell in the form of this product', async () => {
    const { Item } = {
      Item: {
        ...toAttributeValues(legacyUser(aUser({ username: 'ana' }), 'ana')),
        userAttributes: { L: [{ M: { Name: { S: 'name' }, Value: { B: Buffer.from('ab', 'utf16le') } } }] },
        userStatus: { B: Buffer.from('CONFIRMED', 'utf16le') },
      },
    };
    const cli = cliWith([legacyTime()]);
    cli.cloud.on('Scan', ({ Segment }) => ({ Items: Segment === 0 ? [Item] : [] }));
    expect(await cli.run([...ADOPT, '--dry-run', '--json'])).to.equal(0);
    expect(cli.summary).to.include({ unreadable: 1, unreadable_values: 1 });
  });

  it('17.8: a dry run writes nothing, needs no launch, and names what is left out', async () => {
    const old = legacyUser(aUser({ username: 'old' }), 'old', EXPORTED_AT - 1);
    const cli = cliWith([...legacyItems(pool().source), old]);
    cli.cloud.on('DescribeStacks', () => ({ Stacks: [] }));
    expect(await cli.run([...ADOPT, '--dry-run'])).to.equal(0);
    expect(cli.out.replaceAll(/\s+/g, ' ')).to.include(
      '1 user, 0 groups and 0 memberships is older than the last complete export, left over by a clean-up that did not end: left out, unless --with-older is given.',
    );
    expect(written(cli)).to.deep.equal([]);
    expect(await cli.run([...ADOPT, '--yes', '--json']), 'without a launch').to.equal(6);
  });

  it('17.8: asks before it writes, and is not begun where nobody can be asked', async () => {
    const cli = cliWith();
    expect(await cli.run(ADOPT)).to.equal(2);
    expect(cli.cloud.calls).to.deep.equal([]);
    cli.terminal = true;
    cli.answers = [false];
    expect(await cli.run(ADOPT)).to.equal(4);
    expect(cli.questions[0]).to.include('20 users, 2 groups and 23 memberships');
    expect(written(cli)).to.deep.equal([]);
    cli.answers = [true];
    expect(await cli.run(ADOPT)).to.equal(0);
    expect(written(cli).length).to.be.above(3);
  });

  it('17.8: refuses what is no table of the retired solution, each with its reason', async () => {
    const ours = latestItem(aManifest('2026-02-28T21:00:00.000Z'));
    for (const [items, table, code, found] of [
      [[], 'nowhere', 6, 'there is no such table'],
      [[ours], TABLE, 4, 'it is a table of this product, not of the retired solution'],
      [[{ id: 'a', type: 'b' }], TABLE, 4, 'it has no item latest-export-timestamp'],
    ] as const) {
      const cli = cliWith(items);
      expect(await cli.run(['adopt', '--table', table, '--yes', '--json']), found).to.equal(code);
      expect(cli.error['found']).to.include(found);
      expect(cli.cloud.calls.filter((call) => /Scan|PutObject/.test(call))).to.deep.equal([]);
    }
    const other = cliWith();
    other.cloud.on('Query', () => {
      throw awsError('ValidationException', 'The provided key element does not match the schema');
    });
    expect(await other.run([...ADOPT, '--yes', '--json'])).to.equal(4);
  });

  it('17.8: refuses a name that no table can have before it asks', async () => {
    const cli = cliWith();
    expect(await cli.run(['adopt', '--table', 'a b', '--dry-run', '--json'])).to.equal(2);
    expect(cli.error).to.include({ thing: '--table', found: '"a b" is no name of a table' });
    expect(cli.cloud.calls).to.deep.equal([]);
  });

  it('17.8: a table that an export of the retired solution changes meanwhile is refused, and nothing is written', async () => {
    const items = legacyItems(pool().source);
    for (const args of [['--yes'], ['--dry-run']]) {
      const cli = cliWith(items);
      let looks = 0;
      const later = EXPORTED_AT + 3_600_000;
      const { Item } = { Item: toAttributeValues(legacyTime(later)) };
      const first = { Items: [toAttributeValues(legacyTime())] };
      cli.cloud.on('Query', () => ((looks += 1) === 1 ? first : { Items: [Item] }));
      expect(await cli.run([...ADOPT, ...args, '--save', 'odd.csv', '--json'])).to.equal(4);
      expect(cli.error['found']).to.include('latest-export-timestamp is 2026-02-28T01:00:00.000Z');
      expect([...cli.files.keys(), ...written(cli)]).to.deep.equal([]);
    }
  });

  it('17.8: a table that holds nothing, or nothing but leftovers, is refused with what to do', async () => {
    const old = legacyUser(aUser({ username: 'old' }), 'old', EXPORTED_AT - 1);
    for (const [items, next] of [
      [[legacyTime()], 'Check --table and --region.'],
      [[legacyTime(), old], 'Give --with-older'],
    ] as const) {
      const cli = cliWith(items);
      expect(await cli.run([...ADOPT, '--yes', '--json']), next).to.equal(4);
      expect(cli.error['what_to_do']).to.include('Nothing was written.').and.include(next);
      expect(written(cli)).to.deep.equal([]);
      expect(await cli.run([...ADOPT, '--dry-run'])).to.equal(0);
    }
    const taken = cliWith([legacyTime(), old]);
    expect(await taken.run([...ADOPT, '--with-older', '--yes'])).to.equal(0);
  });

  it('17.8: says how old an old table is, and takes no time that is none', async () => {
    const years = cliWith([
      legacyTime(Date.parse('2021-03-01T00:00:00Z')),
      legacyUser(aUser(), 'ana', Date.parse('2021-03-01T00:00:00Z')),
    ]);
    expect(await years.run([...ADOPT, '--yes'])).to.equal(0);
    expect(years.out.replaceAll(/\s+/g, ' '), years.out).to.match(
      /The last complete export is [\d,]+ days old: who signed up since/,
    );
    for (const time of [0, -1, 1.5, 8.7e15, 253_402_300_800_000]) {
      const cli = cliWith([legacyTime(time)]);
      expect(await cli.run([...ADOPT, '--yes', '--json']), String(time)).to.equal(4);
      expect(cli.error['found']).to.include('it has no item latest-export-timestamp');
    }
  });

  it('17.8: a table of another Region is looked for there, and adopted into the bucket of that Region only', async () => {
    const elsewhere = cliWith();
    expect(await elsewhere.run([...ADOPT, '--yes', '--region', 'ap-south-1', '--json'])).to.equal(6);
    expect(elsewhere.error['what_to_do']).to.include('--region');
    const replica = cliWith();
    expect(await replica.run([...ADOPT, '--yes', '--region', 'eu-west-1', '--json'])).to.equal(0);
    expect(replica.summary['snapshot']).to.equal(`s3://${bucketIn('eu-west-1')}/adopted/`);
    const absent = cliWith();
    expect(await absent.run(['adopt', '--table', 'old', '--dry-run', '--region', 'ap-south-1', '--json'])).to.equal(6);
    expect(absent.error['what_to_do']).to.include('--region');
  });

  it('17.8: waits where the table has no room for reads', async () => {
    const cli = cliWith();
    const items = legacyItems(pool().source);
    let refusals = 3;
    const calm = new InstalledCli();
    holdTable(calm.cloud, TABLE, items);
    cli.cloud.on('Scan', (input) => {
      if (refusals > 0) {
        refusals -= 1;
        throw awsError('ProvisionedThroughputExceededException');
      }
      return calm.cloud.clients.dynamoDb('us-east-1').send({ constructor: { name: 'ScanCommand' }, input } as never);
    });
    const before = cli.clock.now();
    expect(await cli.run([...ADOPT, '--yes'])).to.equal(0);
    expect(cli.clock.now() - before).to.be.at.least(2_000);
  });

  it('17.8: killed at any call and repeated, it leaves the same snapshot, and once written it writes no more', async () => {
    const whole = cliWith();
    await whole.run([...ADOPT, '--yes', '--json']);
    const { length: calls } = whole.cloud.calls;
    const wanted = written(whole);
    for (let nth = 0; nth < calls; nth += 1) {
      const cli = cliWith();
      cli.cloud.callsLeft = nth;
      await cli.run([...ADOPT, '--yes', '--json']);
      cli.cloud.callsLeft = Infinity;
      expect(await cli.run([...ADOPT, '--yes', '--json']), `call ${nth}`).to.equal(0);
      expect(written(cli), `call ${nth}`).to.deep.equal(wanted);
      expect(manifestIn(cli), `call ${nth}`).to.deep.equal(manifestIn(whole));
    }
    whole.cloud.inputs.length = 0;
    expect(await whole.run([...ADOPT, '--yes', '--json'])).to.equal(0);
    expect(whole.summary).to.include({ written: false });
    expect(whole.cloud.inputs.filter(({ action }) => action === 'PutObject')).to.deep.equal([]);
  });

  it('17.8: diff compares it with an export, without what the retired solution never stored', async () => {
    const { world, source } = pool();
    const cli = cliWith(legacyItems(source));
    await cli.run([...ADOPT, '--yes', '--json']);
    const runId = cli.summary['run_id'] as string;
    source.put({ ...aUser({ username: 'user0' }), enabled: true, modified: '2026-02-28T12:00:00.000Z' });
    source.putGroup({
      name: 'group0',
      description: 'Group 0',
      precedence: 0,
      roleArn: 'arn:aws:iam::111122223333:role/r',
    });
    keepSnapshot(world.objects, world.table, sealBackup(world.table, source));
    for (const [key, { body }] of world.objects.stored) cli.put('us-east-1', key, body);
    expect(await cli.run(['diff', runId, '--json'])).to.equal(0);
    const listed = cli.cloud.inputs
      .filter(({ action }) => action === 'ListObjectsV2')
      .map(({ input }) => input['Prefix'] as string)
      .filter((prefix) => prefix.startsWith('adopted/'));
    expect([...new Set(listed)], 'no more than its policy lets an operator list').to.deep.equal(['adopted/snapshots/']);
    expect(cli.summary).to.deep.include({
      earlier: runId,
      added: { users: 0, groups: 0, memberships: 0 },
      removed: { users: 0, groups: 0, memberships: 0 },
      changed: { users: 1, groups: 0, memberships: 0 },
    });
    expect(cli.summary['fields']).to.have.property('user name removed', 1);
  });
});
