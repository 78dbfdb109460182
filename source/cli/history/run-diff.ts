import { compareRuns } from '../../domain/history/compare-runs.ts';
import type { RunDifferences } from '../../domain/history/compare-runs.ts';
import { RUN_DIFFERENCES_HEADER, differenceLine, FieldCounts } from '../../domain/history/difference-rows.ts';
import type { RunItems } from '../../domain/history/run-items.ts';
import { number } from '../../domain/workflow/notices/text.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, CommandAction } from '../context.ts';
import { explained } from '../explain.ts';
import type { Block } from '../output/output.ts';
import { writeAskedFile } from '../private-file.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';
import { openSession } from '../session.ts';
import { itemsOfNamed, keptRuns } from './kept.ts';
import type { KeptByRegions } from './kept.ts';

/** What is shown of the fields; all of them are in the JSON. */
const FIELDS_SHOWN = 20;

/** Counts what differs between two kept runs, and writes it to a file where that was asked for. */
export const runDiff: CommandAction = async (context, { args: [earlier = '', later], options }) => {
  const { installation } = await openSession(context, options);
  const kept = await keptRuns(context, installation);
  const place: TypedPlace = options;
  const runs = [
    itemsOfNamed(context, { installation, kept, place }, earlier),
    itemsOfNamed(context, { installation, kept, place }, later ?? newestOf(kept, place)),
  ] as const;
  const { save } = options as { readonly save?: string };
  const fields = new FieldCounts();
  const lines: string[] = [];
  const differences = await compared(context, runs, (difference) => {
    fields.add(difference);
    if (save !== undefined) lines.push(differenceLine(difference));
  });
  if (save !== undefined) await writeAskedFile(context, save, [RUN_DIFFERENCES_HEADER, ...lines].join(''));
  const [first, second] = runs.map(({ manifest }) => manifest.runId) as [string, string];
  context.output.summary({
    blocks: blocksOf({ first, second, differences, fields, save }),
    data: { earlier: first, later: second, ...differences, fields: Object.fromEntries(fields.sorted()) },
    next: save === undefined ? [typed(place, `diff ${first} ${second} --save differences.csv`)] : [],
  });
  return 'complete';
};

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
  { output }: CliContext,
  [earlier, later]: readonly [RunItems, RunItems],
  visit: Parameters<typeof compareRuns>[2],
): Promise<RunDifferences> {
  try {
    return await compareRuns(earlier, later, visit, ({ items, of }) => {
      output.status({
        text: 'Reading the snapshots',
        percentDone: (100 * items) / Math.max(of, 1),
        data: { items, of },
      });
    });
  } catch (error) {
    throw explained(`Comparison of ${earlier.manifest.runId} and ${later.manifest.runId}`, error);
  }
}

interface Shown {
  readonly first: string;
  readonly second: string;
  readonly differences: RunDifferences;
  readonly fields: FieldCounts;
  readonly save: string | undefined;
}

function blocksOf({ first, second, differences, fields, save }: Shown): readonly Block[] {
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
    ...(save === undefined ? [] : [{ lines: [`${save} has every difference: personal data, readable by you alone.`] }]),
  ];
}
