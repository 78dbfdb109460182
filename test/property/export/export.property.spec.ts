import { expect } from 'chai';
import fc from 'fast-check';
import { manifestKey, OPEN_KEY } from '../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { Fault } from '../../../source/domain/errors.ts';
import { actualItems, expectedItems, independentSeal, sumOfChecksums } from '../../support/export/expected-table.ts';
import { expectSnapshots } from '../../support/export/kept-snapshots.ts';
import { ExportRunner, POOL_ID } from '../../support/export/export-runner.ts';
import { seededRandom, wholeNumber } from '../../../tools/simulation/random.ts';
import { addGroups, addUsers, aGroup, aUser } from '../../support/world/builders.ts';
import { KilledError } from '../../support/world/calls.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import { World } from '../../support/world/world.ts';

/** A small pool with small pages, so that every step has several pages. */
function smallWorld(seed: number, users: number): { world: World; pool: MemoryPool } {
  const world = new World({ seed });
  world.cognito.knobs.pageSize = 5;
  world.table.pageItems = 4;
  const pool = world.pool(POOL_ID);
  const random = seededRandom(seed);
  addUsers(pool, users, { random });
  pool.put(aUser({ username: 'google_1', status: 'EXTERNAL_PROVIDER' }));
  addGroups(pool, [0, 3, 12, 6, 1], { random });
  return { world, pool };
}

/** Some users and memberships come, change and go; few enough for the guard. */
function churn(pool: MemoryPool, seed: number): void {
  const random = seededRandom(seed);
  const names = [...pool.users.keys()].filter((name) => name !== 'google_1');
  const some = (): string => names[wholeNumber(random, 0, names.length - 1)] as string;
  for (let n = 0; n < 3; n += 1) pool.put(aUser({ username: `extra-${seed}-${n}` }));
  pool.join(`extra-${seed}-0`, 'group1');
  const changed = pool.find(some());
  if (changed !== undefined)
    pool.put({
      ...changed,
      enabled: !changed.enabled,
      attributes: { ...changed.attributes, nickname: `changed ${seed}` },
    });
  pool.remove(some());
  pool.putGroup(aGroup({ name: 'group2', description: `changed ${seed}` }));
  pool.leave([...(pool.groups.get('group2')?.members.keys() ?? [])][0] ?? '', 'group2');
}

function expectSealedLike(world: World, pool: MemoryPool, runId: string): void {
  expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  const sealed = world.table.peek(manifestKey(runId)) as unknown as Manifest;
  const { counts, checksum } = independentSeal(world.table);
  expect(sealed.counts).to.deep.equal(counts);
  expect(sumOfChecksums(sealed.checksums)).to.equal(checksum);
  expect(world.table.peek(OPEN_KEY)).to.equal(undefined);
  expectSnapshots(world.table, world.objects);
}

/** Runs the workflow, starting it again after every kill (as Step Functions or the operator would), until it is sealed. */
async function runThroughKills(world: World, killAt: () => number | undefined, when: () => 'before' | 'after') {
  for (let start = 0; start < 200; start += 1) {
    const nth = killAt();
    if (nth !== undefined) world.calls.killAt(nth, when());
    try {
      const summary = await new ExportRunner(world).run();
      world.calls.revive();
      return summary;
    } catch (error) {
      if (!(error instanceof KilledError)) throw error;
      world.calls.revive();
    }
  }
  throw new Error('The export never ended.');
}

const changesOf = ({
  added,
  changed,
  deleted,
  skipped,
  counts,
}: Pick<Manifest, 'added' | 'changed' | 'deleted' | 'skipped' | 'counts'>) => ({
  added,
  changed,
  deleted,
  skipped,
  counts,
});

