import { expect } from 'chai';
import { userItem, userKey } from '../../../../../source/domain/backup/items.ts';
import { openItem } from '../../../../../source/domain/backup/manifest.ts';
import type { PoolUser } from '../../../../../source/domain/model.ts';
import { PlanningWorld } from '../../../../support/import/planning-world.ts';
import { SEALED_RUN, sealBackup } from '../../../../support/import/sealed-backup.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addUsers } from '../../../../support/world/builders.ts';
import { oddUsersWorld } from '../../../../support/import/odd-users-world.ts';

const OTHER_RUN = '20260302T000000Z-11111111';

describe('scanTable: a backup that is behind, damaged or being changed', () => {
  it('A2: checks the table also while a run is open that names no plan, as earlier versions left it', async () => {
    const world = oddUsersWorld();
    sealBackup(world.table, world.source);
    world.table.seed(openItem({ runId: OTHER_RUN, openedAt: '2026-03-02T00:00:00.000Z' }));
    await world.scan();
    expect(world.plan().interrupted).to.deep.equal({ runId: OTHER_RUN, items: 0 });
    expect(world.plan().remarks?.join()).to.include(`The export ${OTHER_RUN} of an earlier version was interrupted`);

    const changed = oddUsersWorld();
    sealBackup(changed.table, changed.source);
    changed.table.seed(openItem({ runId: OTHER_RUN, openedAt: '2026-03-02T00:00:00.000Z' }));
    const user = changed.source.find('user1') as PoolUser;
    changed.table.seed(userItem({ ...user, enabled: false }, 'username', OTHER_RUN));
    const error = await rejection(changed.scan());
    expect(error.name).to.equal('ReplicaBehind');
    expect(error.message)
      .to.match(
        /1 of 256 checksums differs; the export 20260302T000000Z-11111111 of an earlier version was interrupted/,
      )
      .and.to.include('keeps no good snapshot');
  });

  it('ignores an OPEN marker of the run that is sealed', async () => {
    const world = oddUsersWorld();
    sealBackup(world.table, world.source);
    world.table.seed(openItem({ runId: SEALED_RUN, openedAt: '2026-03-01T00:00:00.000Z' }));
    await world.scan();
    expect(world.plan().interrupted).to.equal(undefined);
  });

  it('waits for a replica that is behind and plans from what arrives', async () => {
    const world = oddUsersWorld();
    sealBackup(world.table, world.source);
    const late = world.table
      .all()
      .filter(({ id }) => id.startsWith('USER#'))
      .slice(0, 3);
    for (const { id, type } of late) await world.table.deleteItems([{ id, type }]);
    const scan = world.scan();
    void world.clock.sleep(100_000).then(() => late.forEach((item) => world.table.seed(item)));
    expect(await scan).to.include({ done: true, byCsv: 21 });
    expect(world.clock.elapsed).to.be.within(100_000, 150_000);
  });

  it('halts with ReplicaBehind after five minutes, or accepts and reports it', async () => {
    const world = oddUsersWorld();
    sealBackup(world.table, world.source);
    const [{ id, type }] = world.table.all().filter((item) => item.type === 'MEMBER_OF#all') as [
      { id: string; type: string },
    ];
    await world.table.deleteItems([{ id, type }]);
    const error = await rejection(world.scan());
    expect(error.name).to.equal('ReplicaBehind');
    expect(error.message).to.match(
      /24 users, 3 groups and 25 memberships.*24 users, 3 groups and 26 memberships.*1 of 256.*AcceptIncomplete/,
    );
    expect(world.clock.elapsed).to.be.within(300_000, 330_000);
    const accepted = new PlanningWorld();
    addUsers(accepted.source, 5);
    sealBackup(accepted.table, accepted.source);
    await accepted.table.deleteItems([userKey(accepted.source.find('user2')?.sub as string)]);
    await accepted.scan({ acceptIncomplete: true });
    expect(accepted.plan().incomplete).to.deep.equal({
      expected: { users: 5, groups: 0, memberships: 0 },
      found: { users: 4, groups: 0, memberships: 0 },
      differingBuckets: 1,
      damagedItems: 0,
    });
  });

  it('halts with ChecksumDiffers for items that do not match their hash, also while an export is interrupted; AcceptIncomplete restores and reports them', async () => {
    for (const interrupted of [false, true]) {
      const world = oddUsersWorld();
      sealBackup(world.table, world.source);
      if (interrupted)
        world.table.seed(openItem({ runId: '20260302T000000Z-11111111', openedAt: '2026-03-02T00:00:00.000Z' }));
      const key = userKey(world.source.find('user1')?.sub as string);
      world.table.seed({ ...world.table.peek(key), ...key, username: 'canary' });
      const error = await rejection(world.scan());
      expect(error.name).to.equal('ChecksumDiffers');
      expect(error.message)
        .to.match(/^1 item of the backup table backup-table.*ExportRun.*AcceptIncomplete/)
        .and.not.match(/canary/);
      expect(world.clock.elapsed).to.be.below(60_000);
      await world.scan({ acceptIncomplete: true });
      expect(world.plan().incomplete).to.include({ damagedItems: 1, differingBuckets: 1 });
      expect(world.plan().interrupted === undefined).to.equal(!interrupted);
    }
  });
});
