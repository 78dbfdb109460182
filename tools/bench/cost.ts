import { membershipItem, userItem } from '../../source/domain/backup/items.ts';
import { ADMINISTRATORS, Memberships, subNumber, userOf } from './population.ts';
import type { PopulationShape } from './population.ts';
import { line } from './cost-line.ts';
import type { Factor } from './cost-line.ts';
import type { Prices } from './prices.ts';
import { watchLines } from './watch-cost.ts';
import type { CellResult, CostLine, CostResult, Usage } from './results.ts';
import { itemBytes } from '../../source/domain/backup/item-size.ts';

const EXPORTS_PER_MONTH = 30;
/** The backup Region looks every hour; one look per export reads everything. */
const IDLE_LOOKS_PER_MONTH = 24 * 30 - EXPORTS_PER_MONTH;
const REGIONS = 2;
/** Default of SnapshotRetentionDays. */
const SNAPSHOTS_KEPT = 35;
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

/** One month of daily exports like this one, of the verifications that follow them, of what is kept, and of watching it, with the arithmetic. */
export function monthlyCost(
  { shape, usage, verification }: Pick<CellResult, 'shape' | 'usage' | 'verification'>,
  churnPercent: number,
  prices: Prices,
): CostResult {
  const stored = storedGb(shape);
  const both = [REGIONS, 'Regions'] as const;
  const lines = [
    ...usageLines('Export', usage, [EXPORTS_PER_MONTH, 'exports'], prices),
    ...(verification === undefined
      ? []
      : [
          ...usageLines('Verification', verification.whole, [EXPORTS_PER_MONTH, 'verifications'], prices),
          ...usageLines('Hourly look', verification.idle, [IDLE_LOOKS_PER_MONTH, 'looks'], prices),
          line('Snapshots: S3 storage', [verification.snapshotBytes / 1e9, 'GB'], [SNAPSHOTS_KEPT, 'kept'], both, [
            prices.s3StorageGbMonth,
            '$',
          ]),
        ]),
    line('Table: storage', [stored, 'GB'], both, [prices.dynamodbStorageGbMonth, '$']),
    line('Table: point-in-time recovery', [stored, 'GB'], both, [prices.dynamodbPitrGbMonth, '$']),
    ...watchLines(prices),
  ].filter(({ dollars }) => dollars > 0);
  return {
    users: shape.users,
    memberships: new Memberships(shape).count(),
    churnPercent,
    storedGb: stored,
    lines,
    dollarsPerMonth: lines.reduce((sum, { dollars }) => sum + dollars, 0),
  };
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
