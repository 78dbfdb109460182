import { expect } from 'chai';
import { groupRoleMapKey } from '../../../source/domain/import/plan/group-roles.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import { cliOfWorld } from '../../support/cli/cli-of-world.ts';
import { twoNights } from '../../support/cli/living-pool.ts';
import type { InstalledCli } from '../../support/cli/installed.ts';
import { aUser } from '../../support/world/builders.ts';
import { SOURCE } from '../../support/workflows/workflow-world.ts';
import type { WorkflowWorld } from '../../support/workflows/workflow-world.ts';

const TO = ['--to', SOURCE];

/** Two nights, after the second of which a script has emptied two names, and `user9` has signed up again. */
async function damagedPool(): Promise<{
  readonly world: WorkflowWorld;
  readonly cli: InstalledCli;
  readonly run: string;
}> {
  const {
    world,
    runs: [run = ''],
  } = await twoNights();
  const { source } = world;
  for (const name of ['user5', 'user6']) {
    const user = source.find(name) as PoolUser;
    source.put({ ...user, attributes: { ...user.attributes, name: '' } });
  }
  source.remove('user9');
  source.put(
    aUser({ username: 'user9', sub: '99999999-0000-4000-8000-000000000009', created: '2026-03-02T00:00:00.000Z' }),
  );
  return { world, cli: cliOfWorld(world), run };
}

const shown = ({ out }: InstalledCli): string => out.replaceAll(/\s+/g, ' ');

