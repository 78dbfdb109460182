import { expect } from 'chai';
import { Lane } from '../../../../source/domain/pacing/lane.ts';
import { Pacer } from '../../../../source/domain/pacing/pacer.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';

/** Latencies of a bench on AWS's usual figures: 100 ms a listing, 60 ms any other call; the product's own pacing. */
async function paced(users: number, groups: readonly number[], tps: number, rowsPerSecond = 30): Promise<RestoreWorld> {
  const world = new RestoreWorld();
  addUsers(world.source, users, { disabled: 0.02 });
  addGroups(world.source, groups);
  await world.planned();
  Object.assign(world.calls.latencies, {
    cognito: 60,
    jobs: 60,
    'cognito.listUsersPage': 100,
    'cognito.listUsersInGroupPage': 100,
    objects: 20,
    queue: 10,
  });
  world.jobs.knobs.usersPerSecond = rowsPerSecond;
  const pacer = new Pacer({ callsPerSecond: tps, clock: world.clock });
  // As in the adapter, CreateGroup has a lane.
  world.paceBy(pacer, { 'cognito.createGroup': new Lane(pacer, 4.5, world.clock) });
  return world;
}

describe('How long a restore takes', () => {
  it('stays at its limit with one large group, and never above CognitoTPS', async () => {
    const [users, tps] = [2_000, 25];
    const world = await paced(users, [3, 20, users], tps);
    const from = world.clock.elapsed;
    const outcome = await world.execute();
    const seconds = (world.clock.elapsed - from) / 1_000;
    const disabled = [...world.source.users.values()].filter(({ user }) => !user.enabled).length;
    const memberships = outcome.counts.memberships;
    const jobs = users / 30 + 3 * 2;
    const limit =
      1_000 / 30 + Math.max(jobs, 3 / 4.5, (3 + memberships + disabled) / tps) + (3 + (users + memberships) / 60) / tps;
    expect(outcome.outcome).to.equal('complete');
    expect(seconds).to.be.at.most(1.15 * limit + 30);
    expect(world.calls.maxPerSecond('cognito')).to.be.at.most(tps);
  });

  it('needs a history that does not grow with the number of groups', async () => {
    const world = await paced(
      1_000,
      Array.from({ length: 600 }, () => 2),
      25,
    );
    const from = world.clock.elapsed;
    const outcome = await world.execute();
    const seconds = (world.clock.elapsed - from) / 1_000;
    expect(outcome.outcome).to.equal('complete');
    expect(world.turns).to.be.at.most(25);
    const limit = 1_000 / 30 + Math.max(1_000 / 30 + 4, 600 / 4.5, (600 + 1_200) / 25) + (600 + 2_200 / 60) / 25;
    expect(seconds).to.be.at.most(1.15 * limit + 30);
    const created = world.calls.log.filter(({ call }) => call === 'cognito.createGroup').map(({ at }) => at);
    for (let index = 5; index < created.length; index += 1)
      expect((created[index] as number) - (created[index - 5] as number)).to.be.at.least(1_000);
  });

  it('uses the time that a function has once no import job is left to look at', async () => {
    const world = await paced(700, [700, 700, 700, 700, 700, 700, 700, 700], 1);
    const from = world.clock.elapsed;
    await world.execute();
    const tenMinutes = (world.clock.elapsed - from) / (10 * 60_000);
    expect(tenMinutes).to.be.at.least(9);
    expect(world.turns).to.be.at.most(tenMinutes * 1.2 + 4);
  });
});
