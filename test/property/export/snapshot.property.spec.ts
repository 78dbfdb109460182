import { expect } from 'chai';
import fc from 'fast-check';
import { manifestIn, manifestKey } from '../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { readSnapshotManifest, readSnapshotObject } from '../../../source/domain/backup/snapshot/read.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { expectSnapshots, itemsOfSnapshot } from '../../support/export/kept-snapshots.ts';
import { ExportRunner, POOL_ID } from '../../support/export/export-runner.ts';
import { seededRandom, wholeNumber } from '../../../tools/simulation/random.ts';
import { STATISTICAL } from '../../support/statistical.ts';
import { addGroups, addUsers } from '../../support/world/builders.ts';
import { KilledError } from '../../support/world/calls.ts';
import { World } from '../../support/world/world.ts';

interface Case {
  readonly seed: number;
  readonly users: number;
  /** Items per page of the table's scan. */
  readonly pageItems: number;
  /** Users whom the second listing does not show although they exist. */
  readonly hidden: number;
  /** Calls of each invocation before its process dies, one after the other. */
  readonly kills: readonly number[];
  readonly invocationMs: number;
  /** What calls take. */
  readonly latencies: { readonly table: number; readonly cognito: number; readonly objects: number };
}

const cases: fc.Arbitrary<Case> = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  users: fc.integer({ min: 0, max: 40 }),
  pageItems: fc.integer({ min: 1, max: 12 }),
  hidden: fc.integer({ min: 0, max: 16 }),
  kills: fc.array(fc.integer({ min: 1, max: 160 }), { maxLength: 6 }),
  // Less than four seconds of work would not do for reading, at these latencies, what a clean-up of so many slices begins with.
  invocationMs: fc.constantFrom(64_000, 68_000, 900_000),
  latencies: fc.record({
    table: fc.constantFrom(0, 300),
    cognito: fc.constantFrom(0, 400),
    objects: fc.constantFrom(0, 150),
  }),
});

/** Listings of users and of members pass these over; a look-up by sub finds them. */
function hide(world: World, usernames: ReadonlySet<string>): void {
  const { listUsersPage, listUsersInGroupPage } = world.cognito;
  world.cognito.listUsersPage = async (poolId, request) => {
    const page = await listUsersPage(poolId, request);
    return request.filter?.startsWith('sub =') === true
      ? page
      : { ...page, items: page.items.filter(({ username }) => !usernames.has(username)) };
  };
  world.cognito.listUsersInGroupPage = async (poolId, group, request) => {
    const page = await listUsersInGroupPage(poolId, group, request);
    return { ...page, items: page.items.filter(({ username }) => !usernames.has(username)) };
  };
}

async function runThroughKills(world: World, kills: readonly number[], invocationMs: number): Promise<string> {
  for (const nth of [...kills, undefined]) {
    if (nth !== undefined) world.calls.killAt(nth, nth % 2 === 0 ? 'before' : 'after');
    try {
      const { runId } = await new ExportRunner(world, { invocationMs, maxDeletePercent: 100 }).run();
      world.calls.revive();
      return runId;
    } catch (error) {
      if (!(error instanceof KilledError)) throw error;
      world.calls.revive();
    }
  }
  throw new Error('The export never ended.');
}

const sealedIn = (world: World, runId: string): Manifest =>
  manifestIn(world.table.peek(manifestKey(runId)) as TableItem);

describe('snapshots of the export', () => {
  it('hold exactly what the table holds when the run is sealed, whatever the pages, the crashes and the resumes', async function () {
    this.timeout(60_000);
    let keptRuns = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, users, pageItems, hidden, kills, invocationMs, latencies }) => {
        const world = new World({ seed });
        world.cognito.knobs.pageSize = 7;
        world.table.pageItems = pageItems;
        Object.assign(world.calls.latencies, latencies);
        const random = seededRandom(seed);
        const pool = world.pool(POOL_ID);
        addUsers(pool, users, { random });
        addGroups(pool, [0, Math.min(users, 5), Math.min(users, 20)], { random });
        const first = await runThroughKills(world, kills.slice(0, 3), invocationMs);
        expectSnapshots(world.table, world.objects);
        const before = itemsOfSnapshot(world.objects, sealedIn(world, first));

        const some = new Set(
          Array.from({ length: Math.min(hidden, users) }, () => `user${wholeNumber(random, 0, users - 1)}`),
        );
        hide(world, some);
        if (users > 3) pool.remove('user3');
        addUsers(pool, 3, { prefix: 'more', random });
        const second = await runThroughKills(world, kills.slice(3), invocationMs);
        expectSnapshots(world.table, world.objects);
        const manifest = sealedIn(world, second);
        const kept = manifest.snapshot?.objects.filter(({ name }) => name === 'kept.ndjson.gz') ?? [];
        // What is new lies there too: the three users who came.
        if ((kept[0]?.items ?? 0) > 3) keptRuns += 1;

        // The product's own reader gives the same, and an earlier snapshot is what it was.
        const read: TableItem[] = [];
        for (const object of (await readSnapshotManifest(world.objects, second))?.snapshot?.objects ?? []) {
          for await (const batch of readSnapshotObject(world.objects, second, object)) read.push(...batch);
        }
        expect(read).to.deep.equal(itemsOfSnapshot(world.objects, manifest));
        expect(itemsOfSnapshot(world.objects, sealedIn(world, first))).to.deep.equal(before);
      }),
      { ...STATISTICAL, numRuns: 25 },
    );
    expect(keptRuns).to.be.above(0);
  });
});
