import { expect } from 'chai';
import { differences } from '../../../../support/import/differences.ts';
import { NEW_POOL } from '../../../../support/import/planning-world.ts';
import { RestoreWorld } from '../../../../support/import/restore-world.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addUsers } from '../../../../support/world/builders.ts';

const HOUR = 3_600_000;

async function world(): Promise<RestoreWorld> {
  const made = new RestoreWorld();
  addUsers(made.source, 10);
  return made.planned();
}

/** Refuses to create jobs while `busy` holds. */
function refuseCreation(restore: RestoreWorld, busy: () => boolean, answer: 'busy' | 'limit' = 'busy'): void {
  const create = restore.jobs.createJob;
  restore.jobs.createJob = (poolId, name) => (busy() ? Promise.resolve(answer as never) : create(poolId, name));
}

describe('While another import job of the account is active', () => {
  it('a restore waits for hours on the same job, with few looks', async () => {
    const restore = await world();
    restore.jobs.knobs.busyStarts = Infinity;
    const end = restore.clock.now() + 12 * HOUR;
    const sleep = restore.clock.sleep.bind(restore.clock);
    restore.clock.sleep = async (ms) => {
      await sleep(ms);
      if (restore.clock.now() >= end) restore.jobs.knobs.busyStarts = 0;
    };
    await restore.execute();
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
    expect(restore.calls.countOf('jobs.createJob')).to.equal(1);
    expect(restore.turns).to.be.within(12 * 12, 12 * 12 + 40);
  });

  for (const answer of ['busy', 'limit'] as const) {
    it(`a restore waits also when it is the creation of the job that is refused (${answer})`, async () => {
      const restore = await world();
      let left = 3;
      refuseCreation(restore, () => (left -= 1) >= 0, answer);
      const from = restore.clock.elapsed;
      await restore.execute();
      expect(restore.clock.elapsed - from).to.be.at.least(90_000);
      expect(differences(restore.source, restore.target)).to.deep.equal([]);
    });
  }

  it('a restore does not wait for a pool that has had all the jobs it may have', async () => {
    const restore = await world();
    for (let n = 0; n < 1_000; n += 1) await restore.jobs.createJob(NEW_POOL, `earlier-${n}`);
    refuseCreation(restore, () => true, 'limit');
    const from = restore.clock.elapsed;
    const error = await rejection(restore.execute());
    expect(error).to.include({ name: 'ImportJobFailed' });
    expect(error.message).to.match(/has had 1,000 import jobs.*another new pool/);
    expect(restore.clock.elapsed - from).to.be.below(30_000);
  });

  it('a restore stops after two days with what to do, and goes on when it is started again', async () => {
    const restore = await world();
    let busy = true;
    refuseCreation(restore, () => busy);
    const from = restore.clock.elapsed;
    const error = await rejection(restore.execute('execution-1'));
    expect(error).to.include({ name: 'ImportJobFailed' });
    expect(error.message).to.match(/48 hours.*another import job/);
    expect(restore.clock.elapsed - from).to.be.within(48 * HOUR, 49 * HOUR);
    busy = false;
    await restore.execute('execution-2');
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
  });
});
