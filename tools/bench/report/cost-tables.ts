import { FREQUENCY_HOURS } from '../../../source/domain/backup/freshness.ts';
import { costsOf } from '../cost.ts';
import { readPrices } from '../prices.ts';
import type { CellResult, CostResult } from '../results.ts';
import { HOURS_PER_MONTH } from '../schedule.ts';
import { n, table } from './markdown-table.ts';
import { RETIRED_COST } from './retired.ts';

/** The part of docs/benchmarks.md about costs. */
export function costTables(cells: readonly CellResult[]): string[] {
  const { date, region, remark } = readPrices();
  const costs = costsOf(cells);
  const frequencies = [...new Set(costs.map(({ frequency }) => frequency))];
  const pools = [...new Set(costs.map(({ users }) => users))];
  return [
    `Prices of ${date}, ${region} (\`tools/bench/prices.json\`). ${remark} Without customer-managed keys. Cognito does not bill listings. The guide of the retired solution names ${RETIRED_COST.dollarsPerMonth} dollars for ${n(RETIRED_COST.users)} users exported every day, at the prices of its time.`,
    '',
    ...(costs.length === 0
      ? []
      : [
          `Dollars a month by \`ExportFrequency\`, each user in one group, ${costs[0]?.churnPercent ?? 0} % of the users changed a day:`,
          '',
          table(
            ['users', ...frequencies],
            pools.map((pool) => [n(pool), ...costs.filter(({ users }) => users === pool).map(withFewerExports)]),
          ),
          '',
          'Each export compares the whole pool, so that comparing (DynamoDB reads), Lambda time and requests grow with the frequency, and writes with what changed. All snapshots of two days are kept, and of each day before the last one. The working state that a run keeps until the next one (16 bytes a user and membership) is cents at most and not counted.',
          '',
          ...arithmetic(costs),
        ]),
  ];
}

/** A start that finds an export at work is left out, so that long exports are fewer than their frequency asks for. */
function withFewerExports({ frequency, exportsPerMonth, dollarsPerMonth }: CostResult): string {
  const hours = HOURS_PER_MONTH / exportsPerMonth;
  return `${n(dollarsPerMonth, 2)}${hours > FREQUENCY_HOURS[frequency] ? ` (an export takes longer: every ${n(hours)} hours)` : ''}`;
}

/** Every line at the default frequency, and at the highest one. */
const arithmetic = (costs: readonly CostResult[]): string[] =>
  (['EVERY_DAY', 'EVERY_HOUR'] as const).flatMap((wanted) => {
    const ofWanted = costs.filter(({ frequency }) => frequency === wanted);
    const shown = ofWanted.find(({ users }) => users === RETIRED_COST.users) ?? ofWanted.at(-1);
    if (shown === undefined) return [];
    return [
      `The arithmetic for ${n(shown.users)} users, \`${wanted}\`:`,
      '',
      table(
        ['service', 'arithmetic', 'dollars'],
        [
          ...shown.lines.map(({ service, arithmetic: product, dollars }) => [service, product, n(dollars, 3)]),
          ['**sum**', '', n(shown.dollarsPerMonth, 2)],
        ],
      ),
      '',
    ];
  });
