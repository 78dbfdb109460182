import { expect } from 'chai';
import fc from 'fast-check';
import { chunkSize } from '../../../source/domain/import/planning/chunk-size.ts';
import type { ExcludedUser, RestoreUser } from '../../../source/domain/import/plan/plan-model.ts';
import { PlanningWorld } from '../../support/import/planning-world.ts';
import { sealBackup } from '../../support/import/sealed-backup.ts';
import { wholeNumber, seededRandom } from '../../../tools/simulation/random.ts';
import { aGroup, aUser } from '../../support/world/builders.ts';
import { KilledError } from '../../support/world/calls.ts';

const LIMITS = { firstChunkUsers: 4, chunkUsers: 10, chunkBytes: 1_500 };

/** A pool of `users` users of all kinds in up to eight groups, sealed; small pages and pieces. */
function worldOf(seed: number, users: number): PlanningWorld {
  const random = seededRandom(seed);
  const world = new PlanningWorld();
  const groups = Array.from({ length: wholeNumber(random, 0, 8) }, (_, n) => `g${n}`);
  for (const name of groups) world.source.putGroup(aGroup({ name }));
  for (let n = 0; n < users; n++) {
    const kind = random();
    const username = `user${n}`;
    world.source.put(
      aUser({
        username,
        enabled: random() < 0.8,
        status: kind < 0.1 ? 'UNCONFIRMED' : 'CONFIRMED',
        attributes: {
          email: `${username}@example.test`,
          email_verified: kind < 0.3 ? 'false' : 'true',
          name: 'x'.repeat(wholeNumber(random, 0, 300)),
        },
      }),
    );
    for (const group of groups) if (random() < 0.25) world.source.join(username, group);
  }
  sealBackup(world.table, world.source);
  world.table.pageItems = wholeNumber(random, 2, 7);
  world.objects.chunkBytes = wholeNumber(random, 20, 500);
  return world;
}

/** The plan as facts that do not depend on the time it was made. */
function outcome(world: PlanningWorld): unknown {
  const { plannedAt: _at, expected, ...plan } = world.plan();
  const content = (keys: readonly string[]): string[] =>
    keys.map((key) => Buffer.from(world.objects.stored.get(key)?.body ?? []).toString('hex'));
  return {
    plan,
    groups: world.groups(),
    chunks: world.chunkUsers(),
    batches: world.batchOps(),
    excluded: world.objects.text(plan.excludedKey),
    expected: [content(expected.users), content(expected.memberships)],
  };
}

describe('restore plan', () => {
  it('gives every user exactly one way, and every membership and disabled flag of a restored user exactly one operation', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: 40 }), async (seed, users) => {
        const world = worldOf(seed, users);
        await world.scan({}, { limits: LIMITS });
        const plan = world.plan();
        const ops = world.batchOps().flatMap((batch) => batch.ops);
        const chunks = world.chunkUsers();
        const created = ops.flatMap((op) => (op.op === 'create' ? [op.user] : []));
        const restored: RestoreUser[] = [...chunks.flat(), ...created];
        const excluded = world.lines<ExcludedUser>(plan.excludedKey);
        expect([...restored, ...excluded].map(({ sub }) => sub).sort()).to.deep.equal(
          [...world.source.users.values()].map(({ user }) => user.sub).sort(),
        );
        expect([plan.counts.byCsv, plan.counts.oneByOne, plan.counts.excluded]).to.deep.equal([
          chunks.flat().length,
          created.length,
          excluded.length,
        ]);
        const names = world.groups().map(({ name }) => name);
        const wanted = [...world.source.groups.values()]
          .flatMap(({ group, members }) => [...members.keys()].map((username) => `${group.name} ${username}`))
          .filter((pair) => restored.some(({ name }) => pair.endsWith(` ${name}`)));
        expect(ops.flatMap((op) => (op.op === 'add' ? [`${names[op.group]} ${op.name}`] : [])).sort()).to.deep.equal(
          wanted.sort(),
        );
        expect(ops.flatMap((op) => (op.op === 'disable' ? [op.sub] : [])).sort()).to.deep.equal(
          restored
            .filter(({ enabled }) => !enabled)
            .map(({ sub }) => sub)
            .sort(),
        );
        expect([
          ...new Set(ops.flatMap((op) => (op.op === 'add' || op.op === 'group' ? [op.group] : []))),
        ]).to.have.length(names.length);
        plan.chunks.forEach((chunk, index) => {
          expect(chunk.users).to.equal(chunks[index]?.length);
          expect(chunk.users).to.be.at.most(chunkSize({ ...LIMITS, counts: plan.counts }, index));
        });
      }),
      { numRuns: 30 },
    );
  });

  it('is the same when the function is killed after any call and started again', async () => {
    const undisturbed = worldOf(7, 12);
    await undisturbed.scan({}, { limits: LIMITS });
    const expected = outcome(undisturbed);
    const calls = undisturbed.calls.count;
    expect(calls).to.be.greaterThan(30);
    for (let nth = 1; nth <= calls; nth++) {
      const when = nth % 3 === 0 ? 'before' : 'after';
      const world = worldOf(7, 12);
      world.calls.killAt(nth, when);
      const death = await world.scan({}, { limits: LIMITS }).catch((error: unknown) => error);
      expect(death).to.be.instanceOf(KilledError);
      world.calls.revive();
      expect(await world.scan({}, { limits: LIMITS })).to.include({ done: true });
      expect(outcome(world), `killed ${when} call ${nth}`).to.deep.equal(expected);
    }
  });
});
