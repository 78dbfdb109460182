import { expect } from 'chai';
import { keepSnapshot } from '../../../../support/import/kept-snapshot.ts';
import { NEW_POOL, options, PlanningWorld } from '../../../../support/import/planning-world.ts';
import { SEALED_RUN, sealBackup } from '../../../../support/import/sealed-backup.ts';
import { aUser } from '../../../../support/world/builders.ts';
import {
  backedUpUser,
  checkPool,
  haltOfCheck,
  putEarlierHead,
  putEarlierPlan,
} from '../../../../support/import/new-user-pool.ts';

describe('checkNewUserPool asked for a kept run', () => {
  it('opens a restore when it is kept, also without any export that the table holds', async () => {
    const world = new PlanningWorld();
    world.source.put(aUser());
    keepSnapshot(world.objects, world.table, sealBackup(world.table, world.source));
    world.table.clear();
    expect(await haltOfCheck(world)).to.have.property('name', 'NoSealedBackup');
    expect(await checkPool(world, { exportRun: SEALED_RUN })).to.include({ phase: 'planning', resumed: false });
  });

  it('halts when it is not kept, and takes its source pool for what it is', async () => {
    const world = backedUpUser();
    expect(await haltOfCheck(world, { exportRun: SEALED_RUN })).to.have.property('name', 'ExportRunNotFound');
    expect(world.objects.stored.size).to.equal(0);
    const manifest = sealBackup(world.table, world.source);
    world.table.clear();
    keepSnapshot(world.objects, world.table, { ...manifest, userPoolId: NEW_POOL });
    expect(await haltOfCheck(world, { exportRun: SEALED_RUN })).to.have.property('name', 'SourcePoolRefused');
  });

  it('continues a restore of that run, whether or not the start names it again', async () => {
    for (const phase of ['writing', 'partial'] as const) {
      const world = backedUpUser();
      await putEarlierHead(world, phase);
      await putEarlierPlan(world, { runId: SEALED_RUN, options: options({ exportRun: SEALED_RUN }) });
      for (const over of [{}, { exportRun: SEALED_RUN }])
        expect(await checkPool(world, over)).to.include({ restoreId: 'earlier', resumed: true });
    }
  });

  it('halts when the restore in force brings back something else', async () => {
    for (const [plan, found] of [
      [{ runId: '20260228T000000Z-11111111' }, /has begun with the export 20260228T000000Z-11111111\./],
      [
        { runId: SEALED_RUN, interrupted: { runId: '20260302T000000Z-11111111', items: 1 } },
        /the table as it was after the export/,
      ],
      [
        {
          runId: SEALED_RUN,
          incomplete: {
            expected: { users: 2, groups: 0, memberships: 0 },
            found: { users: 1, groups: 0, memberships: 0 },
            differingBuckets: 1,
            damagedItems: 0,
          },
        },
        /the table as it was after the export/,
      ],
    ] as const) {
      const world = backedUpUser();
      await putEarlierHead(world, 'writing');
      await putEarlierPlan(world, { ...plan, options: options() });
      const error = await haltOfCheck(world, { exportRun: SEALED_RUN });
      expect(error.name, error.message).to.equal('InvalidInput');
      expect(error.message)
        .to.match(found)
        .and.to.match(/Start without "ExportRun" to continue/);
      expect(await checkPool(world)).to.include({ resumed: true });
    }
  });
});
