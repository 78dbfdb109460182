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
import { adoptedRuns, keptRuns, readableNamed } from './kept.ts';
import type { KeptByRegions } from './kept.ts';
import { withLivingPool } from './living-pool.ts';
import { readingStatus } from './reading-status.ts';
import { fromUndamaged, placesOf } from './undamaged.ts';
import type { SnapshotInRegion } from './undamaged.ts';

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
  const where: Where = { installation, kept, place };
  const before = await earlierRun(context, where, earlier);
  const after = asked === undefined ? laterRun(context, where, later) : undefined;
  const list = save !== undefined || users === true;
  const {
    first,
    second,
    found: { fields, listed, differences },
  } = await fromWhole(context, after === undefined ? [before] : [before, after], async ([run, other]) => {
    const found = async (items: RunItems | ListedItems): Promise<Found> => compared(context, run, items, list);
    return {
      first: run.manifest.runId,
      second: asked?.poolId ?? (other as RunItems).manifest.runId,
      found:
        asked === undefined
          ? await found(other as RunItems)
          : await withLivingPool(context, { installation, place, run }, { ...asked, callsPerSecond: tps }, found),
    };
  });
  if (save !== undefined)
    await writeAskedFile(context, save, [RUN_DIFFERENCES_HEADER, ...listed.map(differenceLine)].join(''));
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

/** What is kept where, and how a command is typed there. */
interface Where {
  readonly installation: Installation;
  readonly kept: KeptByRegions;
  readonly place: TypedPlace;
}

/** A run, or what `adopt` made of a retired table: the ids of these are those of no export. */
async function earlierRun(
  context: CliContext,
  { installation, kept: { runs }, place }: Where,
  wanted: string,
): Promise<readonly SnapshotInRegion[]> {
  if (runsNamed(runs, wanted).length === 0) {
    const adopted = (await adoptedRuns(context, installation)).filter(({ runId }) => runId.startsWith(wanted));
    if (new Set(adopted.map(({ runId }) => runId)).size === 1) return adopted;
  }
  return placesOf(context, installation, [readableNamed(runs, wanted, place)]);
}

const laterRun = (
  context: CliContext,
  { installation, kept, place }: Where,
  later: string | undefined,
): readonly SnapshotInRegion[] =>
  placesOf(context, installation, [readableNamed(kept.runs, later ?? newestOf(kept, place), place)]);

function newestOf({ runs }: KeptByRegions, place: TypedPlace): string {
  const newest = runs.find(({ state }) => state === 'sealed');
  if (newest !== undefined) return newest.runId;
  throw new CliError('notFound', {
    thing: 'The newest run',
    found: 'no sealed run is kept',
    next: `Name the later run, too; list what is kept: ${typed(place, 'runs')}`,
  });
}

/** Does it with snapshots that are whole, of whichever Region; damaged ones are told. @throws CliError */
async function fromWhole<T>(
  context: CliContext,
  sides: readonly (readonly SnapshotInRegion[])[],
  work: (items: readonly [RunItems, RunItems?]) => Promise<T>,
): Promise<T> {
  const about = `Comparison of ${sides.map(([place]) => place?.runId).join(' and ')}`;
  const outcome = await fromUndamaged(sides, ([run, other]) =>
    work(other === undefined ? [run as RunItems] : [run as RunItems, other]),
  ).catch((error: unknown) => {
    throw explained(about, error);
  });
  if ('lacking' in outcome) throw explained(about, outcome.error);
  for (const skipped of outcome.skipped)
    context.output.status({
      text: `The snapshot of ${skipped} is damaged; that of the other Region was read.`,
      lasting: true,
    });
  return outcome.result;
}

/** What differs, and what is told of it. */
interface Found {
  readonly differences: RunDifferences;
  readonly fields: FieldCounts;
  /** Empty where nobody asked for the list. */
  readonly listed: readonly DifferenceRow[];
}

async function compared(
  context: CliContext,
  earlier: RunItems,
  later: RunItems | ListedItems,
  list: boolean,
): Promise<Found> {
  const text = 'list' in later ? 'Reading the snapshot and the pool' : 'Reading the snapshots';
  const fields = new FieldCounts();
  const listed: DifferenceRow[] = [];
  const visit = (difference: RunDifference): void => {
    fields.add(difference);
    if (list) listed.push(differenceRow(difference));
  };
  const other = earlier.manifest.origin === undefined ? later : withoutUnknown(later);
  return { differences: await compareRuns(earlier, other, visit, readingStatus(context, text)), fields, listed };
}

/** What the retired solution never stored differs in nothing. */
const withoutUnknown = (later: RunItems | ListedItems): ListedItems => ({
  about: 'list' in later ? later.about : itemsInRun(later),
  list: async (take) => {
    if ('list' in later) return later.list((items) => take(items.map(asRetired)));
    for await (const items of itemsOfRun(later)) take(items.map(asRetired));
  },
  ...lookUpOf(later),
});

function lookUpOf(later: RunItems | ListedItems): Pick<ListedItems, 'lookUp'> {
  const { lookUp } = 'list' in later ? later : {};
  return lookUp === undefined ? {} : { lookUp: async (keys) => (await lookUp(keys)).map(asRetired) };
}

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
