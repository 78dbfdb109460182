import { expect } from 'chai';
import { addGroups, addUsers } from '../../support/world/builders.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import { WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import { healthyCli } from '../../support/cli/healthy.ts';
import type { InstalledCli } from '../../support/cli/installed.ts';

const DAY_MS = 86_400_000;

interface KeptNights {
  readonly cli: InstalledCli;
  /** Ids of the runs, the oldest first. */
  readonly runs: readonly string[];
  readonly world: WorkflowWorld;
}

/** Four nights: nothing, three users deleted, a script that empties a name of 40 %, a group deleted. */
async function fourNights(): Promise<KeptNights> {
  const world = new WorkflowWorld();
  world.retentionDays = 30;
  const { source } = world;
  addUsers(source, 100);
  addGroups(source, [60, 20]);
  const night = async (): Promise<void> => {
    expect(await world.export({ AllowMassChange: true, AllowMassDelete: true })).to.include({ status: 'SUCCEEDED' });
    await world.clock.sleep(DAY_MS);
  };
  await night();
  for (const name of ['user3', 'user50', 'user99']) source.remove(name);
  await night();
  for (let n = 10; n < 50; n += 1) {
    const user = source.find(`user${n}`) as PoolUser;
    source.put({ ...user, attributes: { ...user.attributes, name: '' }, modified: '2026-05-05T05:05:05.000Z' });
  }
  await night();
  source.removeGroup('group1');
  await night();
  const cli = healthyCli();
  cli.objects.clear();
  for (const [key, { body }] of world.objects.stored) if (key.startsWith('snapshots/')) cli.put('us-east-1', key, body);
  const runs = [...world.objects.stored.keys()].flatMap((key) => /^snapshots\/([^/]+)\/manifest/.exec(key)?.[1] ?? []);
  return { cli, runs: runs.sort(), world };
}

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
});
