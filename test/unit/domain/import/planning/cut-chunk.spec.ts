import { expect } from 'chai';
import type { RestoreUser } from '../../../../../source/domain/import/plan/plan-model.ts';
import { csvHeaderLine, csvLine } from '../../../../../source/domain/import/csv/csv-line.ts';
import { PlanningWorld } from '../../../../support/import/planning-world.ts';
import { sealBackup } from '../../../../support/import/sealed-backup.ts';
import { aGroup, aUser } from '../../../../support/world/builders.ts';

const verified = (username: string, over: Record<string, string> = {}): Record<string, string> => ({
  email: `${username}@example.test`,
  email_verified: 'true',
  ...over,
});

describe('chunks', () => {
  it('end before their CSV grows beyond the limit, counted in bytes', async () => {
    const world = new PlanningWorld();
    for (let n = 0; n < 40; n++)
      world.source.put(aUser({ username: `user${n}`, attributes: verified(`user${n}`, { name: '山'.repeat(100) }) }));
    sealBackup(world.table, world.source);
    const limit = 2_000;
    await world.scan({}, { limits: { firstChunkUsers: 100, chunkUsers: 100, chunkBytes: limit } });
    const plan = world.plan();
    expect(plan.chunks.length).to.be.greaterThan(5);
    world.chunkUsers().forEach((users: RestoreUser[], index) => {
      const csv =
        csvHeaderLine(plan.csvHeader) + users.map((user) => csvLine(user, plan.csvHeader, plan.mfaFlag)).join('');
      expect(Buffer.byteLength(csv)).to.equal(plan.chunks[index]?.csvBytes).and.to.be.at.most(limit);
    });
  });

  it('hold at most 500 operations per batch', async () => {
    const world = new PlanningWorld();
    for (let n = 0; n < 70; n++)
      world.source.put(
        aUser({ username: `user${n}`, attributes: verified(`user${n}`, n < 10 ? { address: 'a\nb' } : {}) }),
      );
    for (let group = 0; group < 20; group++) {
      world.source.putGroup(aGroup({ name: `g${group}` }));
      for (let n = 0; n < 70; n++) world.source.join(`user${n}`, `g${group}`);
    }
    sealBackup(world.table, world.source);
    await world.scan();
    const batches = world.batchOps();
    expect(batches.map(({ ops }) => ops.length)).to.deep.equal([210, 500, 500, 200]);
    expect(batches.map(({ chunk }) => chunk)).to.deep.equal([null, 0, 0, 0]);
  });

  it('leave users who are created one by one whole, in batches of at most 500 operations', async () => {
    const world = new PlanningWorld();
    for (let n = 0; n < 60; n++)
      world.source.put(aUser({ username: `user${n}`, attributes: { email_verified: 'false' } }));
    for (let group = 0; group < 20; group++) {
      world.source.putGroup(aGroup({ name: `g${group}` }));
      for (let n = 0; n < 60; n++) world.source.join(`user${n}`, `g${group}`);
    }
    sealBackup(world.table, world.source);
    await world.scan();
    // 21 operations per user: 23 users fit.
    expect(world.batchOps().map(({ ops }) => ops.length)).to.deep.equal([483, 483, 294]);
    expect(world.batchOps().every(({ ops }) => ops[0]?.op === 'create')).to.equal(true);
  });

  it('are not made of users who are all created one by one', async () => {
    const world = new PlanningWorld();
    for (let n = 0; n < 3; n++)
      world.source.put(aUser({ username: `user${n}`, attributes: { email_verified: 'false' } }));
    sealBackup(world.table, world.source);
    await world.scan();
    expect(world.plan().chunks).to.deep.equal([]);
    expect([...world.objects.stored.keys()].some((key) => key.includes('/chunks/'))).to.equal(false);
  });
});
