import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** List prices with their date; see prices.json. */
export type Prices = Readonly<
  Record<
    | 'dynamodbWritePerMillion'
    | 'dynamodbReadPerMillion'
    | 'dynamodbStorageGbMonth'
    | 'dynamodbPitrGbMonth'
    | 'transferPerGb'
    | 'lambdaGbSecond'
    | 'lambdaRequestsPerMillion'
    | 'transitionsPerThousand'
    | 'sqsPerMillion'
    | 's3WritesPerThousand'
    | 's3ReadsPerThousand'
    | 's3StorageGbMonth'
    | 'logsPerGb'
    | 'cloudWatchMetricMonth'
    | 'cloudWatchAlarmMonth'
    | 'cloudWatchDashboardMonth'
    | 'cloudWatchFreeMetrics'
    | 'cloudWatchFreeAlarms'
    | 'cloudWatchFreeDashboards',
    number
  >
> & { readonly date: string; readonly region: string; readonly remark: string };

/** What prices.json holds. */
export const readPrices = (): Prices =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'prices.json'), 'utf8')) as Prices;