describe('export under crashes', () => {
  it('gives the same table and the same counts when it is killed once, at any call', async function () {
    this.timeout(180_000);
    const start = smallWorld(7, 22);
    const { runId: first } = await new ExportRunner(start.world).run();
    const again = (): { world: World; pool: MemoryPool } => {
      const { world, pool } = smallWorld(7, 22);
      for (const item of start.world.table.all()) world.table.seed(item);
      for (const [key, object] of start.world.objects.stored) world.objects.stored.set(key, object);
      // Another moment than the first run's, so that run ids differ.
      world.clock.advance(1000);
      churn(pool, 3);
      return { world, pool };
    };
    const reference = again();
    const callsBefore = reference.world.calls.count;
    const expected = await new ExportRunner(reference.world).run();
    const calls = reference.world.calls.count - callsBefore;
    // Dead right after the effect of one call is dead right before the next one.
    for (let nth = 1; nth <= calls; nth += 1) {
      const { world, pool } = again();
      let kills = 0;
      const { runId: last } = await runThroughKills(
        world,
        () => (kills++ === 0 ? nth : undefined),
        () => 'before',
      );
      expectSealedLike(world, pool, last);
      // Killed right after it was sealed, the run is complete; the next start then sealed an unchanged one more.
      const manifests = world.table.all().filter(({ type }) => type === 'MANIFEST') as unknown as Manifest[];
      const second = manifests.find(
        ({ runId }) => runId !== first && (manifests.length === 2 || runId !== last),
      ) as Manifest;
      expect(changesOf(second), `killed before call ${nth} of ${calls}`).to.deep.equal(changesOf(expected));
    }
  });

  it('gives the same table when it is killed again and again, with pages short, empty, and tokens that expire', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), fc.boolean(), async (seed, filters) => {
        const { world, pool } = smallWorld(seed, 60);
        Object.assign(world.cognito.knobs, { shortPages: 0.3, emptyPages: 0.2, subFilter: filters });
        const random = seededRandom(seed);
        const kills = { left: 8 };
        const kill = (): number | undefined => (kills.left-- > 0 ? wholeNumber(random, 20, 90) : undefined);
        for (let round = 0; round < 2; round += 1) {
          const summary = await runThroughKills(world, kill, () => (random() < 0.5 ? 'before' : 'after'));
          expectSealedLike(world, pool, summary.runId);
          churn(pool, seed + round);
          kills.left = 5;
        }
      }),
      { numRuns: 12 },
    );
  });

  it('recovers from faults of single calls by invoking the function again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const { world, pool } = smallWorld(seed, 40);
        const random = seededRandom(seed);
        for (let n = 0; n < 4; n += 1) {
          world.calls.fail({
            nth: wholeNumber(random, 1, 150),
            when: random() < 0.5 ? 'before' : 'after',
            error: () => new Fault(random() < 0.5 ? 'ServiceError' : 'Throttled', 'injected'),
          });
        }
        const summary = await retried(world, seed);
        expectSealedLike(world, pool, summary.runId);
      }),
      { numRuns: 20 },
    );
  });

  it('is exact for what did not change while it ran, and exact in all after a quiet run more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const { world, pool } = smallWorld(seed, 60);
        await new ExportRunner(world).run();
        const before = expectedItems(pool);
        const random = seededRandom(seed);
        const at = new Set(Array.from({ length: 3 }, () => world.calls.count + wholeNumber(random, 1, 60)));
        const original = world.calls.run.bind(world.calls);
        world.calls.run = (call, effect) => {
          if (at.delete(world.calls.count)) churn(pool, seed + at.size);
          return original(call, effect);
        };
        await new ExportRunner(world, { maxDeletePercent: 50 }).run();
        world.calls.run = original;
        const after = expectedItems(pool);
        const actual = actualItems(world.table);
        for (const key of Object.keys(before))
          if (JSON.stringify(before[key]) === JSON.stringify(after[key]))
            expect(actual[key], key).to.deep.equal(after[key]);
        const summary = await new ExportRunner(world, { maxDeletePercent: 50 }).run();
        expectSealedLike(world, pool, summary.runId);
      }),
      { numRuns: 15 },
    );
  });
});

/** Starts the workflow again after a fault, as the operator would. */
async function retried(world: World, seed: number): Promise<{ readonly runId: string }> {
  let last: unknown;
  for (let start = 0; start < 10; start += 1) {
    try {
      return await new ExportRunner(world).run();
    } catch (error) {
      last = error;
      if (!(error instanceof Fault)) throw error;
    }
  }
  throw new Error(`seed ${seed}: the export never ended`, { cause: last });
}
