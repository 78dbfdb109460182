import { expect } from 'chai';
import { headKey } from '../../../../../source/domain/import/plan/restore-head.ts';
import type { RestoreHead } from '../../../../../source/domain/import/plan/restore-head.ts';
import { NEW_POOL, options } from '../../../../support/import/planning-world.ts';
import { aUser } from '../../../../support/world/builders.ts';
import {
  backedUpUser,
  checkPool,
  haltOfCheck,
  putEarlierHead,
  putEarlierPlan,
} from '../../../../support/import/new-user-pool.ts';

describe('checkNewUserPool: a restore that has begun', () => {
  it('resumes a restore that began to write, although the pool is no longer empty', async () => {
    for (const phase of ['writing', 'partial'] as const) {
      const world = backedUpUser();
      await putEarlierHead(world, phase);
      world.target.put(aUser());
      expect(await checkPool(world)).to.deep.equal({
        restoreId: 'earlier',
        phase,
        resumed: true,
        mayCreateUsers: true,
      });
    }
  });

  it('plans again while nothing was written', async () => {
    const world = backedUpUser();
    await putEarlierHead(world, 'planning');
    const opened = await checkPool(world);
    expect(opened.restoreId).not.to.equal('earlier');
    expect(world.objects.json<RestoreHead>(headKey(NEW_POOL)).restoreId).to.equal(opened.restoreId);
    world.target.put(aUser());
    expect(await haltOfCheck(world)).to.have.property('name', 'UserPoolNotEmpty');
  });

  it('halts for a restore that is complete', async () => {
    const world = backedUpUser();
    await putEarlierHead(world, 'complete');
    expect(await haltOfCheck(world)).to.have.property('name', 'AlreadyRestored');
  });

  it('halts when another table, or unconfirmed users, are asked for than the restore in force brings back', async () => {
    for (const phase of ['writing', 'partial'] as const) {
      const world = backedUpUser();
      await putEarlierHead(world, phase);
      await putEarlierPlan(world, { tableName: 'other-table' });
      const table = await haltOfCheck(world, { backupTableName: 'backup-table' });
      expect(table.name).to.equal('InvalidInput');
      expect(table.message).to.match(
        /names another table, but the restore earlier .* has begun with the table other-table\. Start without "BackupTableName" to continue/,
      );
      const unconfirmed = await haltOfCheck(world, { restoreUnconfirmed: true });
      expect(unconfirmed.name).to.equal('InvalidInput');
      expect(unconfirmed.message).to.match(
        /has begun without it\. Start without "RestoreUnconfirmed" to continue it, or create another empty pool/,
      );
    }
  });

  it('continues a restore that is asked for as it was planned, or with less', async () => {
    const world = backedUpUser();
    await putEarlierHead(world, 'writing');
    await putEarlierPlan(world, {
      options: options({ restoreUnconfirmed: true, backupTableName: 'backup-table' }),
      tableName: 'backup-table',
    });
    for (const over of [{}, { restoreUnconfirmed: true, backupTableName: 'backup-table' }, { acceptIncomplete: true }])
      expect(await checkPool(world, over)).to.include({ restoreId: 'earlier', resumed: true });
  });
});
