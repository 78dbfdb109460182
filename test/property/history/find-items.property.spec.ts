import { expect } from 'chai';
import fc from 'fast-check';
import { findUsers } from '../../../source/domain/history/find-items.ts';
import type { WantedUser } from '../../../source/domain/history/find-items.ts';
import type { RunItems } from '../../../source/domain/history/run-items.ts';
import { aUser } from '../../support/world/builders.ts';
import { exportedRun } from '../../support/workflows/exported-run.ts';
import { WorkflowWorld } from '../../support/workflows/workflow-world.ts';

/** Few names, so that users share them and differ only in letter case. */
const nameOf = fc.constantFrom('ana', 'Ana', 'ANA', 'ÉVA', 'éva', 'bob@x.test', 'Bob@x.test', '+1555', 'zoë', 'İ');

interface Population {
  readonly caseSensitive: boolean;
  readonly users: readonly {
    readonly name: string;
    readonly email: string;
    readonly phone: string | undefined;
    readonly groups: readonly number[];
    readonly changes: boolean;
  }[];
  readonly wanted: readonly (string | number)[];
}

const populations: fc.Arbitrary<Population> = fc.record({
  caseSensitive: fc.boolean(),
  users: fc.array(
    fc.record({
      name: nameOf,
      email: nameOf,
      phone: fc.option(nameOf, { nil: undefined }),
      groups: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
      changes: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  wanted: fc.array(fc.oneof(nameOf, fc.integer({ min: 0, max: 14 })), { minLength: 1, maxLength: 6 }),
});

/** Exports the population, changes some and exports again: the second run has a kept object. */
async function runOf({ caseSensitive, users }: Population): Promise<RunItems> {
  const world = new WorkflowWorld();
  world.retentionDays = 30;
  const { source } = world;
  // Small pages: users are cut over many members.
  world.table.pageItems = 3;
  source.settings = { ...source.settings, caseSensitive };
  for (const name of ['g0', 'g1', 'g2', 'g3']) source.putGroup({ name });
  for (const [n, { name, email, phone, groups }] of users.entries()) {
    const attributes = { email, ...(phone === undefined ? {} : { phone_number: phone }), preferred_username: name };
    source.put(aUser({ username: `user${n}`, attributes }));
    for (const group of groups) source.join(`user${n}`, `g${group}`);
  }
  await exportedRun(world);
  for (const [n, { changes }] of users.entries()) {
    if (!changes) continue;
    source.put(
      aUser({ username: `user${n}`, attributes: { preferred_username: `changed${n}` }, modified: '2026-06-06' }),
    );
    source.join(`user${n}`, `g${n % 4}`);
  }
  return exportedRun(world);
}

const withoutIndex = ({ manifest, objects }: RunItems): RunItems => {
  const { objects: listed = [] } = manifest.snapshot ?? {};
  return { objects, manifest: { ...manifest, snapshot: { objects: listed } } };
};

describe('Users found by the index', () => {
  it('16.3: are those that the whole snapshot shows, item for item, whoever is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(populations, async (population) => {
        const run = await runOf(population);
        expect(run.manifest.snapshot?.index).to.not.equal(undefined);
        const subOf = (n: number): string => aUser({ username: `user${n}` }).sub;
        const wanted: WantedUser[] = population.wanted.flatMap((one) =>
          typeof one === 'string' ? [{ name: one }] : [{ sub: subOf(one) }, { name: `USER${one}` }],
        );
        const damage: string[] = [];
        const sorted = (found: Awaited<ReturnType<typeof findUsers>>): unknown =>
          found.map((users) =>
            users
              .map((user) => ({
                ...user,
                memberships: [...user.memberships].sort((a, b) => (a.type < b.type ? -1 : 1)),
              }))
              .sort((a, b) => (a.sub < b.sub ? -1 : 1)),
          );
        const byIndex = await findUsers(run, wanted, undefined, (message) => damage.push(message));
        expect(sorted(byIndex)).to.deep.equal(sorted(await findUsers(withoutIndex(run), wanted)));
        expect(damage).to.deep.equal([]);
      }),
      { numRuns: 15 },
    );
  });
});