describe('command line: a living pool and the workflow', () => {
  it('15.1: a restore into the pool of the backup is refused with the option that allows it; the message has the input', async () => {
    const { cli, world } = await damagedPool();
    for (const { user } of [...world.source.users.values()]) world.source.remove(user.username);
    for (const name of [...world.source.groups.keys()]) world.source.removeGroup(name);
    expect(await cli.run(['import', ...TO])).to.equal(4);
    expect(shown(cli)).to.contain('start with --accept source-pool.').and.to.not.contain('AllowSourcePool');
    expect(world.messages.at(-1)?.body.replaceAll(/\s+/g, ' ')).to.contain('start with "AllowSourcePool": true.');
    expect(await cli.run(['import', ...TO, '--accept', 'source-pool'])).to.be.oneOf([0, 3]);
    expect(world.source.size).to.be.above(0);
  });

  it('16.2: brings back a deleted user and overwritten values, tells it, and undo puts the values back', async () => {
    const { world, cli } = await damagedPool();
    const before = world.source.find('user7');
    expect(await cli.run(['restore-user', 'user3', 'user5', ...TO, '--dry-run', '--existing', 'update'])).to.equal(0);
    expect(shown(cli)).to.contain('in the pool: nothing; in the backup: Name 5');
    expect(world.source.find('user3')).to.equal(undefined);
    expect(await cli.run(['restore-user', 'user3', 'user5', ...TO, '--yes', '--existing', 'update'])).to.equal(0);
    expect(world.source.find('user3')?.attributes).to.include({ name: 'Name 3' });
    expect(world.source.find('user5')?.attributes).to.include({ name: 'Name 5' });
    expect(world.source.find('user6')?.attributes).to.include({ name: '' });
    expect(world.source.find('user7')).to.deep.equal(before);
    expect(world.writer.sentToUsers).to.deep.equal([]);
    expect(shown(cli)).to.contain('created; new sub').and.to.contain('Passwords cannot be restored');
    const [, id = ''] = /undo (\S+) --to/.exec(cli.out) ?? [];
    expect(await cli.run(['undo', id, '--dry-run'])).to.equal(0);
    expect(shown(cli)).to.contain('now: Name 5; before: nothing').and.to.contain('What was created stays: user3');
    expect(await cli.run(['undo', id, '--yes'])).to.equal(0);
    expect(world.source.find('user5')?.attributes['name'] ?? '').to.equal('');
    expect(world.source.find('user3')?.attributes).to.include({ name: 'Name 3' });
    expect(await cli.run(['report', '--selection', id])).to.equal(0);
    expect(shown(cli)).to.contain('user created').and.to.contain('user updated');
  });

  it('16.2: what somebody changed since is left by undo, and said', async () => {
    const { world, cli } = await damagedPool();
    expect(await cli.run(['restore-user', 'user5', 'user6', ...TO, '--yes', '--existing', 'update'])).to.equal(0);
    const [, id = ''] = /undo (\S+) --to/.exec(cli.out) ?? [];
    const user = world.source.find('user5') as PoolUser;
    world.source.put({ ...user, attributes: { ...user.attributes, name: 'By hand' } });
    await cli.run(['undo', id, ...TO, '--yes']);
    expect(world.source.find('user5')?.attributes).to.include({ name: 'By hand' });
    expect(world.source.find('user6')?.attributes['name'] ?? '').to.equal('');
    expect(shown(cli)).to.contain('changed since');
  });

  it('16.2: who signed up again is overwritten only when that is confirmed for this one user', async () => {
    const { world, cli, run } = await damagedPool();
    const line = ['restore-user', 'user9', ...TO, '--run', run, '--yes'];
    expect(await cli.run(line)).to.equal(3);
    expect(world.source.find('user9')?.attributes['name']).to.equal(undefined);
    cli.terminal = true;
    cli.answers = [true];
    expect(await cli.run(line)).to.equal(0);
    expect(shown(cli)).to.contain('in the pool: 2026-03-02T00:00:00.000Z; in the backup: 2025-01-02T03:04:05.000Z');
    expect(world.source.find('user9')?.attributes).to.include({ name: 'Name 9' });
    expect(world.source.find('user9')?.sub).to.equal('99999999-0000-4000-8000-000000000009');
  });

  it('16.2: a deleted group comes back with the members who are there, and --with-members brings the others', async () => {
    const { world, cli } = await damagedPool();
    world.source.remove('user9');
    const membersOf = (): string[] => [...(world.source.groups.get('group1')?.members.keys() ?? [])].sort();
    expect(await cli.run(['restore-group', 'group1', ...TO, '--dry-run'])).to.equal(0);
    expect(shown(cli)).to.contain('Group group1: will be created');
    expect(await cli.run(['restore-group', 'group1', ...TO, '--yes'])).to.equal(0);
    expect(membersOf()).to.have.length.above(0);
    const [gone = ''] = membersOf();
    world.source.remove(gone);
    world.source.removeGroup('group1');
    expect(await cli.run(['restore-group', 'group1', ...TO, '--yes'])).to.equal(0);
    expect(shown(cli)).to.contain('will not be added: the member is not in the pool');
    expect(world.source.find(gone)).to.equal(undefined);
    world.source.removeGroup('group1');
    expect(await cli.run(['restore-group', 'group1', ...TO, '--yes', '--with-members'])).to.equal(0);
    expect(world.source.find(gone)).to.not.equal(undefined);
    expect(membersOf()).to.include(gone);
  });

  it('16.2: a membership whose group the pool lacks is told as that, with what makes the group again', async () => {
    const names = ["it's%/$(id)", '--yes'];
    const {
      world,
      runs: [run = ''],
    } = await twoNights(({ source }) => {
      for (const name of names) {
        source.putGroup({ name });
        source.join('user3', name);
        for (let n = 10; n < 30; n += 1) source.join(`user${n}`, name);
      }
    });
    for (const name of names) world.source.removeGroup(name);
    const cli = cliOfWorld(world);
    const few = ['restore-user', 'user3', ...TO];
    expect(await cli.run([...few, '--dry-run', '--stack', 'Backup'])).to.equal(0);
    expect(shown(cli))
      .to.contain('group --yes will not be added: the group is not in the pool')
      .and.to.match(/restore-group --to \S+ --run \S+ --dry-run --stack Backup -- (--yes )?'it'\\''s%\/\$\(id\)'/)
      .and.to.not.contain('gone from the pool');
    expect(await cli.run([...few, '--yes'])).to.equal(0);
    expect(shown(cli))
      .to.contain('not added; the group is not in the pool')
      .and.to.contain('2 memberships in 2 groups');
    const many = Array.from({ length: 20 }, (_, n) => `user${n + 10}`);
    for (const name of many) world.source.remove(name);
    expect(await cli.run(['restore-user', ...many, ...TO, '--yes'])).to.equal(0);
    expect(shown(cli)).to.contain('40 memberships not added: the group is not in the pool');
    expect(await cli.run(['restore-group', ...TO, '--run', run, '--yes', '--', ...names])).to.equal(0);
    expect(world.source.groups.get('--yes')?.members.size).to.equal(21);
  });

  it('16.2: why somebody cannot be restored is said before anything is written, also where nothing is', async () => {
    const { world } = await twoNights(({ source }) => {
      source.put(aUser({ username: 'never', status: 'UNCONFIRMED' }));
      for (let n = 0; n < 25; n += 1) source.put(aUser({ username: `never${n}`, status: 'UNCONFIRMED' }));
    });
    for (const name of ['never', ...Array.from({ length: 25 }, (_, n) => `never${n}`)]) world.source.remove(name);
    const cli = cliOfWorld(world);
    expect(await cli.run(['restore-user', 'never', ...TO, '--yes'])).to.equal(3);
    expect(shown(cli))
      .to.contain('never confirmed the sign-up')
      .and.to.contain('--accept unconfirmed')
      .and.to.not.contain('another empty pool');
    const [, id = ''] = /Next \S+ report --selection (\S+) --to/.exec(shown(cli)) ?? [];
    expect(await cli.run(['report', '--selection', id])).to.equal(0);
    expect(shown(cli)).to.contain('user failed: Unconfirmed 1');
    const many = Array.from({ length: 25 }, (_, n) => `never${n}`);
    expect(await cli.run(['restore-user', ...many, ...TO, '--dry-run'])).to.equal(3);
    expect(shown(cli)).to.contain('25 users cannot be restored: Unconfirmed');
    expect(await cli.run(['restore-user', 'never', ...TO, '--yes', '--accept', 'unconfirmed'])).to.equal(0);
  });

  it('16.2: an account with more than the backup holds is not called the same: what stays is named', async () => {
    const { world, cli } = await damagedPool();
    for (const name of ['user5', 'user7']) {
      const user = world.source.find(name) as PoolUser;
      world.source.put({ ...user, attributes: { ...user.attributes, nickname: 'set by a script' } });
    }
    const line = ['restore-user', 'user5', 'user7', ...TO, '--existing', 'update'];
    expect(await cli.run([...line, '--dry-run'])).to.equal(0);
    expect(shown(cli)).to.match(/user7 \(\S+ \S+\): has what the backup holds Stays as the pool has it: nickname\./);
    expect(shown(cli).match(/Stays as the pool has it: nickname\./g)).to.have.length(2);
    expect(await cli.run([...line, '--yes'])).to.equal(0);
    expect(world.source.find('user5')?.attributes).to.include({ name: 'Name 5', nickname: 'set by a script' });
    expect(world.source.find('user7')?.attributes).to.include({ nickname: 'set by a script' });
  });

  it('16.2: of an account that is the same user by the map of subs nothing is shown that nobody writes', async () => {
    const { world, cli } = await damagedPool();
    const user = world.source.find('user8') as PoolUser;
    world.source.put({ ...user, enabled: false });
    await world.export();
    world.source.remove('user8');
    expect(await cli.run(['restore-user', 'user8', ...TO, '--dry-run'])).to.equal(0);
    expect(shown(cli)).to.contain('enabled in the pool: nothing; in the backup: false');
    expect(await cli.run(['restore-user', 'user3', ...TO, '--yes'])).to.equal(0);
    const back = world.source.find('user3') as PoolUser;
    world.source.put({ ...back, attributes: { ...back.attributes, name: 'By hand' } });
    expect(await cli.run(['restore-user', 'user3', ...TO, '--existing', 'update', '--dry-run'])).to.equal(0);
    expect(shown(cli))
      .to.contain('in the pool: By hand; in the backup: Name 3')
      .and.to.not.match(/ (status|created) in the pool/);
  });

  describe('groups with IAM roles', () => {
    const [OURS, OTHER] = ['ours', 'other'].map((name) => `arn:aws:iam::111122223333:role/${name}`) as [string, string];
    const ofGroup1 = ({ source }: WorkflowWorld) => source.groups.get('group1')?.group;

    /** A pool that lost `group1`, and a map that gives it a role. */
    async function withMap(): Promise<Awaited<ReturnType<typeof damagedPool>>> {
      const pool = await damagedPool();
      pool.world.groupRoles = { mode: 'MAP', allowed: [OURS] };
      pool.world.writer.passableRoles = new Set([OURS]);
      await pool.world.objects.put(groupRoleMapKey(SOURCE), JSON.stringify({ 'us-east-1': { group1: OURS } }));
      return pool;
    }

    it('16.2: restore-group --group-roles gives a group that is made the role of the map, and without it none', async () => {
      const { world, cli } = await withMap();
      expect(await cli.run(['restore-group', 'group1', ...TO, '--yes'])).to.equal(0);
      expect(ofGroup1(world)).to.include({ name: 'group1' }).and.to.not.have.property('roleArn');
      world.source.removeGroup('group1');
      expect(await cli.run(['restore-group', 'group1', ...TO, '--yes', '--group-roles'])).to.equal(0);
      expect(ofGroup1(world)).to.include({ roleArn: OURS });
    });

    it('16.2: restore-group --group-roles overwrites a group that has this very role, and undo --group-roles puts it back', async () => {
      const { world, cli } = await withMap();
      const update = ['restore-group', 'group1', ...TO, '--yes', '--existing', 'update'];
      const bad = { name: 'group1', description: 'Bad', precedence: 9, roleArn: OURS };
      world.source.putGroup(bad);
      expect(await cli.run(update)).to.equal(3);
      expect(ofGroup1(world)).to.include(bad);
      expect(await cli.run([...update, '--group-roles'])).to.equal(0);
      expect(ofGroup1(world)).to.include({ roleArn: OURS }).and.to.not.include({ description: 'Bad' });
      const [, id = '', more = ''] = /undo (\S+) --to \S+( --group-roles)?/.exec(cli.out) ?? [];
      expect(more).to.equal(' --group-roles');
      expect(await cli.run(['undo', id, '--yes'])).to.equal(3);
      expect(ofGroup1(world)).to.not.include({ description: 'Bad' });
      expect(await cli.run(['undo', id, '--yes', '--group-roles'])).to.equal(0);
      expect(ofGroup1(world)).to.include(bad);
    });

    it('16.2: a map that GroupRoles does not allow, or that is not there, is one message, and nothing is written', async () => {
      for (const [spoil, told] of [
        [({ objects }: WorkflowWorld) => objects.deleteAll([groupRoleMapKey(SOURCE)]), 'write it first'],
        [(world: WorkflowWorld) => void (world.groupRoles = { mode: 'REPORT', allowed: [] }), 'GroupRoles is REPORT'],
        [(world: WorkflowWorld) => void (world.groupRoles = { mode: 'MAP', allowed: [OTHER] }), 'does not list'],
      ] as const) {
        const { world, cli } = await withMap();
        await spoil(world);
        expect(await cli.run(['restore-group', 'group1', ...TO, '--yes', '--group-roles'])).to.equal(4);
        expect(shown(cli)).to.contain(told);
        expect(ofGroup1(world)).to.equal(undefined);
      }
    });
  });

  it('16.2: --existing fail halts before the first write', async () => {
    const { world, cli } = await damagedPool();
    expect(await cli.run(['restore-user', 'user3', 'user5', ...TO, '--yes', '--existing', 'fail'])).to.equal(4);
    expect(world.source.find('user3')).to.equal(undefined);
    expect(world.source.find('user5')?.attributes).to.include({ name: '' });
  });
});
