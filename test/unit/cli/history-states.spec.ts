import { expect } from 'chai';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import { answerFor } from '../../support/cli/answers-for-pool.ts';
import { awsError } from '../../support/cli/fake-clients.ts';
import { DAY_MS, fourNights } from '../../support/cli/four-nights.ts';
import type { KeptNights } from '../../support/cli/four-nights.ts';
import { healthyCli } from '../../support/cli/healthy.ts';
import type { InstalledCli } from '../../support/cli/installed.ts';
import { bucketIn } from '../../support/cli/stacks.ts';
import { WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import { addUsers, aUser } from '../../support/world/builders.ts';

const SERVER_ERROR = { $metadata: { httpStatusCode: 503 } };
const flat = ({ out }: InstalledCli): string => out.replaceAll(/\s+/g, ' ');
const isOf = (path: string, region: string, run: string): boolean =>
  path.startsWith(`${bucketIn(region)}/snapshots/${run}/`);

/** The backup Region has the same snapshots. */
function copyToBackupRegion({ cli }: Pick<KeptNights, 'cli'>): void {
  for (const [path, body] of [...cli.objects]) {
    const key = path.slice(path.indexOf('/') + 1);
    if (key.startsWith('snapshots/')) cli.put('eu-west-1', key, body);
  }
}

/** Its objects have other bytes than were written. */
function damage(cli: InstalledCli, region: string, run: string, what = /\.gz$/): void {
  for (const path of [...cli.objects.keys()])
    if (isOf(path, region, run) && what.test(path)) cli.objects.set(path, Buffer.from('?'));
}

/** Its manifest alone stays. */
function thinOut(cli: InstalledCli, region: string, run: string): void {
  for (const [path, body] of [...cli.objects]) {
    if (!isOf(path, region, run)) continue;
    if (path.endsWith('/manifest.json')) {
      const { snapshot: _snapshot, ...manifest } = JSON.parse(Buffer.from(body as Uint8Array).toString()) as Manifest;
      cli.put(region, `manifests/${run}.json`, manifest);
    }
    cli.objects.delete(path);
  }
}

describe('command line: history of snapshots in all states', () => {
  let nights: KeptNights;
  let cli: InstalledCli;
  let runs: readonly string[];
  beforeEach(async () => {
    nights = await fourNights();
    ({ cli, runs } = nights);
  });

  it('16.1: diff reads a run that one Region has thinned out in the other one', async () => {
    const [first = '', second = '', third = ''] = runs;
    copyToBackupRegion(nights);
    thinOut(cli, 'us-east-1', second);
    expect(await cli.run(['diff', second, third]), cli.err).to.equal(0);
    expect(cli.out).to.contain('0 added, 0 removed, 40 changed');
    expect(await cli.run(['diff', first, second]), cli.err).to.equal(0);
    expect(cli.out).to.contain('0 added, 3 removed, 0 changed');
  });

  it('16.1: diff reads the snapshot of the other Region where that of one is damaged, and says so', async () => {
    const [first = '', , third = ''] = runs;
    copyToBackupRegion(nights);
    damage(cli, 'us-east-1', first);
    damage(cli, 'eu-west-1', third);
    const line = ['diff', first, third, '--save', 'out.csv'];
    expect(await cli.run(line), cli.err).to.equal(0);
    expect(flat(cli)).to.contain(`The snapshot of ${first} in us-east-1 is damaged; that of the other Region was read`);
    expect(cli.out).to.contain('0 added, 3 removed, 40 changed');
    expect((cli.files.get('out.csv') ?? '').match(/^user,changed/gm)).to.have.length(40);
    damage(cli, 'us-east-1', third);
    cli.files.clear();
    expect(await cli.run(line)).to.equal(5);
    expect(cli.err).to.contain(third).and.to.contain('this snapshot is damaged');
    expect(cli.files.size).to.equal(0);
  });

  it('16.1: diff --pool does so, too', async () => {
    const { world } = nights;
    const last = runs[3] as string;
    answerFor(cli.cloud, world.source);
    world.source.remove('user60');
    copyToBackupRegion(nights);
    const listings = (): number => cli.cloud.inputs.filter(({ action }) => action === 'ListUsers').length;
    expect(await cli.run(['diff', last, '--pool', world.source.id]), cli.err).to.equal(0);
    const pages = listings();
    damage(cli, 'us-east-1', last);
    await cli.clock.sleep(60_000);
    expect(await cli.run(['diff', last, '--pool', world.source.id]), cli.err).to.equal(0);
    expect(flat(cli)).to.contain('users 0 added, 1 removed, 0 changed');
    expect(listings(), 'the pool is listed once').to.equal(2 * pages);
  });

  it('16.1: a Region that answers only that it fails is told and left out, as one that does not answer', async () => {
    const [first = '', , third = ''] = runs;
    copyToBackupRegion(nights);
    for (const region of ['us-east-1', 'eu-west-1']) {
      const objects = new Map(cli.objects);
      cli.cloud.on('ListObjectsV2', ({ Bucket, Prefix }, asked) => {
        if (asked === region) throw awsError('InternalError', 'We encountered an internal error.', SERVER_ERROR);
        const path = `${Bucket as string}/${Prefix as string}`;
        const keys = [...objects.keys()].filter((one) => one.startsWith(path));
        return { Contents: keys.map((one) => ({ Key: one.slice((Bucket as string).length + 1) })) };
      });
      expect(await cli.run(['runs']), cli.err).to.equal(3);
      expect(cli.out).to.contain(`${region} does not answer`).and.to.contain(first);
      expect(await cli.run(['diff', first, third]), cli.err).to.equal(0);
      expect(cli.out).to.contain('0 added, 3 removed, 40 changed');
      expect(await cli.run(['history', 'user3']), cli.err).to.equal(3);
    }
    cli.cloud.on('ListObjectsV2', () => {
      throw awsError('InternalError', 'We encountered an internal error.', SERVER_ERROR);
    });
    expect(await cli.run(['runs'])).to.equal(5);
    cli.cloud.on('DescribeStacks', () => {
      throw awsError('ServiceUnavailable', 'Service Unavailable', SERVER_ERROR);
    });
    expect(await cli.run(['runs'])).to.equal(5);
    expect(cli.err).to.contain('ServiceUnavailable, HTTP 503').and.to.contain('work in the other one: --region');
  });

  it('16.1: where a Region stops to answer while users are looked for, the other one is read', async () => {
    copyToBackupRegion(nights);
    const objects = new Map(cli.objects);
    const failing = new Set(['us-east-1']);
    const serve = (region: string, path: string): unknown => {
      if (failing.has(region) && !path.endsWith('manifest.json'))
        throw awsError('Error', 'broken', { code: 'ECONNRESET' });
      const content = objects.get(path);
      if (content === undefined) throw awsError('NoSuchKey');
      return Buffer.from(content as Uint8Array);
    };
    cli.cloud.on('GetObject', ({ Bucket, Key, Range }, region) => {
      const [, from = '0', to = 'Infinity'] = /^bytes=(\d+)-(\d+)?$/.exec(String(Range)) ?? [];
      const body = (serve(region, `${Bucket as string}/${Key as string}`) as Buffer).subarray(+from, +to + 1);
      return { ETag: 'e', Body: { transformToByteArray: () => Promise.resolve(body) } };
    });
    expect(await cli.run(['history', 'user3']), cli.err).to.equal(0);
    expect(flat(cli)).to.contain('us-east-1 does not answer').and.to.contain('vanished since the run');
    failing.add('eu-west-1');
    expect(await cli.run(['history', 'user3'])).to.equal(5);
    expect(cli.err).to.contain('no answer (ECONNRESET)');
  });

  it('16.1: damage writes no list where nobody knows whom it concerns, and does not end as if it had', async () => {
    const interval = ['damage', '--until', '2026-03-02T12:00Z'];
    expect(await cli.run([...interval, '--json'])).to.equal(0);
    expect(cli.summary.intervals).to.have.length(1);
    for (const run of runs.slice(0, 2)) damage(cli, 'us-east-1', run);
    cli.files.set('victims.txt', 'of last week');
    expect(await cli.run([...interval, '--save', 'victims.txt'])).to.equal(3);
    expect(cli.out).to.contain('victims.txt was not written: who is concerned is not known.');
    expect(cli.files.get('victims.txt')).to.equal('of last week');
    expect(await cli.run([...interval, '--users'])).to.equal(3);
    expect(await cli.run(interval)).to.equal(0);
  });

  it("16.1: damage names the point within the interval to which Cognito's own recovery reaches back at least", async () => {
    cli.cloud.on('DescribeUserPool', () => ({ UserPool: { UserPoolTier: 'ESSENTIALS' } }));
    await cli.clock.sleep(Date.parse('2026-03-03T02:00Z') - cli.clock.now());
    const line = ['damage', '--until', '2026-03-02T12:00Z'];
    expect(await cli.run(line)).to.equal(0);
    expect(flat(cli))
      .to.contain('does not reach back so far')
      .and.to.match(/if the damage came after that point.* --restore-timestamp 2026-03-02T02:\d\d:00.000Z/);
    expect(await cli.run([...line, '--json'])).to.equal(0);
    const [{ native_recovery: told } = {}] = cli.summary.intervals as { native_recovery?: object }[];
    expect(told).to.include({ reaches_not: 'tooLongAgo' }).and.to.have.property('oldest_timestamp');
    await cli.clock.sleep(DAY_MS);
    expect(await cli.run(line)).to.equal(0);
    expect(cli.out).to.not.contain('initiate-point');
  });

  it('16.1: damage proposes no restore from a snapshot that it has found to be damaged', async () => {
    const [first = '', second = '', third = ''] = runs;
    damage(cli, 'us-east-1', second);
    expect(await cli.run(['damage', '--json'])).to.equal(0);
    expect((cli.summary.intervals as object[])[0]).to.deep.include({ restorable_run: first, compared: [first, third] });
    expect(await cli.run(['damage'])).to.equal(0);
    expect(flat(cli))
      .to.contain(`differs between the snapshots of ${first} and ${third}`)
      .and.to.contain(`The snapshot of ${second} is not whole any more`)
      .and.to.not.contain(`--run ${second}`);
  });

  it('16.1: damage proposes for the living pool a run that its own Region keeps', async () => {
    const [first = '', second = ''] = runs;
    copyToBackupRegion(nights);
    thinOut(cli, 'us-east-1', second);
    expect(await cli.run(['damage'])).to.equal(0);
    expect(flat(cli))
      .to.contain(`--to us-east-1_Source001 --run ${first} --existing update`)
      .and.to.contain(`Only eu-west-1 keeps a whole snapshot of ${second}`)
      .and.to.match(new RegExp(`a new pool in eu-west-1: \\S+ import --to <new pool> --run ${second}`));
    // While the Region does not answer, nobody knows what it keeps.
    cli.cloud.down.add('us-east-1');
    expect(await cli.run(['damage', '--region', 'eu-west-1']), cli.err).to.be.oneOf([0, 3]);
    expect(flat(cli)).to.not.contain('Only eu-west-1 keeps');
  });

  it('16.1: damage finds the victims of each interval that it prints, by the command that it prints', async () => {
    // Another one, of twelve users.
    const { world } = nights;
    for (const n of [1, 2, 4, 5, 6, 7, 8, 9, 51, 52, 53, 54]) world.source.remove(`user${n}`);
    await world.export({ AllowMassDelete: true });
    for (const [key, { body }] of world.objects.stored)
      if (key.startsWith('snapshots/')) cli.put('us-east-1', key, body);
    for (const asked of [[], ['--percent', '1'], ['--percent', '12']]) {
      expect(await cli.run(['damage', ...asked])).to.equal(0);
      const printed = [
        ...flat(cli).matchAll(/damage (--since \S+ --until \S+(?: --percent \S+)?) --save victims.txt/g),
      ];
      expect(printed).to.not.be.empty;
      for (const [, option = ''] of printed) {
        cli.files.clear();
        expect(await cli.run(['damage', ...option.split(' '), '--save', "it's.txt"]), cli.err).to.equal(0);
        expect(cli.files.has("it's.txt"), option).to.equal(true);
        expect(flat(cli), 'what comes next').to.match(
          /Next \S+ restore-user --from-file 'it'\\''s\.txt' --to \S+ --run/,
        );
      }
    }
    expect(await cli.run(['damage', '--percent', '2', '--save', 'victims.txt'])).to.equal(2);
    expect(cli.err).to.contain('--percent 2 --save victims.txt');
  });

  it('16.1: damage proposes what brings memberships and settings of groups back to those who are there still', async () => {
    const { world } = nights;
    const names = Array.from({ length: 15 }, (_, n) => `team${n}`);
    for (const name of names) world.source.putGroup({ name, description: 'Team' });
    await world.export();
    await world.clock.sleep(DAY_MS);
    for (const name of names) world.source.putGroup({ name, description: '' });
    for (const username of world.source.users.keys()) world.source.leave(username, 'group0');
    await world.export({ AllowMassDelete: true, AllowMassChange: true });
    for (const [key, { body }] of world.objects.stored)
      if (key.startsWith('snapshots/')) cli.put('us-east-1', key, body);
    const line = ['damage', '--since', '2026-03-05'];
    expect(await cli.run(line)).to.equal(0);
    expect(flat(cli))
      .to.match(/memberships deleted \d+ of/)
      .and.to.match(
        /restore-user --from-file victims.txt --to us-east-1_Source001 --run \S+ --existing update --dry-run/,
      )
      .and.to.match(/The groups that changed: \S+ restore-group team0 team1 .*--existing update --dry-run/);
    const [, interval = ''] = /damage (--since \S+ --until \S+) --save/.exec(flat(cli)) ?? [];
    expect(await cli.run(['damage', ...interval.split(' '), '--save', 'victims.txt'])).to.equal(0);
    expect((cli.files.get('victims.txt') ?? '').trim().split('\n').length).to.be.above(50);
  });

  it('16.1: damage says that what it found is what a recovery of AWS has put back', async () => {
    const [, second = '', third = ''] = runs;
    for (const [run, recovered] of [
      [second, ['old']],
      [third, ['old', 'recovery-7']],
    ] as const) {
      const path = [...cli.objects.keys()].find((one) => one.endsWith(`/snapshots/${run}/manifest.json`)) as string;
      const manifest = JSON.parse(Buffer.from(cli.objects.get(path) as Uint8Array).toString()) as Manifest;
      cli.objects.set(path, JSON.stringify({ ...manifest, safeguards: { deletionProtected: true, recovered } }));
    }
    expect(await cli.run(['damage', '--until', '2026-03-02T12:00Z'])).to.equal(0);
    expect(flat(cli))
      .to.contain("Cognito's own recovery recovery-7 ended in this time")
      .and.to.not.contain('old ended');
  });

  it('16.1: show --at says which runs of before that time could not be taken', async () => {
    const [first = '', second = '', third = ''] = runs;
    thinOut(cli, 'us-east-1', second);
    for (const path of [...cli.objects.keys()])
      if (isOf(path, 'us-east-1', third) && path.includes('/segment')) cli.objects.delete(path);
    expect(await cli.run(['show', 'user20', '--at', '2026-03-03T12:00Z'])).to.equal(3);
    expect(flat(cli))
      .to.contain(`As the run ${first}`)
      .and.to.contain(`since their snapshots are damaged: ${third}`)
      .and.to.contain('only their manifests are kept: 1 run.');
    expect(await cli.run(['show', 'user20', '--run', first])).to.equal(0);
    expect(await cli.run(['show', 'user20', '--at', '2026-03-01'])).to.equal(0);
    expect(cli.out).to.not.contain('damaged');
  });

  it('16.1: a day that no month has is no time', async () => {
    for (const line of [
      ['show', 'user20', '--at', '2026-02-30'],
      ['damage', '--since', '2026-02-29'],
      ['damage', '--until', '2026-04-31T10:00Z'],
    ])
      expect(await cli.run(line), line.join(' ')).to.equal(2);
    expect(await cli.run(['damage', '--since', '2024-02-29'])).to.equal(0);
  });

  it('16.1: damage names groups so that a shell and this command take them as names', async () => {
    const { world } = nights;
    for (const name of ['-rf', 'a&b']) world.source.putGroup({ name });
    await world.export();
    await world.clock.sleep(DAY_MS);
    for (const name of ['-rf', 'a&b']) world.source.removeGroup(name);
    await world.export();
    for (const [key, { body }] of world.objects.stored)
      if (key.startsWith('snapshots/')) cli.put('us-east-1', key, body);
    expect(await cli.run(['damage', '--since', '2026-03-05'])).to.equal(0);
    expect(flat(cli)).to.match(/restore-group --to us-east-1_Source001 --run \S+ --dry-run -- -rf 'a&b'/);
    const [, printed = ''] = /(restore-group .*'a&b')/.exec(cli.out) ?? [];
    cli.cloud.on('ListPointInTimeRecoveries', () => {
      throw awsError('ResourceNotFoundException');
    });
    expect(await cli.run(printed.replaceAll("'", '').split(' '))).to.equal(6);
    expect(cli.err).to.contain('User pool us-east-1_Source001: it does not exist');
  });
});

describe('command line: names of users over time', () => {
  let cli: InstalledCli;
  let runs: readonly string[];
  const composed = 'z\u00f6e'.normalize('NFC');

  /** Two nights: between them Ann gets another address; Zoë and somebody with a name of two words stay. */
  beforeEach(async () => {
    const world = new WorkflowWorld();
    world.retentionDays = 30;
    const { source } = world;
    addUsers(source, 60);
    source.put(aUser({ username: 'ann', attributes: { email: 'ann@old.test' } }));
    source.put(aUser({ username: composed, attributes: { preferred_username: 'Zoe of Two Words' } }));
    const night = async (): Promise<void> => {
      expect(await world.export()).to.include({ status: 'SUCCEEDED' });
      await world.clock.sleep(DAY_MS);
    };
    await night();
    const ann = source.find('ann') as PoolUser;
    source.put({ ...ann, attributes: { email: 'ann@new.test' }, modified: '2026-05-05T05:05:05.000Z' });
    await night();
    cli = healthyCli();
    cli.objects.clear();
    for (const [key, { body }] of world.objects.stored)
      if (key.startsWith('snapshots/')) cli.put('us-east-1', key, body);
    runs = [...world.objects.stored.keys()]
      .flatMap((key) => /^snapshots\/([^/]+)\/manifest/.exec(key)?.[1] ?? [])
      .sort();
  });

  it('16.1: show does not say that somebody is gone who only has another name by now', async () => {
    expect(await cli.run(['show', 'ann@old.test'])).to.equal(0);
    expect(flat(cli))
      .to.contain(`As the newest run that has the user, ${runs[0]}`)
      .and.to.contain(`the newest, ${runs[1]}, holds this user by another one`)
      .and.to.not.contain('did not hold the user any more');
    expect(await cli.run(['show', 'ann@old.test', '--json'])).to.equal(0);
    expect(cli.summary).to.deep.include({ run_id: runs[0], renamed_in_run: runs[1] });
  });

  it('16.1: names are found however their accents are composed, and by several words from standard input', async () => {
    for (const name of [composed, composed.normalize('NFD'), composed.normalize('NFD').toUpperCase()]) {
      expect(await cli.run(['show', name]), name).to.equal(0);
      expect(flat(cli)).to.contain(`username ${composed}`);
    }
    for (const stdin of ['zoe of two words\r\n', '\ufeffZoe of Two Words\n']) {
      cli.stdin = stdin;
      expect(await cli.run(['history', '-']), cli.err).to.equal(0);
      expect(flat(cli)).to.contain(composed);
    }
    cli.stdin = 'ann\nzoe';
    expect(await cli.run(['show', '-'])).to.equal(2);
    expect(cli.err).to.contain('more than one value');
    for (const nothing of ['', ' ']) {
      expect(await cli.run(['show', nothing])).to.equal(2);
      expect(cli.err).to.contain('<user>: it is empty');
    }
  });

  it('16.3: history does not say that somebody vanished at a run of which the part with the user is damaged', async () => {
    // The index of the second run knows nobody of the old address, and is whole.
    const second = runs[1] as string;
    damage(cli, 'us-east-1', second);
    expect(await cli.run(['history', 'ann@old.test'])).to.equal(3);
    expect(flat(cli)).to.contain(`since their snapshots are damaged: ${second}`).and.to.not.contain('vanished');
  });
});

describe('command line: damage among users of identity providers', () => {
  const google = (n: number): PoolUser =>
    aUser({ username: `google_${n}`, status: 'EXTERNAL_PROVIDER', attributes: { email: `${n}@gmail.test` } });

  /** Two nights; in the second one 20 of 40 have vanished, which a guard refuses; then it is allowed, where that is asked for. */
  async function cliAfter(allowed: boolean): Promise<{ readonly cli: InstalledCli; readonly subs: readonly string[] }> {
    const world = new WorkflowWorld();
    world.retentionDays = 30;
    addUsers(world.source, 20);
    for (let n = 0; n < 40; n += 1) world.source.put(google(n));
    expect(await world.export()).to.include({ status: 'SUCCEEDED' });
    await world.clock.sleep(DAY_MS);
    const gone = Array.from({ length: 20 }, (_, n) => `google_${n}`);
    const subs = gone.map((name) => world.source.find(name)?.sub ?? '');
    for (const name of gone) world.source.remove(name);
    expect(await world.export()).to.include({ error: 'MassDeleteRefused' });
    await world.clock.sleep(DAY_MS);
    if (allowed) expect(await world.export({ AllowMassDelete: true })).to.include({ status: 'SUCCEEDED' });
    const cli = healthyCli();
    cli.objects.clear();
    for (const [key, { body }] of world.objects.stored)
      if (key.startsWith('snapshots/')) cli.put('us-east-1', key, body);
    return { cli, subs };
  }

  for (const allowed of [false, true])
    it(`16.1: finds a mass of them that ${allowed ? 'was sealed after a refusal' : 'a guard refused'}, once, and who they are`, async () => {
      const { cli, subs } = await cliAfter(allowed);
      expect(await cli.run(['damage', '--save', 'victims.txt']), cli.err).to.equal(0);
      expect(flat(cli))
        .to.contain('users of identity providers deleted 20 of 40')
        .and.to.contain('restore-user --from-file victims.txt')
        .and.to.contain(allowed ? 'and sealed all the same by' : 'the backup is as it was before');
      expect((cli.files.get('victims.txt') ?? '').trim().split('\n')).to.have.members(subs);
    });
});
