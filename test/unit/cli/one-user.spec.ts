import { expect } from 'chai';
import { snapshotManifestKey } from '../../../source/domain/backup/snapshot/names.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';
import { healthyCli } from '../../support/cli/healthy.ts';
import type { InstalledCli } from '../../support/cli/installed.ts';
import { addGroups, addUsers, aUser } from '../../support/world/builders.ts';
import { WorkflowWorld } from '../../support/workflows/workflow-world.ts';

const DAY_MS = 86_400_000;
const SUB = subFor('ana');

interface Nights {
  readonly cli: InstalledCli;
  /** The oldest first. */
  readonly runs: readonly string[];
}

/** Five nights: Ana is there; gets another address and leaves a group; nothing; is deleted; somebody else has her first address. */
async function nights(): Promise<Nights> {
  const world = new WorkflowWorld();
  world.retentionDays = 30;
  const { source } = world;
  addUsers(source, 30);
  addGroups(source, [20, 5]);
  source.put(aUser({ username: 'ana', attributes: { email: 'ana@example.test', name: 'Ana' } }));
  for (const username of ['twin1', 'twin2'])
    source.put(aUser({ username, attributes: { email: 'twins@example.test' } }));
  source.join('ana', 'group0');
  source.join('ana', 'group1');
  const night = async (): Promise<void> => {
    expect(await world.export()).to.include({ status: 'SUCCEEDED' });
    await world.clock.sleep(DAY_MS);
  };
  await night();
  const ana = source.find('ana') as PoolUser;
  source.put({
    ...ana,
    attributes: { ...ana.attributes, email: 'a2@example.test' },
    modified: '2026-05-05T05:05:05.000Z',
  });
  source.leave('ana', 'group1');
  await night();
  await night();
  source.remove('ana');
  await night();
  source.put(aUser({ username: 'other', attributes: { email: 'ana@example.test' } }));
  await night();
  const cli = healthyCli();
  cli.objects.clear();
  for (const [key, { body }] of world.objects.stored) if (key.startsWith('snapshots/')) cli.put('us-east-1', key, body);
  const runs = [...world.objects.stored.keys()].flatMap((key) => /^snapshots\/([^/]+)\/manifest/.exec(key)?.[1] ?? []);
  return { cli, runs: runs.sort() };
}

const pathsOf = ({ objects }: InstalledCli, run: string, region: string, what: RegExp): string[] =>
  [...objects.keys()].filter((path) => path.includes(region) && path.includes(run) && what.test(path));
const flat = ({ out }: InstalledCli): string => out.replaceAll(/\s+/g, ' ');

/** Takes the index out of a run's manifest, as versions before wrote it. */
function forgetIndex(cli: InstalledCli, run: string): void {
  const [path = ''] = pathsOf(cli, run, '', /manifest\.json$/);
  const manifest = JSON.parse(Buffer.from(cli.objects.get(path) as Uint8Array).toString()) as Manifest;
  const { objects = [] } = manifest.snapshot ?? {};
  cli.put('us-east-1', snapshotManifestKey(run), { ...manifest, snapshot: { objects } });
}

