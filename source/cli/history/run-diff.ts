import { asRetired } from '../../domain/adopt/as-retired.ts';
import { totalOf } from '../../domain/backup/counts.ts';
import { compareRuns } from '../../domain/history/compare-runs.ts';
import type { ListedItems, RunDifference, RunDifferences } from '../../domain/history/compare-runs.ts';
import {
  RUN_DIFFERENCES_HEADER,
  differenceLine,
  differenceRow,
  differenceText,
  FieldCounts,
} from '../../domain/history/difference-rows.ts';
import type { DifferenceRow } from '../../domain/history/difference-rows.ts';
import { itemsInRun, itemsOfRun } from '../../domain/history/run-items.ts';
import type { RunItems } from '../../domain/history/run-items.ts';
import { runsNamed } from '../../domain/history/runs.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { number } from '../../domain/counted.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, CommandAction } from '../context.ts';
import { explained } from '../explain.ts';
import { assertPoolForTps, typedPool } from '../given.ts';
import type { Block } from '../output/output.ts';
import { writeAskedFile } from '../private-file.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';
import { openSession } from '../session.ts';
import { adoptedRuns, itemsOfNamed, keptRuns } from './kept.ts';
import type { KeptByRegions } from './kept.ts';
import { withLivingPool } from './living-pool.ts';
import { readingStatus } from './reading-status.ts';

/** What is shown of the fields; all of them are in the JSON. */
const FIELDS_SHOWN = 20;
/** As the stack's own default. */
const CALLS_PER_SECOND = 10;

interface DiffGiven {
  readonly pool?: string;
  readonly tps?: number;
  readonly users?: true;
  readonly save?: string;
}

/** Counts what differs between two kept runs, or a run and its living pool; lists it and writes it to a file where that was asked for. */
export const runDiff: CommandAction = async (context, { args: [earlier = '', later], options }) => {
  const given = options as DiffGiven;
  assertPoolForTps(given);
  const { pool, tps = CALLS_PER_SECOND, users, save } = given;
  if (pool !== undefined && later !== undefined)
    throw new CliError('usage', {
      thing: '--pool',
      found: 'a later run was given, too',
      next: 'Give one of them: a run is compared with another run, or with its pool as it is now.',
    });
  const asked = pool === undefined ? undefined : await typedPool(context, '--pool', pool);
  const { installation } = await openSession(context, options);
  const kept = await keptRuns(context, installation);
  const place: TypedPlace = options;
  const run = await earlierRun(context, { installation, kept, place }, earlier);
  const fields = new FieldCounts();
  const listed: DifferenceRow[] = [];
  const visit = (difference: RunDifference): void => {
    fields.add(difference);
    if (save !== undefined || users === true) listed.push(differenceRow(difference));
  };
  const other =
    asked === undefined
      ? await withRun(context, { installation, kept, place, run, visit }, later)
      : {
          name: asked.poolId,
          differences: await withLivingPool(
            context,
            { installation, place, run },
            { ...asked, callsPerSecond: tps },
            (items) => compared(context, run, items, { name: asked.poolId, visit }),
          ),
        };
  if (save !== undefined)
    await writeAskedFile(context, save, [RUN_DIFFERENCES_HEADER, ...listed.map(differenceLine)].join(''));
  const first = run.manifest.runId;
  const { name: second, differences } = other;
  const again = `diff ${first} ${asked === undefined ? second : `--pool ${second}`}`;
  context.output.summary({
    blocks: [
      ...blocksOf({ first, second, differences, fields }),
      ...(users === true
        ? [
            {
              heading: 'Who and what',
              lines: listed.length === 0 ? ['Nobody, and nothing.'] : listed.map(differenceText),
            },
          ]
        : []),
      ...(save === undefined
        ? []
        : [{ lines: [`${save} has every difference: personal data, readable by you alone.`] }]),
    ],
    data: {
      earlier: first,
      ...(asked === undefined ? { later: second } : { user_pool_id: second }),
      ...differences,
      fields: Object.fromEntries(fields.sorted()),
      ...(users === true ? { list: listed } : {}),
    },
    next:
      users === true || save !== undefined || !differ(differences)
        ? []
        : [typed(place, `${again} --users`), typed(place, `${again} --save differences.csv`)],
  });
  return 'complete';
};

