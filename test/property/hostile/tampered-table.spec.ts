import { expect } from 'chai';
import { manifestIn, manifestKey, LATEST_KEY } from '../../../source/domain/backup/manifest.ts';
import { FAULTS, HALTS } from '../../../source/domain/errors.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { actualItems, expectedItems, independentSeal } from '../../support/export/expected-table.ts';
import { memberMutations } from '../../support/hostile/tampering.ts';
import { seededRandom } from '../../../tools/simulation/random.ts';
import { expectRestored, exportedWorlds, worldAfter } from '../../support/workflows/small-worlds.ts';
import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';
import type { WorkflowWorld } from '../../support/workflows/workflow-world.ts';

const OWN: readonly string[] = [...HALTS, ...FAULTS];
/** See tampered-objects. */
const SHARE = Number(process.env.HOSTILE_SHARE ?? 0.03);

interface Case {
  readonly about: string;
  readonly item: TableItem;
}

/** Every member of every item taken out or turned into another kind, but for the key; a share of them. */
function casesOf(items: readonly TableItem[], share: number): Case[] {
  const random = seededRandom(8);
  return items.flatMap((item) =>
    memberMutations(Buffer.from(JSON.stringify(item)))
      .filter(({ name }) => !/^(without )?(id|type)\b/.test(name) && random() < share)
      .map(({ name, apply }) => {
        const changed = JSON.parse((apply(Buffer.alloc(0)) as Buffer).toString('utf8')) as TableItem;
        return { about: `${item.id} ${item.type}: ${name}`, item: changed };
      }),
  );
}

/** The table holds the pool and the new run's own manifest says so; what an older one says of itself is left as it is. */
function expectExported(world: WorkflowWorld, about: string): void {
  expect(actualItems(world.table), about).to.deep.equal(expectedItems(world.source));
  const { runId, counts } = manifestIn(
    world.table.peek(manifestKey(world.table.peek(LATEST_KEY)?.runId as string)) as TableItem,
  );
  expect(counts, about).to.deep.equal(independentSeal(world.table).counts);
  expect(world.objects.json<{ readonly runId: string }>('exports/current.json').runId, about).to.equal(runId);
}

describe('Items of the backup table that were changed by hand', function () {
  this.timeout(300_000);
  let once: WorkflowWorld;
  let twice: WorkflowWorld;
  before(async () => {
    ({ once, twice } = await exportedWorlds());
  });

  const workflows = [
    {
      name: 'ExportWorkflow',
      ready: () => worldAfter(once),
      start: (world: WorkflowWorld) => world.export(),
      check: expectExported,
    },
    {
      name: 'ImportWorkflow',
      ready: () => worldAfter(twice),
      start: (world: WorkflowWorld) => world.import(),
      check: expectRestored,
    },
  ] as const;
  for (const { name, ready, start, check } of workflows) {
    const records = (world: WorkflowWorld): TableItem[] =>
      world.table.all().filter(({ id }) => id.startsWith('EXPORT#') || id.startsWith('LEASE#'));
    const others = (world: WorkflowWorld): TableItem[] =>
      world.table.all().filter(({ id }) => !id.startsWith('EXPORT#') && !id.startsWith('LEASE#'));

    it(`end ${name} with a clear error, or change nothing`, async () => {
      const world = ready();
      const cases = [...casesOf(records(world), Math.min(1, SHARE * 4)), ...casesOf(others(world), SHARE)];
      expect(cases.length).to.be.above(15);
      const problems: string[] = [];
      for (const { about, item } of cases) {
        const problem = await problemOf(ready(), item, start, check);
        if (problem !== undefined) problems.push(`${about}: ${problem}`);
      }
      expect(problems.join('\n')).to.equal('');
    });
  }

  it('are named: the last run, its manifest, and what to do', async () => {
    for (const [item, words] of [
      [{ ...LATEST_KEY, runId: '../../x' }, 'EXPORT#LATEST'],
      [{ ...LATEST_KEY }, 'EXPORT#LATEST'],
    ] as const) {
      for (const { ready, start } of workflows) {
        const world = ready();
        world.table.seed(item);
        const ended = await start(world);
        expect(ended).to.include({ status: 'FAILED', error: 'BadState' });
        expect(ended.cause).to.include(words).and.include('is damaged').and.include('recover the table');
      }
    }
    const world = worldAfter(twice);
    const latest = world.table.peek(LATEST_KEY)?.runId as string;
    const manifest = world.table.peek(manifestKey(latest)) as TableItem;
    world.table.seed({ ...manifest, runId: '20200202T020202Z-0badcafe' });
    expect((await world.import()).cause).to.include(
      `EXPORT#${latest} of the backup table is damaged: it belongs to another run`,
    );
  });
});

async function problemOf(
  world: WorkflowWorld,
  item: TableItem,
  start: (world: WorkflowWorld) => Promise<EndedExecution>,
  check: (world: WorkflowWorld, about: string) => void,
): Promise<string | undefined> {
  world.table.seed(item);
  const ended = await start(world);
  const foreign = world.history
    .map(({ error }) => error)
    .find((error) => error !== undefined && !OWN.includes(error.name));
  if (foreign !== undefined) return `${foreign.name} ${foreign.stack?.split('\n')[1]?.trim() ?? ''}`;
  if (ended.status === 'FAILED') return OWN.includes(ended.error ?? '') ? undefined : `ended as ${ended.error}`;
  try {
    check(world, 'although it succeeded');
    return undefined;
  } catch (error) {
    return `called a success, but ${(error as Error).message.slice(0, 160)}`;
  }
}
