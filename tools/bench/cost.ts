import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { membershipItem, userItem } from '../../source/domain/backup/items.ts';
import { ADMINISTRATORS, Memberships, subOf, userOf } from './population.ts';
import type { Shape } from './population.ts';
import type { CellResult, CostLine, CostResult } from './results.ts';
import { itemBytes } from './virtual/item-units.ts';

/** List prices with their date; see prices.json. */
export type Prices = Readonly<Record<
  'dynamodbWritePerMillion' | 'dynamodbReadPerMillion' | 'dynamodbStorageGbMonth' | 'dynamodbPitrGbMonth' | 'transferPerGb' | 'lambdaGbSecond' | 'lambdaRequestsPerMillion'
  | 'transitionsPerThousand' | 'sqsPerMillion' | 's3WritesPerThousand' | 's3ReadsPerThousand' | 'logsPerGb', number>> & { readonly date: string; readonly region: string; readonly remark: string };

export const readPrices = (): Prices => JSON.parse(readFileSync(join(import.meta.dirname, 'prices.json'), 'utf8')) as Prices;

const EXPORTS_PER_MONTH = 30;
const REGIONS = 2;
/** What DynamoDB adds to every item when it counts storage ("Table and item sizes", DynamoDB Developer Guide). */
const STORAGE_OVERHEAD = 100;
const LOG_BYTES_PER_INVOCATION = 3_000;
const SAMPLE = 200;

/** Gigabytes of the table in one Region, from a sample of the population's items. */
export function storedGb({ users, groups, perUser }: Shape): number {
  const memberships = new Memberships({ users, groups, perUser });
  let [userBytes, memberBytes] = [0, 0];
  for (let n = 0; n < SAMPLE; n += 1) {
    const index = Math.floor((n * users) / SAMPLE);
    userBytes += itemBytes(userItem(userOf(index), 'username', '20260301T000000Z-00000000')) + STORAGE_OVERHEAD;
    const [group] = memberships.groupsOf(index);
    memberBytes += itemBytes(membershipItem(subOf(index), group === undefined ? ADMINISTRATORS : memberships.nameOf(group), '20260301T000000Z-00000000')) + STORAGE_OVERHEAD;
  }
  return ((userBytes / SAMPLE) * users + (memberBytes / SAMPLE) * memberships.count()) / 1e9;
}

/** One month of daily exports like this one, with the arithmetic. */
export function monthlyCost({ shape, usage }: Pick<CellResult, 'shape' | 'usage'>, churnPercent: number, prices: Prices): CostResult {
  const stored = storedGb(shape);
  const line = (service: string, ...factors: readonly (readonly [value: number, unit: string])[]): CostLine => ({
    service,
    arithmetic: factors.map(([value, unit]) => `${plain(value)}${unit === '' ? '' : ` ${unit}`}`).join(' x '),
    dollars: factors.reduce((product, [value]) => product * value, 1),
  });
  const days = [EXPORTS_PER_MONTH, 'days'] as const;
  const both = [REGIONS, 'Regions'] as const;
  const million = (price: number): readonly [number, string] => [price / 1e6, `$ (${price} per million)`];
  const lines = [
    line('DynamoDB writes', [usage.writeUnits, 'units'], both, days, million(prices.dynamodbWritePerMillion)),
    line('DynamoDB reads', [usage.readUnits, 'units'], days, million(prices.dynamodbReadPerMillion)),
    line('DynamoDB storage', [stored, 'GB'], both, [prices.dynamodbStorageGbMonth, '$']),
    line('DynamoDB point-in-time recovery', [stored, 'GB'], both, [prices.dynamodbPitrGbMonth, '$']),
    line('Transfer between Regions', [usage.writeUnits / 1e6, 'GB'], days, [prices.transferPerGb, '$']),
    line('Lambda time', [usage.gbSeconds, 'GB-s'], days, [prices.lambdaGbSecond, '$']),
    line('Lambda requests', [usage.invocations, 'invocations'], days, million(prices.lambdaRequestsPerMillion)),
    line('Step Functions', [usage.transitions, 'transitions'], days, [prices.transitionsPerThousand / 1000, `$ (${prices.transitionsPerThousand} per thousand)`]),
    line('S3 writes', [usage.s3Writes, 'requests'], days, [prices.s3WritesPerThousand / 1000, `$ (${prices.s3WritesPerThousand} per thousand)`]),
    line('S3 reads', [usage.s3Reads, 'requests'], days, [prices.s3ReadsPerThousand / 1000, `$ (${prices.s3ReadsPerThousand} per thousand)`]),
    line('SQS', [usage.sqsRequests, 'requests'], days, million(prices.sqsPerMillion)),
    line('Logs', [(usage.invocations * LOG_BYTES_PER_INVOCATION) / 1e9, 'GB'], days, [prices.logsPerGb, '$']),
  ];
  return {
    users: shape.users, memberships: new Memberships(shape).count(), churnPercent, usage, storedGb: stored, lines,
    dollarsPerMonth: lines.reduce((sum, { dollars }) => sum + dollars, 0),
  };
}

const plain = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value >= 0.001 ? String(Math.round(value * 10_000) / 10_000) : value.toExponential(3));