const differ = (differences: RunDifferences): boolean =>
  (['added', 'removed', 'changed'] as const).some((how) => totalOf(differences[how]) > 0);

/** A run, or what `adopt` made of a retired table: the ids of these are those of no export. */
async function earlierRun(
  context: CliContext,
  where: Parameters<typeof itemsOfNamed>[1],
  wanted: string,
): Promise<RunItems> {
  if (runsNamed(where.kept.runs, wanted).length === 0) {
    const [adopted, ...more] = (await adoptedRuns(context, where.installation)).filter(({ manifest: { runId } }) =>
      runId.startsWith(wanted),
    );
    if (adopted !== undefined && more.every(({ manifest: { runId } }) => runId === adopted.manifest.runId))
      return adopted;
  }
  return itemsOfNamed(context, where, wanted);
}

async function withRun(
  context: CliContext,
  {
    installation,
    kept,
    place,
    run,
    visit,
  }: {
    readonly installation: Installation;
    readonly kept: KeptByRegions;
    readonly place: TypedPlace;
    readonly run: RunItems;
    readonly visit: (difference: RunDifference) => void;
  },
  later: string | undefined,
): Promise<{ readonly name: string; readonly differences: RunDifferences }> {
  const other = itemsOfNamed(context, { installation, kept, place }, later ?? newestOf(kept, place));
  const name = other.manifest.runId;
  return { name, differences: await compared(context, run, other, { name, visit }) };
}

function newestOf({ runs }: KeptByRegions, place: TypedPlace): string {
  const newest = runs.find(({ state }) => state === 'sealed');
  if (newest !== undefined) return newest.runId;
  throw new CliError('notFound', {
    thing: 'The newest run',
    found: 'no sealed run is kept',
    next: `Name the later run, too; list what is kept: ${typed(place, 'runs')}`,
  });
}

async function compared(
  context: CliContext,
  earlier: RunItems,
  later: RunItems | ListedItems,
  { name, visit }: { readonly name: string; readonly visit: (difference: RunDifference) => void },
): Promise<RunDifferences> {
  const text = 'list' in later ? 'Reading the snapshot and the pool' : 'Reading the snapshots';
  try {
    const other = earlier.manifest.origin === undefined ? later : withoutUnknown(later);
    return await compareRuns(earlier, other, visit, readingStatus(context, text));
  } catch (error) {
    if ('list' in later) throw error;
    throw explained(`Comparison of ${earlier.manifest.runId} and ${name}`, error);
  }
}

/** What the retired solution never stored differs in nothing. */
const withoutUnknown = (later: RunItems | ListedItems): ListedItems => ({
  about: 'list' in later ? later.about : itemsInRun(later),
  list: async (take) => {
    if ('list' in later) return later.list((items) => take(items.map(asRetired)));
    for await (const items of itemsOfRun(later)) take(items.map(asRetired));
  },
});

interface Shown {
  readonly first: string;
  readonly second: string;
  readonly differences: RunDifferences;
  readonly fields: FieldCounts;
}

function blocksOf({ first, second, differences, fields }: Shown): readonly Block[] {
  const rows = (['users', 'groups', 'memberships'] as const).map((kind) => ({
    label: kind,
    value: (['added', 'removed', 'changed'] as const)
      .map((how) => `${number(differences[how][kind])} ${how}`)
      .join(', '),
  }));
  const changed = fields.sorted();
  return [
    { heading: `From ${first} to ${second}`, rows },
    ...(changed.length === 0
      ? []
      : [
          {
            heading: 'Fields of what changed',
            rows: changed.slice(0, FIELDS_SHOWN).map(([what, items]) => ({ label: what, value: number(items) })),
            ...(changed.length > FIELDS_SHOWN ? { lines: [`and ${changed.length - FIELDS_SHOWN} more`] } : {}),
          },
        ]),
  ];
}