describe('command line: one user', () => {
  let cli: InstalledCli;
  let runs: readonly string[];
  beforeEach(async () => {
    ({ cli, runs } = await nights());
  });

  it('16.1: show finds a user who is gone by the last address, in the newest run that holds the user, and says which', async () => {
    expect(await cli.run(['show', 'a2@example.test'])).to.equal(0);
    expect(flat(cli)).to.contain(`As the newest run that has the user, ${runs[2]}`);
    expect(flat(cli)).to.contain(`sub ${SUB}`).and.to.contain('name Ana').and.to.contain('groups group0');
    expect(flat(cli)).to.contain('2 newer runs looked into did not hold the user any more');
    expect(cli.out).to.contain(`history ${SUB}`);
    expect(await cli.run(['show', 'A2@EXAMPLE.TEST', '--json'])).to.equal(0);
    expect(cli.summary).to.deep.include({ run_id: runs[2], newer_runs_without: [runs[4], runs[3]] });
    expect((cli.summary.user as { groups: string[] }).groups).to.deep.equal(['group0']);
  });

  it('16.1: show takes the run or the time that was given, and a name from standard input', async () => {
    expect(await cli.run(['show', SUB, '--run', runs[0] as string])).to.equal(0);
    expect(flat(cli)).to.contain('email ana@example.test').and.to.contain('groups group0, group1');
    const at = new Date(Date.parse(startOf(runs[1] as string)) + DAY_MS / 2).toISOString();
    cli.stdin = 'ana\n';
    expect(await cli.run(['show', '-', '--at', at])).to.equal(0);
    expect(flat(cli))
      .to.match(new RegExp(`As the run ${runs[1]} of \\S+ holds the user`))
      .and.to.contain('email a2@example.test');
  });

  it('16.1: show names a user, run or time that is unknown, a user of another time, and several of one name', async () => {
    expect(await cli.run(['show', 'nobody@example.test'])).to.equal(6);
    expect(cli.err).to.contain('User nobody@example.test: not in any of the 5 runs');
    expect(await cli.run(['show', 'ana', '--run', runs[4] as string])).to.equal(6);
    expect(cli.err).to.contain(`not in the run ${runs[4]}`);
    expect(await cli.run(['show', 'ana', '--run', '1999'])).to.equal(6);
    expect(cli.err).to.contain('no run that is kept begins so');
    expect(await cli.run(['show', 'ana', '--at', '2001-01-01'])).to.equal(6);
    expect(cli.err).to.contain('the oldest that is kept is');
    expect(await cli.run(['show', 'ana', '--at', 'yesterday'])).to.equal(2);
    expect(await cli.run(['show', 'ana', '--at', '2026-01-01', '--run', '2026'])).to.equal(2);
    expect(await cli.run(['show'])).to.equal(2);
    for (const command of ['show', 'history']) {
      expect(await cli.run([command, 'twins@example.test'])).to.equal(2);
      expect(cli.err).to.contain(subFor('twin1')).and.to.contain(subFor('twin2'));
      expect(cli.err).to.contain('Give the sub of the one who is meant');
    }
  });

  it('16.1: history tells at which run a user was changed, left a group and vanished, and follows the sub of an old name', async () => {
    expect(await cli.run(['history', SUB])).to.equal(0);
    const said = flat(cli);
    expect(said).to.contain(`${runs[0]} is held by the oldest run`);
    expect(said).to.contain(`${runs[1]} changed since the run ${runs[0]}`);
    expect(said).to.contain('email ana@example.test -> a2@example.test').and.to.contain('left group1');
    expect(said).to.contain(`${runs[3]} vanished since the run ${runs[2]}`);
    expect(said).to.not.contain(`${runs[2]} changed`).and.to.not.contain(`${runs[4]} appeared`);
    // Her first address belongs to another user by now: both are told, each with the runs that hold them.
    expect(await cli.run(['history', 'ana@example.test', '--json'])).to.equal(0);
    const users = cli.summary.users as { sub: string; steps: { change: string; run_id: string }[] }[];
    expect(users.map(({ sub }) => sub)).to.have.members([SUB, subFor('other')]);
    const ofAna = users.find(({ sub }) => sub === SUB)?.steps.map(({ change, run_id }) => [change, run_id]);
    expect(ofAna).to.deep.equal([
      ['held', runs[0]],
      ['changed', runs[1]],
      ['vanished', runs[3]],
    ]);
  });

  it('16.3: history reads by the indexes, and whole what has none: the answer is the same', async () => {
    expect(await cli.run(['history', 'ana', '--json'])).to.equal(0);
    const byIndex = cli.summary.users;
    for (const run of runs) forgetIndex(cli, run);
    expect(await cli.run(['history', 'ana', '--json'])).to.equal(0);
    expect(cli.summary.users).to.deep.equal(byIndex);
  });

  it('16.3: a damaged index is named, and the snapshot read whole', async () => {
    const [path = ''] = pathsOf(cli, runs[1] as string, '', /index\.bin$/);
    cli.objects.set(path, Buffer.from('?'));
    expect(await cli.run(['history', 'ana'])).to.equal(0);
    expect(cli.out).to.contain('index.bin').and.to.contain('is read whole');
    expect(flat(cli)).to.contain('email ana@example.test -> a2@example.test');
  });

  it('16.3: a damaged snapshot is named and passed over, and the answer says so', async () => {
    for (const path of pathsOf(cli, runs[1] as string, '', /\.gz$/)) cli.objects.set(path, Buffer.from('?'));
    expect(await cli.run(['history', 'ana'])).to.equal(3);
    expect(flat(cli)).to.contain(`Left out, since their snapshots are damaged: ${runs[1]}`);
    expect(flat(cli)).to.contain(`${runs[2]} changed since the run ${runs[0]}`);
    expect(await cli.run(['show', 'ana', '--run', runs[1] as string])).to.equal(5);
    expect(cli.err).to.contain('its snapshot is damaged');
  });

  it('16.3: where the snapshot of one Region is damaged, that of the other is read', async () => {
    for (const path of pathsOf(cli, runs[1] as string, '', /./)) {
      const key = path.slice(path.indexOf('snapshots/'));
      const body = cli.objects.get(path) as Uint8Array;
      cli.put('eu-west-1', key, body);
      if (key.endsWith('.gz')) cli.objects.set(path, Buffer.from('?'));
    }
    expect(await cli.run(['history', 'ana'])).to.equal(0);
    expect(flat(cli)).to.contain(`${runs[1]} changed since the run ${runs[0]}`);
  });

  it('16.1: says how many runs were not looked into, since they were thinned out', async () => {
    const [path = ''] = pathsOf(cli, runs[1] as string, '', /manifest\.json$/);
    const { snapshot: _gone, ...manifest } = JSON.parse(
      Buffer.from(cli.objects.get(path) as Uint8Array).toString(),
    ) as Manifest;
    for (const one of pathsOf(cli, runs[1] as string, '', /./)) cli.objects.delete(one);
    cli.put('us-east-1', `manifests/${runs[1]}.json`, manifest);
    expect(await cli.run(['history', 'ana'])).to.equal(0);
    expect(flat(cli)).to.contain('only their manifests are kept: 1 run.');
    expect(await cli.run(['show', 'ana', '--run', runs[1] as string])).to.equal(5);
    expect(cli.err).to.contain('thinned out');
  });
});

