import { costsOf } from '../cost.ts';
import type { BenchResults, CellResult, CostResult } from '../results.ts';
import type { Chart, ChartLine } from './chart.ts';
import { RETIRED, RETIRED_COST } from './retired.ts';

/** What no other picture shows as well: how near the limit exports and restores are, over the size of the pool. */
export const ESSENCE = 'bench-essence.svg';
const T = 10;
const COMPUTED = { className: 'ours', mark: 'circle' } as const;
const MEASURED = { className: 'measured', mark: 'diamond', marksOnly: true } as const;
const LIMIT = { className: 'limit', dashed: true } as const;
const THEIRS = { className: 'theirs', mark: 'square' } as const;

/** Every picture by file name in docs/images; one for which there is no data is left out. */
export function benchCharts(results: BenchResults): ReadonlyMap<string, Chart> {
  const charts = new Map<string, Chart>();
  const essence = essenceChart(results);
  if (essence !== undefined) charts.set(ESSENCE, essence);
  for (const workflow of ['export', 'import'] as const) {
    for (const inOneGroup of [false, true]) {
      const chart = timeChart(results, workflow, inOneGroup);
      if (chart !== undefined) charts.set(`bench-${workflow}-${inOneGroup ? 'one-group' : 'no-groups'}.svg`, chart);
    }
  }
  const longest = results.cells
    .filter(({ how }) => how === 'measured')
    .sort((a, b) => b.calls.total / b.seconds - a.calls.total / a.seconds)[0];
  if (longest !== undefined) charts.set('bench-calls.svg', callsChart(longest));
  const costs = costsOf(results.cells);
  if (costs.length > 0) charts.set('bench-cost.svg', costChart(costs));
  return charts;
}

/** The runs of one kind at the same rate, smallest pool first. */
function runs({ cells }: BenchResults, workflow: 'export' | 'import', inOneGroup: boolean): CellResult[] {
  return cells
    .filter(
      (cell) =>
        cell.twin !== true &&
        cell.workflow === workflow &&
        cell.callsPerSecond === T &&
        cell.shape.groups === (inOneGroup ? 1 : 0) &&
        !/unchanged|churn|granted/.test(cell.id),
    )
    .sort((a, b) => a.shape.users - b.shape.users);
}
const minutes = (cell: CellResult): readonly [number, number] => [cell.shape.users, cell.seconds / 60];
const limit = (cell: CellResult): readonly [number, number] => [cell.shape.users, cell.limitSeconds / 60];

function essenceChart(results: BenchResults): Chart | undefined {
  const [exports, imports] = [runs(results, 'export', true), runs(results, 'import', true)];
  const computed = ({ how }: CellResult): boolean => how === 'computed';
  const measured = [...exports, ...imports].filter((cell) => !computed(cell));
  if (exports.filter(computed).length < 2 || imports.filter(computed).length < 2) return undefined;
  return {
    title: `Time of a whole export and of a restore, each user in one group, CognitoTPS ${T}`,
    xName: 'users',
    yName: 'minutes',
    logarithmic: true,
    lines: [
      {
        name: 'restore, computed',
        className: 'ours-too',
        mark: 'square',
        points: imports.filter(computed).map(minutes),
      },
      { name: 'export, computed', ...COMPUTED, points: exports.filter(computed).map(minutes) },
      ...(measured.length === 0 ? [] : [{ name: 'measured', ...MEASURED, points: measured.map(minutes) }]),
      { name: 'limit of the restore', ...LIMIT, points: imports.filter(computed).map(limit) },
      { name: 'limit of the export', ...LIMIT, points: exports.filter(computed).map(limit) },
    ],
  };
}

function timeChart(results: BenchResults, workflow: 'export' | 'import', inOneGroup: boolean): Chart | undefined {
  const chosen = runs(results, workflow, inOneGroup);
  const computed = chosen.filter(({ how }) => how === 'computed');
  if (computed.length < 2) return undefined;
  const measured = chosen.filter(({ how }) => how === 'measured');
  const retired = RETIRED.filter((figure) => figure.inOneGroup === inOneGroup && figure.callsPerSecond === T);
  const lines: ChartLine[] = [
    {
      name: 'retired, measured on AWS',
      ...THEIRS,
      points: retired.map((figure) => [
        figure.users,
        workflow === 'export' ? figure.exportMinutes : figure.importMinutes,
      ]),
    },
    { name: 'this one, computed', ...COMPUTED, points: computed.map(minutes) },
    ...(measured.length === 0 ? [] : [{ name: 'this one, measured', ...MEASURED, points: measured.map(minutes) }]),
    {
      name: 'limit',
      ...LIMIT,
      points: computed.map(limit),
    },
  ];
  return {
    title: `${workflow === 'export' ? 'Export' : 'Import'}, ${inOneGroup ? 'each user in one group' : 'no groups'}, CognitoTPS ${T}`,
    xName: 'users',
    yName: 'minutes',
    logarithmic: true,
    lines,
  };
}

function callsChart({ title, calls, callsPerSecond }: CellResult): Chart {
  const points = calls.perSecond.map((rate, bucket) => [bucket * calls.bucketSeconds, rate] as const);
  const end = points.at(-1)?.[0] ?? 1;
  return {
    title: `Cognito calls per second, ${title}`,
    xName: 'seconds since the first call',
    yName: 'calls per second',
    logarithmic: false,
    lines: [
      { name: `mean of ${calls.bucketSeconds} s`, className: 'ours', points },
      {
        name: 'CognitoTPS',
        ...LIMIT,
        points: [
          [0, callsPerSecond],
          [end, callsPerSecond],
        ],
      },
    ],
  };
}

const costChart = (costs: readonly CostResult[]): Chart => ({
  title: 'Cost of the exports, dollars a month',
  xName: 'users, each in one group',
  yName: 'dollars a month',
  logarithmic: true,
  lines: [
    ...(
      [
        ['EVERY_HOUR', { className: 'measured', mark: 'diamond' }],
        ['EVERY_6_HOURS', { className: 'ours-too', mark: 'circle', dashed: true }],
        ['EVERY_DAY', COMPUTED],
      ] as const
    ).map(([name, look]) => ({
      name,
      ...look,
      points: costs
        .filter(({ frequency }) => frequency === name)
        .map(({ users, dollarsPerMonth }) => [users, dollarsPerMonth] as const),
    })),
    {
      name: 'retired, every day, by its guide',
      ...THEIRS,
      points: [[RETIRED_COST.users, RETIRED_COST.dollarsPerMonth]],
      marksOnly: true,
    },
  ],
});
