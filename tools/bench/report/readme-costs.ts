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
  ['storage, point-in-time recovery, 35 snapshots, both Regions', /^(Table|Snapshots): /],
];

/**
 * What the README says about the costs of a month, from the benchmark's results. Markdown.
 * @throws Error when the results lack the pool that the table is about, or have a line that no row takes
 */
export function readmeCosts(cost: readonly CostResult[]): string {
  const shown = cost.find(({ users }) => users === RETIRED_COST.users);
  if (shown === undefined)
    throw new Error(
      `tools/bench/results.json has no cost of ${n(RETIRED_COST.users)} users, found those of ${cost.map(({ users }) => n(users)).join(' and ') || 'none'}. Run npm run bench.`,
    );
  const others = cost
    .filter((one) => one !== shown)
    .map(({ users, dollarsPerMonth }) => `${n(users)} users (${dollars(dollarsPerMonth)})`)
    .join(', ');
  return [
    `| per month, ${pool(shown)} | ${shown.churnPercent} % of the users change per day |`,
    '|---|---|',
    ...sums(shown.lines).map(([title, sum]) => `| ${title} | ${dollars(sum)} |`),
    `| **sum** | **${dollars(shown.dollarsPerMonth)}** |`,
    '',
    `[docs/benchmarks.md](docs/benchmarks.md#cost) has every line of the arithmetic.${others === '' ? '' : ` Other pools, likewise: ${others}.`}`,
  ].join('\n');
}

function sums(lines: readonly CostLine[]): [string, number][] {
  const rows = ROWS.map(([title]): [string, number] => [title, 0]);
  for (const line of lines) {
    const row = rows[ROWS.findIndex(([, takes]) => takes.test(line.service))];
    if (row === undefined)
      throw new Error(
        `The README's table of costs has no row for "${line.service}" of tools/bench/results.json. Add it to one in tools/bench/report/readme-costs.ts.`,
      );
    row[1] += line.dollars;
  }
  return rows;
}
