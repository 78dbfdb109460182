import { expect } from 'chai';
import { LATEST_KEY, OPEN_KEY } from '../../../../../source/domain/backup/manifest.ts';
import type { Attributes } from '../../../../../source/domain/model.ts';
import { actualItems, expectedItems } from '../../../../support/export/expected-table.ts';
import { exportedPool, removeUsers } from '../../../../support/export/exported-pool.ts';
import type { ExportedPool } from '../../../../support/export/exported-pool.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addGroups, addUsers, aGroup } from '../../../../support/world/builders.ts';
import type { MemoryPool } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import type { World } from '../../../../support/world/world.ts';

const HOURS = 3_600_000;

describe('clean-up of the backup table: mass-change guard', () => {
  let world: World;
  let pool: MemoryPool;
  let run: ExportedPool['run'];
  beforeEach(async () => {
    ({ world, pool, run } = await exportedPool());
  });

  /** Gives users, by their numbers from and without, these attributes besides those they have. */
  const give = (attributes: Attributes, from = 0, to = 100): void => {
    for (let n = from; n < to; n += 1) {
      const user = pool.find(`user${n}`);
      if (user !== undefined) pool.put({ ...user, attributes: { ...user.attributes, ...attributes } });
    }
  };

  it('A1: refuses when the names of more than half of the users are overwritten, and changes nothing', async () => {
    const before = world.table.all();
    const sealed = world.table.peek(LATEST_KEY)?.runId as string;
    give({ name: 'NULL' }, 0, 51);
    give({ locale: 'xx' }, 0, 1);
    addUsers(pool, 5, { prefix: 'new' });
    const error = await rejection(run());
    expect(error).to.have.property('name', 'MassChangeRefused');
    expect(error.message)
      .to.include('51 of 100 users (51.0 %)')
      .and.to.include('name (51 users)')
      .and.to.include('add 5 users, 0 groups and 0 memberships, change 51 users')
      .and.to.include(`The last sealed export is ${sealed} of `)
      .and.to.include('brings back its 100 users')
      .and.to.include('{"AllowMassChange": true}')
      .and.to.match(/kept as a snapshot, marked as refused.*\{"ExportRun": "\d{8}T\d{6}Z-[0-9a-f]{8}"\}/);
    expect(error.message).to.not.match(/user\d|example\.test/);
    expect(world.table.all()).to.deep.equal(before);
    expect(world.table.peek(OPEN_KEY)).to.equal(undefined);
    expect((await run({ allowMassChange: true })).changed.users).to.equal(51);
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  it('A1: tells deletions and changes together', async () => {
    give({ name: 'NULL' });
    removeUsers(pool, 0, 30);
    const error = await rejection(run({ keepSnapshot: false }));
    expect(error).to.have.property('name', 'MassDeleteRefused');
    expect(error.message)
      .to.include('30 of 100 users (30.0 %)')
      .and.to.include('70 of 100 users (70.0 %)')
      .and.to.include('{"AllowMassDelete": true, "AllowMassChange": true}')
      .and.to.not.include('ExportRun');
    expect(await rejection(run({ allowMassDelete: true }))).to.have.property('name', 'MassChangeRefused');
    await run({ allowMassDelete: true, allowMassChange: true });
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  it('A: counts the exports of 24 hours together, and a user who changed in several of them once', async () => {
    give({ name: 'NULL' }, 0, 50);
    await run();
    world.clock.advance(HOURS);
    give({ name: 'NULL again' }, 0, 50);
    await run();
    world.clock.advance(HOURS);
    give({ name: 'NULL' }, 50, 51);
    expect((await rejection(run())).message).to.include(
      '51 of 100 users (51.0 %), 50 of them by exports of the last 24 hours',
    );
    world.clock.advance(23 * HOURS);
    expect((await run()).changed.users).to.equal(1);
  });

  it('A: does not count what was allowed towards later runs', async () => {
    give({ name: 'NULL' });
    await run({ allowMassChange: true });
    world.clock.advance(HOURS);
    give({ name: 'repaired' }, 0, 50);
    expect((await run()).changed.users).to.equal(50);
  });

  it('A: lets any number of additions pass: new users, new groups, and values where none were held', async () => {
    addUsers(pool, 500, { prefix: 'new' });
    addGroups(pool, [100, 50]);
    give({ 'custom:plan': 'gold' });
    expect((await run()).added).to.deep.include({ users: 500, groups: 2 });
  });

  it('A: does not count attributes named in UncountedAttributes', async () => {
    give({ 'custom:last_login': '1' });
    await run();
    give({ 'custom:last_login': '2' });
    const error = await rejection(run());
    expect(error.message).to.include('custom:last_login (100 users)');
    const manifest = await run({ uncountedAttributes: ['custom:last_login'] });
    expect(manifest.changed.users).to.equal(100);
    expect(manifest.uncounted).to.deep.equal({ attributes: ['custom:last_login'], users: 100 });
  });

  it('A: counts users who are disabled, and groups that lose their roles', async () => {
    for (let n = 0; n < 12; n += 1) pool.putGroup(aGroup({ name: `role${n}`, roleArn: `arn:aws:iam::1:role/r${n}` }));
    await run();
    for (const { user } of [...pool.users.values()]) pool.put({ ...user, enabled: false });
    for (let n = 0; n < 12; n += 1) pool.putGroup(aGroup({ name: `role${n}` }));
    const { message } = await rejection(run());
    expect(message)
      .to.match(/enabled \(\d\d users\)/)
      .and.to.include('12 of 12 groups')
      .and.to.include('roleArn (12 groups)');
  });
});
