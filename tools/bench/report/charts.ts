import type { BenchResults, CellResult } from '../results.ts';
import { drawChart } from './chart.ts';
import type { Line } from './chart.ts';
import { RETIRED, RETIRED_COST } from './retired.ts';

const [OURS, MEASURED, LIMIT, THEIRS] = ['#2f6fb7', '#2f8a4c', '#48566a', '#b73a3a'];
const T = 10;

/** Every picture by file name in docs/images; one for which there is no data is left out. */
export function benchCharts(results: BenchResults): ReadonlyMap<string, string> {
  const charts = new Map<string, string>();
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
  if (results.cost.length > 0) charts.set('bench-cost.svg', costChart(results));
  return charts;
}

function timeChart({ cells }: BenchResults, workflow: 'export' | 'import', inOneGroup: boolean): string | undefined {
  const chosen = cells
    .filter(
      (cell) =>
        cell.twin !== true &&
        cell.workflow === workflow &&
        cell.callsPerSecond === T &&
        cell.shape.groups === (inOneGroup ? 1 : 0) &&
        !/unchanged|churn|granted/.test(cell.id),
    )
    .sort((a, b) => a.shape.users - b.shape.users);
  const computed = chosen.filter(({ how }) => how === 'computed');
  if (computed.length < 2) return undefined;
  const minutes = (cell: CellResult): readonly [number, number] => [cell.shape.users, cell.seconds / 60];
  const measured = chosen.filter(({ how }) => how === 'measured');
  const retired = RETIRED.filter((figure) => figure.inOneGroup === inOneGroup && figure.callsPerSecond === T);
  const lines: Line[] = [
    {
      name: 'retired, measured on AWS',
      colour: THEIRS,
      points: retired.map((figure) => [
        figure.users,
        workflow === 'export' ? figure.exportMinutes : figure.importMinutes,
      ]),
    },
    { name: 'this one, computed', colour: OURS, points: computed.map(minutes) },
    ...(measured.length === 0
      ? []
      : [{ name: 'this one, measured', colour: MEASURED, points: measured.map(minutes), marksOnly: true }]),
    {
      name: 'limit',
      colour: LIMIT,
      points: computed.map((cell) => [cell.shape.users, cell.limitSeconds / 60]),
      dashed: true,
    },
  ];
  return drawChart({
    title: `${workflow === 'export' ? 'Export' : 'Import'}, ${inOneGroup ? 'each user in one group' : 'no groups'}, CognitoTPS ${T}`,
    xName: 'users',
    yName: 'minutes',
    logarithmic: true,
    lines,
  });
}

function callsChart({ title, calls, callsPerSecond }: CellResult): string {
  const points = calls.perSecond.map((rate, bucket) => [bucket * calls.bucketSeconds, rate] as const);
  const end = points.at(-1)?.[0] ?? 1;
  return drawChart({
    title: `Cognito calls per second, ${title}`,
    xName: 'seconds since the first call',
    yName: 'calls per second',
    logarithmic: false,
    lines: [
      { name: `mean of ${calls.bucketSeconds} s`, colour: OURS, points },
      {
        name: 'CognitoTPS',
        colour: LIMIT,
        points: [
          [0, callsPerSecond],
          [end, callsPerSecond],
        ],
        dashed: true,
      },
    ],
  });
}

const costChart = ({ cost }: BenchResults): string =>
  drawChart({
    title: 'Cost of a daily export, dollars a month',
    xName: 'users, each in one group',
    yName: 'dollars a month',
    logarithmic: true,
    lines: [
      {
        name: `this one, ${cost[0]?.churnPercent ?? 0} % changed a day`,
        colour: OURS,
        points: cost.map(({ users, dollarsPerMonth }) => [users, dollarsPerMonth]),
      },
      {
        name: 'retired, by its guide',
        colour: THEIRS,
        points: [[RETIRED_COST.users, RETIRED_COST.dollarsPerMonth]],
        marksOnly: true,
      },
    ],
  });
