import { expect } from 'chai';
import fc from 'fast-check';
import { differences } from '../../support/import/differences.ts';
import { RestoreWorld } from '../../support/import/restore-world.ts';
import { addGroups, addUsers, aUser } from '../../support/world/builders.ts';

/** Small, but with every kind of work: a row that fails, users for whom the CSV is no way, groups, disabled users, a repair. */
async function oddWorld(users = 9): Promise<RestoreWorld> {
  const world = new RestoreWorld();
  addUsers(world.source, users, { disabled: 0.3 });
  world.source.put(
    aUser({
      username: 'zoe',
      enabled: false,
      attributes: { email: 'zoe@example.test', email_verified: 'true', name: 'two\nlines' },
    }),
  );
  world.source.put(aUser({ username: 'una', attributes: { email: 'una@example.test' } }));
  addGroups(world.source, [0, 1, 4, users]);
  await world.planned();
  world.jobs.knobs.rowFate = (job, line) =>
    line === 2 ? 'failed' : job.jobName.endsWith('-a1') && line === 4 ? 'lost' : undefined;
  return world;
}

function assertWhole(world: RestoreWorld, about: string): void {
  expect(differences(world.source, world.target), about).to.deep.equal([]);
  expect(world.head().phase, about).to.equal('complete');
  const map = world.report('sub-map.csv').trim().split('\n').slice(1);
  const wanted = [...world.source.users.values()].map(
    ({ user }) => `${user.sub},${world.target.find(user.username)?.sub ?? ''}`,
  );
  expect(map.sort(), about).to.deep.equal(wanted.sort());
  const rows = world.report('failures.csv').trim().split('\n').slice(1);
  expect(new Set(rows).size, about).to.equal(rows.length);
  expect(world.writer.sentToUsers, about).to.deep.equal([]);
}

describe('A restore that is killed and started again', () => {
  for (const when of ['before', 'after'] as const) {
    it(`ends the same, killed ${when} any single call`, async function () {
      this.timeout(60_000);
      const whole = await oddWorld();
      const from = whole.calls.count;
      await whole.execute();
      const calls = whole.calls.count - from;
      assertWhole(whole, 'undisturbed');
      for (let nth = 1; nth <= calls; nth += 1) {
        const world = await oddWorld();
        world.calls.killAt(nth, when);
        const outcome = await world.executeDespiteKills();
        assertWhole(world, `killed ${when} call ${nth}: ${world.calls.log[from + nth - 1]?.call ?? ''}`);
        expect(outcome.outcome, String(nth)).to.equal('complete');
      }
    });
  }

  it('loses and repeats little over many slow invocations that are killed now and then', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 20, max: 250 }), { minLength: 3, maxLength: 5 }), async (kills) => {
        const world = new RestoreWorld();
        addUsers(world.source, 150, { disabled: 0.2 });
        addGroups(world.source, [0, 5, 150, 60]);
        await world.planned();
        // Slow enough that every phase takes several slices, with progress stored on the way.
        Object.assign(world.calls.latencies, {
          cognito: 20_000,
          'cognito.listUsersPage': 60_000,
          'cognito.listUsersInGroupPage': 60_000,
        });
        world.cognito.knobs.pageSize = 7;
        world.cognito.knobs.tokenTtlMs = Infinity;
        for (const nth of kills) {
          world.calls.killAt(nth, 'after');
          await world.execute(`execution-${nth}`).catch(() => undefined);
          world.calls.revive();
        }
        await world.executeDespiteKills();
        assertWhole(world, JSON.stringify(kills));
        // Told twice by an invocation that is killed before it has stored what it found.
        const compared = world.log.lines.filter((line) => line.includes('compared with the plan'));
        expect(compared).to.have.length.at.least(1);
        for (const line of compared)
          expect(line, JSON.stringify(kills)).to.contain(
            '"users":0,"missing":0,"withoutPassword":0,"memberships":0,"groups":0}',
          );
        const due = 215 + [...world.source.users.values()].filter(({ user }) => !user.enabled).length;
        const done = world.calls.countOf('cognito.addUserToGroup') + world.calls.countOf('cognito.disableUser');
        expect(done, JSON.stringify(kills)).to.be.within(due, due + kills.length * 25);
      }),
      { numRuns: 6 },
    );
  });

  it('ends the same, killed several times at random calls, with queues that lose and double', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 120 }), fc.boolean()), { maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (kills, lossy) => {
          const world = await oddWorld();
          world.newUsersQueue.lossy = world.updatesQueue.lossy = lossy;
          world.newUsersQueue.duplicating = world.updatesQueue.duplicating = 1 - lossy;
          for (const [nth, before] of kills) {
            world.calls.killAt(nth, before ? 'before' : 'after');
            await world.execute(`execution-${nth}`).catch(() => undefined);
            world.calls.revive();
          }
          await world.executeDespiteKills();
          assertWhole(world, JSON.stringify(kills));
        },
      ),
      { numRuns: 25 },
    );
  });
});