describe('command line: one user of an identity provider', () => {
  const FEDERATED = subFor('google_1');
  let fed: InstalledCli;
  let newCli: () => InstalledCli;
  let kept: readonly string[];

  /** Three nights: somebody of Google is there; is renamed and joins a group; is deleted. Others stay. */
  before(async () => {
    const world = new WorkflowWorld();
    world.retentionDays = 30;
    const { source } = world;
    addUsers(source, 5);
    addGroups(source, [2, 1]);
    const google = (username: string, name: string): PoolUser =>
      aUser({ username, status: 'EXTERNAL_PROVIDER', attributes: { email: `${username}@gmail.test`, name } });
    for (const username of ['google_1', 'google_2', 'google_3']) source.put(google(username, 'First'));
    source.join('google_1', 'group0');
    const night = async (): Promise<void> => {
      expect(await world.export()).to.include({ status: 'SUCCEEDED' });
      await world.clock.sleep(DAY_MS);
    };
    await night();
    source.put(google('google_1', 'Second'));
    source.join('google_1', 'group1');
    await night();
    source.remove('google_1');
    await night();
    newCli = () => {
      const one = healthyCli();
      one.objects.clear();
      for (const [key, { body }] of world.objects.stored)
        if (key.startsWith('snapshots/')) one.put('us-east-1', key, body);
      one.cloud.on('ListPointInTimeRecoveries', () => ({ Restorations: [] }));
      return one;
    };
    kept = [...world.objects.stored.keys()]
      .flatMap((key) => /^snapshots\/([^/]+)\/manifest/.exec(key)?.[1] ?? [])
      .sort();
  });

  it('16.1: show finds the user by sub, username and address, with the groups', async () => {
    for (const name of [FEDERATED, 'google_1', 'GOOGLE_1@gmail.test']) {
      fed = newCli();
      expect(await fed.run(['show', name]), fed.err).to.equal(0);
      expect(flat(fed))
        .to.contain(`As the newest run that has the user, ${kept[1] ?? ''}`)
        .and.to.contain('EXTERNAL_PROVIDER')
        .and.to.contain('Second')
        .and.to.contain('group0, group1')
        .and.to.not.contain('undefined');
    }
  });

  it('16.1: history tells what changed at which run', async () => {
    fed = newCli();
    expect(await fed.run(['history', 'google_1']), fed.err).to.equal(0);
    expect(flat(fed)).to.contain('First -> Second').and.to.contain('joined').and.to.contain('vanished since the run');
  });

  it('16.3: a damaged list of them is named, and the run counts as not looked into', async () => {
    fed = newCli();
    const [path = ''] = pathsOf(fed, kept[2] ?? '', 'us-east-1', /federated/);
    fed.objects.set(path, Buffer.from('damage'));
    expect(await fed.run(['show', 'google_1'])).to.equal(3);
    expect(flat(fed)).to.contain('the users of identity providers in this snapshot cannot be read');
  });
});

const startOf = (run: string): string =>
  run.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z.*$/, '$1-$2-$3T$4:$5:$6Z');
