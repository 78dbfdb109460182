import { expect } from 'chai';
import { LATEST_KEY, manifestKey } from '../../../../source/domain/backup/manifest.ts';
import { Fault } from '../../../../source/domain/errors.ts';
import { lastSealedText, tellingLastSealed } from '../../../../source/domain/export/last-sealed.ts';
import { exportedPool } from '../../../support/export/exported-pool.ts';
import { ExportRunner, POOL_ID } from '../../../support/export/export-runner.ts';
import { rejection } from '../../../support/rejection.ts';
import { World } from '../../../support/world/world.ts';

describe('what an export that must not change the backup says of it', () => {
  it('names the last sealed run and what a restore brings, when the pool is gone', async () => {
    const { world } = await exportedPool();
    world.pools.delete(POOL_ID);
    const runId = world.table.peek(LATEST_KEY)?.runId as string;
    const error = await rejection(tellingLastSealed(world.table, () => new ExportRunner(world).run()));
    expect(error).to.have.property('name', 'UserPoolNotFound');
    expect(error.message)
      .to.include(POOL_ID)
      .and.to.include(`The last sealed export is ${runId} of 2026-`)
      .and.to.include('brings back its 100 users, 0 groups and 0 memberships');
  });

  it('says so when there is nothing to restore, or no manifest', async () => {
    expect(await lastSealedText(new World().table)).to.include('nothing to restore');
    const { world } = await exportedPool();
    const runId = world.table.peek(LATEST_KEY)?.runId as string;
    await world.table.deleteItems([manifestKey(runId)]);
    expect(await lastSealedText(world.table)).to.include(`${runId}; its manifest is missing`);
  });

  it('leaves other errors and results as they are', async () => {
    const { world } = await exportedPool();
    const fault = new Fault('ServiceError', 'injected');
    expect(await rejection(tellingLastSealed(world.table, () => Promise.reject(fault)))).to.equal(fault);
    expect(await tellingLastSealed(world.table, () => Promise.resolve(7))).to.equal(7);
  });
});
