import { expect } from 'chai';
import fc from 'fast-check';
import { OPEN_KEY } from '../../../source/domain/backup/manifest.ts';
import { Fault, Halt } from '../../../source/domain/errors.ts';
import { ExportRunner, POOL_ID } from '../../support/export/export-runner.ts';
import type { ExportOptions } from '../../support/export/export-runner.ts';
import { actualItems, expectedItems } from '../../support/export/expected-table.ts';
import { expectSealedOrOpen } from '../../support/export/sealed-or-open.ts';
import { addGroups, addUsers, aUser } from '../../support/world/builders.ts';
import { KilledError } from '../../support/world/calls.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import { seededRandom, wholeNumber } from '../../../tools/simulation/random.ts';
import type { Random } from '../../../source/domain/ports.ts';
import { World } from '../../support/world/world.ts';

const MINUTES = 60_000;
const WRITES = [
  'table.putItems',
  'table.deleteItems',
  'table.putItemIf',
  'table.transact',
  'objects.put',
  'objects.write',
];

/** What happens to the pool between two nights; removed users come back some time. */
const DAMAGE: Readonly<Record<string, (pool: MemoryPool, random: Random, night: number) => void>> = {
  'a script overwrites names': (pool, random) => {
    for (const { user } of [...pool.users.values()])
      if (random() < 0.8) pool.put({ ...user, attributes: { ...user.attributes, name: 'NULL' } });
  },
  'users are deleted': (pool, random) => {
    for (const name of [...pool.users.keys()].slice(1)) if (random() < 0.4) pool.remove(name);
  },
  'users come': (pool, _random, night) => {
    for (let n = 0; n < 6; n += 1) pool.put(aUser({ username: `night${night}-${n}` }));
    if (pool.groups.has('group1')) pool.join(`night${night}-0`, 'group1');
  },
  'a group goes': (pool, random) => {
    const name = [...pool.groups.keys()][wholeNumber(random, 0, 2)];
    if (name !== undefined && pool.groups.size > 1) pool.removeGroup(name);
  },
  'a few change': (pool, random) => {
    for (const { user } of [...pool.users.values()])
      if (random() < 0.1)
        pool.put({ ...user, enabled: !user.enabled, attributes: { ...user.attributes, nickname: String(random()) } });
  },
  nothing: () => undefined,
};

interface Night {
  readonly damage: string;
  readonly fault: 'none' | 'killed' | 'killed while the table changes' | 'refused';
  readonly nth: number;
  readonly when: 'before' | 'after';
  readonly write: string;
  readonly allow: boolean;
  readonly minutes: number;
}

const nights = fc.array(
  fc.record({
    damage: fc.constantFrom(...Object.keys(DAMAGE)),
    fault: fc.constantFrom(
      'none' as const,
      'killed' as const,
      'killed while the table changes' as const,
      'refused' as const,
    ),
    nth: fc.integer({ min: 1, max: 160 }),
    when: fc.constantFrom('before' as const, 'after' as const),
    write: fc.constantFrom(...WRITES),
    allow: fc.boolean(),
    minutes: fc.constantFrom(1, 50, 90, 25 * 60),
  }),
  { minLength: 2, maxLength: 7 },
);

async function start(world: World, { fault, nth, when, write, allow }: Night): Promise<void> {
  const options: ExportOptions = { allowMassDelete: allow, allowMassChange: allow };
  if (fault === 'killed') world.calls.killAt(nth, when);
  if (fault === 'killed while the table changes')
    world.calls.fail({
      call: /^table\.(putItems|deleteItems|putItemIf|transact)$/,
      nth: 1 + (nth % 5),
      when,
      error: () => new KilledError('killed'),
    });
  if (fault === 'refused')
    world.calls.fail({ call: write, nth: 1 + (nth % 12), when, error: () => new Fault('ServiceError', 'refused') });
  try {
    await new ExportRunner(world, options).run();
  } catch (error) {
    if (!(error instanceof KilledError || error instanceof Fault || error instanceof Halt)) throw error;
  }
  world.calls.revive();
}

describe('mass damage, followed by any sequence of refused, killed and repeated exports', function () {
  this.timeout(240_000);

  it('A1, A2: leaves the table as a run sealed it, or with a plan that is stored and told by its digests', async () => {
    let open = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), nights, async (seed, sequence) => {
        const world = new World({ seed });
        Object.assign(world.cognito.knobs, { pageSize: 9 });
        world.table.pageItems = 7;
        const random = seededRandom(seed);
        const pool = world.pool(POOL_ID);
        addUsers(pool, 40, { random });
        addGroups(pool, [3, 12, 1], { random });
        await new ExportRunner(world).run();
        for (const [index, night] of sequence.entries()) {
          world.clock.advance(night.minutes * MINUTES);
          DAMAGE[night.damage]?.(pool, random, index);
          await start(world, night);
          await expectSealedOrOpen(world, `night ${index}`);
          if (world.table.peek(OPEN_KEY) !== undefined) open += 1;
        }
        await completed(world);
        expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
        await expectSealedOrOpen(world, 'in the end');
        expect(world.table.peek(OPEN_KEY)).to.equal(undefined);
      }),
      { numRuns: 40 },
    );
    expect(open).to.be.above(3);
  });
});

/** What an operator does in the end: start it again, allowing what is right. A fault that was injected may still strike once. */
async function completed(world: World): Promise<void> {
  for (let starts = 1; ; starts += 1) {
    world.clock.advance(2 * 60 * MINUTES);
    try {
      await new ExportRunner(world, { allowMassDelete: true, allowMassChange: true }).run();
      return;
    } catch (error) {
      if (!(error instanceof Fault || error instanceof KilledError) || starts > 20) throw error;
    }
  }
}
