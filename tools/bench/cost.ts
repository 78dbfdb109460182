import { FREQUENCY_HOURS } from '../../source/domain/backup/freshness.ts';
import type { ExportFrequency } from '../../source/domain/backup/freshness.ts';
import { membershipItem, userItem } from '../../source/domain/backup/items.ts';
import { ADMINISTRATORS, Memberships, subNumber, userOf } from './population.ts';
import type { PopulationShape } from './population.ts';
import { line } from './cost-line.ts';
import type { Factor } from './cost-line.ts';
import { readPrices } from './prices.ts';
import type { Prices } from './prices.ts';
import { DAILY_CHURN } from './profile.ts';
import { HOURS_PER_MONTH, scheduleOf } from './schedule.ts';
import { watchLines } from './watch-cost.ts';
import type { CellResult, CostLine, CostResult, Usage } from './results.ts';
import { itemBytes } from '../../source/domain/backup/item-size.ts';

const REGIONS = 2;
/** What DynamoDB adds to every item when it counts storage ("Table and item sizes", DynamoDB Developer Guide). */
const STORAGE_OVERHEAD = 100;
const LOG_BYTES_PER_INVOCATION = 3_000;
const SAMPLE = 200;

/** Gigabytes of the table in one Region, from a sample of the population's items. */
export function storedGb({ users, groups, perUser }: PopulationShape): number {
  const memberships = new Memberships({ users, groups, perUser });
  let [userBytes, memberBytes] = [0, 0];
  for (let n = 0; n < SAMPLE; n += 1) {
    const index = Math.floor((n * users) / SAMPLE);
    userBytes += itemBytes(userItem(userOf(index), 'username', '20260301T000000Z-00000000')) + STORAGE_OVERHEAD;
    const [group] = memberships.groupsOf(index);
    memberBytes +=
      itemBytes(
        membershipItem(
          subNumber(index),
          group === undefined ? ADMINISTRATORS : memberships.nameOf(group),
          '20260301T000000Z-00000000',
        ),
      ) + STORAGE_OVERHEAD;
  }
  return ((userBytes / SAMPLE) * users + (memberBytes / SAMPLE) * memberships.count()) / 1e9;
}

/** An export on a changed pool, and what one on which nothing had changed writes, whatever the size of its pool. */
export interface CostedExport {
  readonly changed: Pick<CellResult, 'shape' | 'seconds' | 'usage' | 'verification'>;
  readonly unchangedWriteUnits: number;
}

/**
 * One month of exports at a frequency, of the verifications that follow them, of what is kept, and of watching it, with
 * the arithmetic. What changed is written by one export, however many there are; the rest of an export stays as it is.
 */
export function monthlyCost(
  { changed: { shape, seconds, usage, verification }, unchangedWriteUnits }: CostedExport,
  { frequency, churnPercent }: Pick<CostResult, 'frequency' | 'churnPercent'>,
  prices: Prices,
): CostResult {
  const stored = storedGb(shape);
  const both = [REGIONS, 'Regions'] as const;
  const { exports, thinned, snapshots } = scheduleOf(frequency, seconds);
  const ofChanges = usage.writeUnits - unchangedWriteUnits;
  const days = HOURS_PER_MONTH / FREQUENCY_HOURS.EVERY_DAY;
  const lines = [
    ...usageLines(
      'Export',
      { ...usage, writeUnits: unchangedWriteUnits + (ofChanges * days) / exports },
      [exports, 'exports'],
      prices,
    ),
    ...(verification === undefined
      ? []
      : [
          ...usageLines('Verification', verification.whole, [exports, 'verifications'], prices),
          ...usageLines('Hourly look', verification.idle, [HOURS_PER_MONTH - exports, 'looks'], prices),
          line('Snapshots: S3 storage', [verification.snapshotBytes / 1e9, 'GB'], [snapshots, 'lie there'], both, [
            prices.s3StorageGbMonth,
            '$',
          ]),
          // The export tags what it supersedes: that is in its requests. Thinned ones are tagged once more in each Region.
          line(
            'Snapshots: S3 tags',
            [verification.whole.s3Writes, 'objects at most'],
            [exports + REGIONS * thinned, 'times'],
            [prices.s3WritesPerThousand / 1000, `$ (${prices.s3WritesPerThousand} per thousand)`],
          ),
        ]),
    line('Table: storage', [stored, 'GB'], both, [prices.dynamodbStorageGbMonth, '$']),
    line('Table: point-in-time recovery', [stored, 'GB'], both, [prices.dynamodbPitrGbMonth, '$']),
    ...watchLines(prices, exports),
  ].filter(({ dollars }) => dollars > 0);
  return {
    users: shape.users,
    memberships: new Memberships(shape).count(),
    churnPercent,
    frequency,
    exportsPerMonth: exports,
    storedGb: stored,
    lines,
    dollarsPerMonth: lines.reduce((sum, { dollars }) => sum + dollars, 0),
  };
}

/** What every pool of the benchmark costs at every frequency; the smallest pool and the most frequent exports first. */
export function costsOf(cells: readonly CellResult[]): CostResult[] {
  const prices = readPrices();
  const unchangedWriteUnits = cells.find(({ id }) => id.endsWith('-unchanged'))?.usage.writeUnits;
  if (unchangedWriteUnits === undefined) return [];
  return cells
    .filter(
      ({ how, id, workflow, shape }) =>
        how === 'computed' && workflow === 'export' && shape.groups === 1 && id.endsWith(`churn${DAILY_CHURN * 100}`),
    )
    .sort((a, b) => a.shape.users - b.shape.users)
    .flatMap((changed) =>
      (Object.keys(FREQUENCY_HOURS) as ExportFrequency[]).map((frequency) =>
        monthlyCost({ changed, unchangedWriteUnits }, { frequency, churnPercent: DAILY_CHURN * 100 }, prices),
      ),
    );
}

/** What one run takes, so many times a month. */
function usageLines(what: string, usage: Usage, times: Factor, prices: Prices): CostLine[] {
  const million = (price: number): Factor => [price / 1e6, `$ (${price} per million)`];
  const thousand = (price: number): Factor => [price / 1000, `$ (${price} per thousand)`];
  return [
    line(
      `${what}: DynamoDB writes`,
      [usage.writeUnits, 'units'],
      [REGIONS, 'Regions'],
      times,
      million(prices.dynamodbWritePerMillion),
    ),
    line(`${what}: DynamoDB reads`, [usage.readUnits, 'units'], times, million(prices.dynamodbReadPerMillion)),
    line(`${what}: transfer between Regions`, [usage.writeUnits / 1e6, 'GB'], times, [prices.transferPerGb, '$']),
    line(`${what}: Lambda time`, [usage.gbSeconds, 'GB-s'], times, [prices.lambdaGbSecond, '$']),
    line(
      `${what}: Lambda requests`,
      [usage.invocations, 'invocations'],
      times,
      million(prices.lambdaRequestsPerMillion),
    ),
    line(`${what}: Step Functions`, [usage.transitions, 'transitions'], times, thousand(prices.transitionsPerThousand)),
    line(`${what}: S3 writes`, [usage.s3Writes, 'requests'], times, thousand(prices.s3WritesPerThousand)),
    line(`${what}: S3 reads`, [usage.s3Reads, 'requests'], times, thousand(prices.s3ReadsPerThousand)),
    line(`${what}: SQS`, [usage.sqsRequests, 'requests'], times, million(prices.sqsPerMillion)),
    line(`${what}: logs`, [(usage.invocations * LOG_BYTES_PER_INVOCATION) / 1e9, 'GB'], times, [prices.logsPerGb, '$']),
  ];
}
