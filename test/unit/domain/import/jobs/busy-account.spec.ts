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
function refuseCreation(it: RestoreWorld, busy: () => boolean, answer: 'busy' | 'limit' = 'busy'): void {
  const create = it.jobs.createJob;
  it.jobs.createJob = (poolId, name) => (busy() ? Promise.resolve(answer as never) : create(poolId, name));
}

describe('While another import job of the account is active', () => {
  it('a restore waits for hours on the same job, with few looks', async () => {
    const it = await world();
    it.jobs.knobs.busyStarts = Infinity;
    const end = it.clock.now() + 12 * HOUR;
    const sleep = it.clock.sleep.bind(it.clock);
    it.clock.sleep = async (ms) => {
      await sleep(ms);
      if (it.clock.now() >= end) it.jobs.knobs.busyStarts = 0;
    };
    await it.execute();
    expect(differences(it.source, it.target)).to.deep.equal([]);
    expect(it.calls.countOf('jobs.createJob')).to.equal(1);
    expect(it.turns).to.be.within(12 * 12, 12 * 12 + 40);
  });

  for (const answer of ['busy', 'limit'] as const) {
    it(`a restore waits also when it is the creation of the job that is refused (${answer})`, async () => {
      const it = await world();
      let left = 3;
      refuseCreation(it, () => (left -= 1) >= 0, answer);
      const from = it.clock.elapsed;
      await it.execute();
      expect(it.clock.elapsed - from).to.be.at.least(90_000);
      expect(differences(it.source, it.target)).to.deep.equal([]);
    });
  }

  it('a restore does not wait for a pool that has had all the jobs it may have', async () => {
    const it = await world();
    for (let n = 0; n < 1_000; n += 1) await it.jobs.createJob(NEW_POOL, `earlier-${n}`);
    refuseCreation(it, () => true, 'limit');
    const from = it.clock.elapsed;
    const error = await rejection(it.execute());
    expect(error).to.include({ name: 'ImportJobFailed' });
    expect(error.message).to.match(/has had 1000 import jobs.*another new pool/);
    expect(it.clock.elapsed - from).to.be.below(30_000);
  });

  it('a restore stops after two days with what to do, and goes on when it is started again', async () => {
    const it = await world();
    let busy = true;
    refuseCreation(it, () => busy);
    const from = it.clock.elapsed;
    const error = await rejection(it.execute('execution-1'));
    expect(error).to.include({ name: 'ImportJobFailed' });
    expect(error.message).to.match(/48 hours.*another import job/);
    expect(it.clock.elapsed - from).to.be.within(48 * HOUR, 49 * HOUR);
    busy = false;
    await it.execute('execution-2');
    expect(differences(it.source, it.target)).to.deep.equal([]);
  });
});
