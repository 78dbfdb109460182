import type { CostLine, CostResult } from '../results.ts';
import { RETIRED_COST } from './retired.ts';

const n = (value: number): string => value.toLocaleString('en-US');
const dollars = (value: number): string =>
  `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
const pool = ({ users, memberships }: CostResult): string =>
  `${n(users)} users, ${memberships === users ? 'each in one group' : `${n(memberships)} memberships`}`;

/** Rows of the table, each with the lines of the arithmetic that it sums up: a line belongs to the first row that takes it. */
const ROWS: readonly (readonly [title: string, takes: RegExp])[] = [
  ['export: comparing and the clean-up scan (DynamoDB reads)', /^Export: DynamoDB reads$/],
  ['export: writes to both Regions, transfer between them', /^Export: (DynamoDB writes|transfer between Regions)$/],
  ['export: Lambda, Step Functions, S3', /^Export: /],
  ['verification in the backup Region, hourly', /^(Verification|Hourly look): /],
  ['alarms, hourly metrics and dashboards, both Regions', /^Alarms and metrics: /],
  ['storage, point-in-time recovery, snapshots of 35 days, both Regions', /^(Table|Snapshots): /],
];

/**
 * What the README says about the costs of a month at each frequency, from the benchmark's results. Markdown.
 * @throws Error when the results lack the pool that the table is about, or have a line that no row takes
 */
export function readmeCosts(costs: readonly CostResult[]): string {
  const shown = costs.filter(({ users }) => users === RETIRED_COST.users);
  const [one] = shown;
  if (one === undefined)
    throw new Error(
      `tools/bench/results.json has no cost of ${n(RETIRED_COST.users)} users, found those of ${[...new Set(costs.map(({ users }) => n(users)))].join(' and ') || 'none'}. Run npm run bench.`,
    );
  const columns = shown.map(({ lines }) => sums(lines));
  const others = costs
    .filter(({ users, frequency }) => users !== one.users && frequency === 'EVERY_DAY')
    .map(({ users, dollarsPerMonth }) => `${n(users)} users (${dollars(dollarsPerMonth)})`)
    .join(', ');
  return [
    `| per month, ${pool(one)}, ${one.churnPercent} % of the users change per day | ${shown.map(({ frequency }) => `\`${frequency}\``).join(' | ')} |`,
    `|---|${shown.map(() => '---:|').join('')}`,
    ...ROWS.map(([title], row) => `| ${[title, ...columns.map((column) => dollars(column[row] ?? 0))].join(' | ')} |`),
    `| **sum** | ${shown.map(({ dollarsPerMonth }) => `**${dollars(dollarsPerMonth)}**`).join(' | ')} |`,
    '',
    `[docs/benchmarks.md](docs/benchmarks.md#cost) has every line of the arithmetic.${others === '' ? '' : ` Other pools, likewise, every day: ${others}.`}`,
  ].join('\n');
}

/** Dollars of each row. */
function sums(lines: readonly CostLine[]): readonly number[] {
  const rows = ROWS.map(() => 0);
  for (const { service, dollars: more } of lines) {
    const row = ROWS.findIndex(([, takes]) => takes.test(service));
    if (row < 0)
      throw new Error(
        `The README's table of costs has no row for "${service}" of tools/bench/results.json. Add it to one in tools/bench/report/readme-costs.ts.`,
      );
    rows[row] = (rows[row] ?? 0) + more;
  }
  return rows;
}
