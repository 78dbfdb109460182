import { expect } from 'chai';
import { aUser } from '../../support/world/builders.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import { LAST_KEY } from '../../../source/domain/verify/backup/last.ts';
import { answerFor } from '../../support/cli/answers-for-pool.ts';
import { awsError } from '../../support/cli/fake-clients.ts';
import { DAY_MS, fourNights } from '../../support/cli/four-nights.ts';
import { executionArn } from '../../support/cli/stacks.ts';

describe('command line: history', () => {
  it('16.1: runs lists what both Regions keep, with counts and what changed', async () => {
    const { cli, runs } = await fourNights();
    expect(await cli.run(['runs'])).to.equal(0);
    for (const run of runs) expect(cli.out).to.contain(run);
    expect(cli.out).to.contain('4 runs, the newest first');
    expect(cli.out.replaceAll(/\s+/g, ' ')).to.contain('users +0 ~40 -0');
    expect(await cli.run(['runs', '--json'])).to.equal(0);
    expect(cli.summary.runs).to.have.length(4);
  });

  it('16.1: runs says which Region does not answer, and that the list may lack something', async () => {
    const { cli, runs } = await fourNights();
    cli.cloud.down.add('eu-west-1');
    expect(await cli.run(['runs'])).to.equal(3);
    expect(cli.out).to.contain('eu-west-1 does not answer').and.to.contain(runs[0]);
  });

  it('16.1: runs tells of each run when it was last verified, in which Region, and which were not', async () => {
    const { cli, runs } = await fourNights();
    const [first = '', second = '', third = ''] = runs;
    const of = (runId: string, verifiedAt: string, percent: number) => ({ runId, verifiedAt, percent });
    cli.put('us-east-1', LAST_KEY, {
      ...of(third, '2026-03-04T01:00:00.000Z', 10),
      nextObject: 1,
      runs: [of(third, '2026-03-04T01:00:00.000Z', 10), of(second, '2026-03-03T01:00:00.000Z', 100)],
    });
    // As an earlier version stored it.
    cli.put('eu-west-1', LAST_KEY, { ...of(second, '2026-03-03T02:00:00.000Z', 100), nextObject: 0 });
    expect(await cli.run(['runs'])).to.equal(0);
    const said = cli.out.replaceAll(/\s+/g, ' ');
    expect(said).to.match(
      new RegExp(`${third}[^~]*~40[^v]*verified 2026-03-04T01:00:00.000Z in us-east-1, 10 % of its snapshot`),
    );
    expect(said).to.contain('verified 2026-03-03T02:00:00.000Z in eu-west-1');
    expect(await cli.run(['runs', '--json'])).to.equal(0);
    const told = cli.summary.runs as { run_id: string; verified?: object }[];
    expect(told.find(({ run_id }) => run_id === first)).to.not.have.property('verified');
    expect(told.find(({ run_id }) => run_id === second)?.verified).to.deep.equal({
      at: '2026-03-03T02:00:00.000Z',
      region: 'eu-west-1',
      percent: 100,
    });
  });

  it('16.1: diff counts what differs and which fields, and lists who only in the file that was asked for', async () => {
    const { cli, runs, world } = await fourNights();
    expect(await cli.run(['diff', runs[0] as string, runs[2] as string])).to.equal(0);
    expect(cli.out).to.contain('0 added, 3 removed, 40 changed');
    expect(cli.out.replaceAll(/ +/g, ' ')).to.contain('user name emptied 40');
    for (const { user } of world.source.users.values()) expect(cli.out).to.not.contain(user.sub);
    expect(await cli.run(['diff', runs[0] as string, '--save', 'out.csv'])).to.equal(0);
    const rows = (cli.files.get('out.csv') ?? '').trim().split('\n');
    expect(rows[0]).to.equal('kind,change,sub,username,group,fields');
    expect(rows.filter((row) => row.startsWith('user,removed,'))).to.have.length(3);
    expect(rows.filter((row) => /^user,changed,.*name emptied/.test(row))).to.have.length(40);
    expect(rows.filter((row) => row.startsWith('group,removed,,,group1'))).to.have.length(1);
  });

  it('16.1: diff names a run that is unknown, ambiguous or damaged', async () => {
    const { cli, runs } = await fourNights();
    expect(await cli.run(['diff', '1999', runs[0] as string])).to.equal(6);
    expect(cli.err).to.contain('Run 1999: no run that is kept begins so');
    expect(await cli.run(['diff', '20'])).to.equal(2);
    expect(cli.err).to.contain('4 runs begin so');
    const segment = [...cli.objects.keys()].find((path) => path.includes(`${runs[1]}/segment`)) as string;
    cli.objects.delete(segment);
    expect(await cli.run(['diff', runs[1] as string])).to.equal(5);
    expect(cli.err).to.contain('its snapshot is damaged');
  });

  it('16.1: diff --users prints who and what, and neither without it', async () => {
    const { cli, runs, world } = await fourNights();
    const [first = '', , third = ''] = runs;
    expect(await cli.run(['diff', first, third, '--users'])).to.equal(0);
    const said = cli.out.replaceAll(/\s+/g, ' ');
    expect(said).to.match(/user user3 \([\w-]+\) removed/);
    expect(said.match(/user user\d+ \([\w-]+\) changed: name emptied/g)).to.have.length(40);
    expect(await cli.run(['diff', first, third, '--users', '--json'])).to.equal(0);
    expect(cli.summary.list).to.deep.include({
      kind: 'user',
      change: 'changed',
      sub: world.source.find('user10')?.sub,
      username: 'user10',
      group: '',
      fields: ['name emptied'],
    });
    expect(await cli.run(['diff', first, third, '--json'])).to.equal(0);
    expect(cli.summary).to.not.have.property('list');
  });

  it('16.1: diff --users shows what a name hides, and lets it do nothing to a terminal', async () => {
    const { cli, runs, world } = await fourNights();
    world.source.put(aUser({ username: 'a\u001b[2Jb' }));
    answerFor(cli.cloud, world.source);
    expect(await cli.run(['diff', runs[3] as string, '--pool', world.source.id, '--users'])).to.equal(0);
    expect(cli.out).to.contain('a\\u001b[2Jb').and.to.not.contain('\u001b');
  });

  it('16.1: diff --pool compares a run with its living pool: counts, fields, who and what as of two runs', async () => {
    const { cli, runs, world } = await fourNights();
    const { source } = world;
    answerFor(cli.cloud, source);
    const line = ['diff', runs[3] as string, '--pool', source.id];
    expect(await cli.run(line)).to.equal(0);
    expect(cli.out.replaceAll(/ +/g, ' ')).to.contain('users 0 added, 0 removed, 0 changed');
    source.remove('user60');
    source.put(aUser({ username: 'new' }));
    source.join('new', 'group0');
    source.put(aUser({ username: 'google_1', status: 'EXTERNAL_PROVIDER' }));
    const user = source.find('user61') as PoolUser;
    source.put({ ...user, attributes: { ...user.attributes, name: 'Other' }, modified: '2026-06-05T05:05:05.000Z' });
    expect(await cli.run([...line, '--save', 'out.csv'])).to.equal(0);
    const printed = cli.out.replaceAll(/ +/g, ' ');
    expect(printed).to.contain('users 1 added, 1 removed, 1 changed').and.to.contain('user name changed 1');
    const rows = (cli.files.get('out.csv') ?? '').split('\n');
    const sub = source.find('new')?.sub;
    expect(rows).to.include(`user,added,${sub},new,,`).and.to.include(`membership,added,${sub},,group0,`);
    expect(rows.join('\n')).to.not.contain('google_1');
  });

  it('16.1: diff --pool calls Cognito by the permit of comparisons, and not beside somebody who has it', async () => {
    const { cli, runs, world } = await fourNights();
    answerFor(cli.cloud, world.source);
    const line = ['diff', runs[3] as string, '--pool', world.source.id];
    const held = { executionArn: executionArn('VerifyWorkflow', 'us-east-1', 'night'), claim: 'c' };
    cli.put('us-east-1', 'verifications/cognito-calls.json', { ...held, until: cli.clock.now() + 10_000 });
    expect(await cli.run(line)).to.equal(4);
    expect(cli.err).to.contain('VerifyWorkflow is comparing a pool at this moment').and.to.contain('attach arn:');
    expect(cli.cloud.calls.join()).to.not.contain('ListUsers');
    cli.put('us-east-1', 'verifications/cognito-calls.json', { ...held, until: cli.clock.now() - 1 });
    expect(await cli.run(line)).to.equal(0);
    const [, permit = '{}'] = [...cli.objects].find(([path]) => path.endsWith('/cognito-calls.json')) ?? [];
    expect(JSON.parse(permit as string))
      .to.have.property('executionArn')
      .that.contains('diff');
  });

  it('16.1: diff --pool names a pool that is gone, another one than the run was made of, and what does not go together', async () => {
    const { cli, runs, world } = await fourNights();
    const [, , , last = ''] = runs;
    expect(await cli.run(['diff', last, '--pool', 'us-east-1_Other1234'])).to.equal(2);
    expect(cli.err).to.contain(`made of another pool, ${world.source.id}`).and.to.contain('verify --pool');
    cli.cloud.on('DescribeUserPool', () => {
      throw awsError('ResourceNotFoundException');
    });
    expect(await cli.run(['diff', last, '--pool', world.source.id])).to.equal(6);
    expect(cli.err).to.contain('does not exist').and.to.contain('AWS Support');
    expect(await cli.run(['diff', last, last, '--pool', world.source.id])).to.equal(2);
    expect(await cli.run(['diff', last, '--tps', '5', '--json'])).to.equal(2);
    expect(cli.error).to.include({ thing: '--tps', what_to_do: 'Give --pool, too, or leave --tps out.' });
    expect(await cli.run(['diff', last, '--pool', 'nonsense'])).to.equal(2);
    cli.cloud.on('DescribeUserPool', () => {
      throw awsError('AccessDeniedException');
    });
    expect(await cli.run(['diff', last, '--pool', world.source.id])).to.equal(4);
    expect(cli.err).to.contain('operator policy');
  });

  it("16.1: damage names the intervals of a mass, the run before each, and whether Cognito's own recovery reaches", async () => {
    const { cli, runs } = await fourNights();
    cli.cloud.on('DescribeUserPool', () => ({ UserPool: { UserPoolTier: 'PLUS' } }));
    await cli.clock.sleep(4 * DAY_MS);
    expect(await cli.run(['damage'])).to.equal(0);
    expect(cli.out).to.contain('users changed');
    expect(cli.out).to.contain('40 of 97');
    expect(cli.out).to.contain('groups deleted');
    expect(cli.out).to.contain(`--run ${runs[1]}`).and.to.contain(`--run ${runs[2]}`);
    expect(cli.out).to.contain('initiate-point-in-time-recovery').and.to.contain('--restore-timestamp');
    cli.cloud.on('DescribeUserPool', () => ({ UserPool: { UserPoolTier: 'LITE' } }));
    expect(await cli.run(['damage', '--percent', '60'])).to.equal(0);
    expect(cli.out).to.not.contain('users changed').and.to.not.contain('initiate-point');
    expect(cli.out).to.contain('not offered for pools on the Lite plan');
    expect(await cli.run(['damage', '--percent', '0'])).to.equal(2);
  });

  it('16.1: damage names attributes and groups of the mass, and the commands that bring back who is concerned', async () => {
    const { cli, runs } = await fourNights();
    cli.cloud.on('DescribeUserPool', () => ({ UserPool: { UserPoolTier: 'PLUS' } }));
    expect(await cli.run(['damage'])).to.equal(0);
    const said = cli.out.replaceAll(/\s+/g, ' ');
    expect(said).to.contain('user name emptied 40').and.to.contain('groups group1');
    expect(said).to.contain(
      `restore-user --from-file victims.txt --to us-east-1_Source001 --run ${runs[1]} --existing update`,
    );
    expect(said).to.contain(`restore-group group1 --to us-east-1_Source001 --run ${runs[2]}`);
    expect(await cli.run(['damage', '--json'])).to.equal(0);
    const told = cli.lines.map((line) => JSON.stringify(line));
    const first = told.findIndex((line) => line.includes('users changed 40 of 97'));
    expect(first, 'told before any snapshot is read').to.be.within(
      0,
      told.findIndex((line) => line.includes('Reading the')),
    );
    expect(cli.summary.intervals).to.have.length(2);
    expect((cli.summary.intervals as object[])[0]).to.deep.include({
      fields: { 'user name emptied': 40 },
      compared: [runs[1], runs[2]],
      restorable_run: runs[1],
    });
  });

  it('16.1: damage lists the victims of one interval, and nobody whom something else happened to', async () => {
    const { cli, world } = await fourNights();
    expect(await cli.run(['damage', '--save', 'victims.txt'])).to.equal(2);
    expect(cli.err).to.contain('2 were found').and.to.contain('--since');
    const [, option = ''] = /damage (--since \S+ --until \S+) --save/.exec(cli.err.replaceAll(/\s+/g, ' ')) ?? [];
    expect(await cli.run(['damage', ...option.split(' '), '--save', 'groups.txt'])).to.equal(0);
    expect(await cli.run(['damage', '--json'])).to.equal(0);
    const [, { from: groupsFrom = '' } = {}] = cli.summary.intervals as { readonly from?: string }[];
    expect(await cli.run(['damage', '--until', groupsFrom, '--save', 'victims.txt', '--users'])).to.equal(0);
    const subs = Array.from({ length: 40 }, (_, n) => world.source.find(`user${n + 10}`)?.sub);
    expect((cli.files.get('victims.txt') ?? '').trim().split('\n')).to.have.members(subs);
    expect(cli.out.match(/user\d+ \(/g)).to.have.length(40);
  });

  it('16.1: damage tells what manifests tell where snapshots may not be read, or are not kept any more', async () => {
    const { cli, runs } = await fourNights();
    for (const path of [...cli.objects.keys()])
      if (path.includes(`/snapshots/${runs[1]}/`)) {
        if (path.endsWith('/manifest.json')) {
          const { snapshot: _snapshot, ...thinned } = JSON.parse(
            Buffer.from(cli.objects.get(path) as Uint8Array).toString('utf8'),
          ) as Manifest;
          cli.put('us-east-1', `manifests/${runs[1]}.json`, thinned);
        }
        cli.objects.delete(path);
      }
    expect(await cli.run(['damage', '--json'])).to.equal(0);
    expect((cli.summary.intervals as object[])[0]).to.deep.include({
      earlier: runs[1],
      restorable_run: runs[0],
      compared: [runs[0], runs[2]],
    });
    expect(await cli.run(['damage'])).to.equal(0);
    expect(cli.out).to.contain(`--run ${runs[0]}`).and.to.not.contain(`--run ${runs[1]}`);
    const answer = cli.cloud;
    const objects = new Map(cli.objects);
    answer.on('GetObject', ({ Bucket, Key }) => {
      if ((Key as string).endsWith('.gz')) throw awsError('AccessDenied');
      const content = objects.get(`${Bucket as string}/${Key as string}`);
      if (content === undefined) throw awsError('NoSuchKey');
      return { ETag: 'e', Body: { transformToByteArray: () => Promise.resolve(Buffer.from(content as Uint8Array)) } };
    });
    expect(await cli.run(['damage'])).to.equal(0);
    expect(cli.out).to.contain('may not read snapshots').and.to.contain('40 of 97');
  });

  it('16.1: damage passes over a damaged snapshot, and says so', async () => {
    const { cli, runs } = await fourNights();
    const segment = [...cli.objects.keys()].find((path) => path.includes(`/${runs[1]}/segment`)) as string;
    const body = Uint8Array.from(cli.objects.get(segment) as Uint8Array);
    body[body.length >> 1] = (body[body.length >> 1] as number) ^ 1;
    cli.objects.set(segment, body);
    expect(await cli.run(['damage', '--json'])).to.equal(0);
    expect((cli.summary.intervals as object[])[0]).to.deep.include({
      compared: [runs[0], runs[2]],
      skipped_snapshots: [`${runs[1]} in us-east-1`],
    });
    cli.objects.delete(segment);
    expect(await cli.run(['damage'])).to.equal(0);
    expect(cli.out).to.contain('since their snapshots are damaged').and.to.contain(runs[1]);
  });

  it('16.1: damage does not name the recovery of a pool that is gone, and says where to turn', async () => {
    const { cli } = await fourNights();
    cli.cloud.on('DescribeUserPool', () => {
      throw awsError('ResourceNotFoundException');
    });
    expect(await cli.run(['damage'])).to.equal(0);
    expect(cli.out).to.contain('AWS Support').and.to.not.contain('initiate-point').and.to.not.contain('restore-user');
    expect(cli.out).to.contain('import --to');
  });

  it('16.1: damage refuses an interval that ends before it begins', async () => {
    const { cli } = await fourNights();
    expect(await cli.run(['damage', '--since', '2026-03-02', '--until', '2026-03-01', '--json'])).to.equal(2);
    expect(cli.error.thing).to.equal('--since and --until');
    expect(cli.error.found).to.equal('2026-03-02T00:00:00.000Z is later than 2026-03-01T23:59:59.999Z');
    expect(await cli.run(['damage', '--since', '2026-03-01', '--until', '2026-03-01'])).to.equal(0);
  });

  it('16.1: damage says that it wrote no list where nobody is concerned: a list of before stays what it is', async () => {
    const { cli } = await fourNights();
    cli.files.set('victims.txt', 'of last week');
    expect(await cli.run(['damage', '--percent', '90', '--until', '2026-03-01', '--save', 'victims.txt'])).to.equal(0);
    expect(cli.out).to.include('victims.txt was not written: nobody is concerned.');
    expect(cli.files.get('victims.txt')).to.equal('of last week');
  });

  it('16.1: diff proposes no list where nothing differs', async () => {
    const { cli, runs } = await fourNights();
    expect(await cli.run(['diff', runs[3] ?? '', '--json'])).to.equal(0);
    expect(cli.summary).to.not.have.property('next');
    expect(await cli.run(['diff', runs[2] ?? '', '--json'])).to.equal(0);
    expect(cli.summary.next).to.have.length(2);
  });
});
