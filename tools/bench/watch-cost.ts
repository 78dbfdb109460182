import { readTemplates } from '../least-privilege/policies/template.ts';
import { projectRoot } from '../../deployment/setup/project-root.ts';
import { line } from './cost-line.ts';
import type { CostLine } from './results.ts';
import type { Prices } from './prices.ts';
import { HOURS_PER_MONTH } from './schedule.ts';

/** What every line of it begins with. */
export const WATCH = 'Alarms and metrics';
/** What they may cost a month beyond CloudWatch's free tier, at the default frequency. */
export const WATCH_LIMIT_DOLLARS = 2;

const REGIONS = 2;
/** Emitted every hour: BackupAge, BackupAgeRatio and SnapshotAgeRatio in each Region, UnverifiedAge in the backup Region. */
const HOURLY_METRICS = 3 * REGIONS + 1;
/** Emitted in one hour after each export: seven in each Region, and CallsPerSecond where it runs. A metric costs by the hour. */
const EXPORT_METRICS = 7 * REGIONS + 1;
/** One look: 256 MB for about a second, four items read, one object written and four read, a few lines of log. */
const LOOK = { gbSeconds: 0.256, reads: 6, s3Writes: 1, s3Reads: 4, logBytes: 2_500 };

let counted: number | undefined;
/** Alarms of both Regions together, as the template makes them with the default parameters. */
function alarmCount(): number {
  // Read once: a template takes half a second.
  counted ??= Object.values(readTemplates(projectRoot).stackSet.Resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .reduce((sum, { Condition }) => sum + (/Is(Primary|Backup)Region/.test(Condition ?? '') ? 1 : REGIONS), 0);
  return counted;
}

/** One month of looks, metrics, alarms and dashboards in both Regions, beyond what CloudWatch gives every account for nothing. */
export function watchLines(prices: Prices, exportsPerMonth: number): CostLine[] {
  const metrics = HOURLY_METRICS + (EXPORT_METRICS * exportsPerMonth) / HOURS_PER_MONTH;
  const looks = [HOURS_PER_MONTH * REGIONS, 'looks'] as const;
  return [
    line(
      `${WATCH}: metrics`,
      [Math.max(0, metrics - prices.cloudWatchFreeMetrics), `of ${metrics.toFixed(1)} metrics are not free`],
      [prices.cloudWatchMetricMonth, '$'],
    ),
    line(
      `${WATCH}: alarms`,
      [Math.max(0, alarmCount() - prices.cloudWatchFreeAlarms), `of ${alarmCount()} alarms are not free`],
      [prices.cloudWatchAlarmMonth, '$'],
    ),
    line(
      `${WATCH}: dashboards`,
      [Math.max(0, REGIONS - prices.cloudWatchFreeDashboards), 'dashboards are not free'],
      [prices.cloudWatchDashboardMonth, '$'],
    ),
    line(`${WATCH}: Lambda time`, [LOOK.gbSeconds, 'GB-s'], looks, [prices.lambdaGbSecond, '$']),
    line(`${WATCH}: Lambda requests`, looks, [prices.lambdaRequestsPerMillion / 1e6, '$']),
    line(`${WATCH}: DynamoDB reads`, [LOOK.reads, 'units'], looks, [prices.dynamodbReadPerMillion / 1e6, '$']),
    line(`${WATCH}: S3 writes`, [LOOK.s3Writes, 'requests'], looks, [prices.s3WritesPerThousand / 1000, '$']),
    line(`${WATCH}: S3 reads`, [LOOK.s3Reads, 'requests'], looks, [prices.s3ReadsPerThousand / 1000, '$']),
    line(`${WATCH}: logs`, [LOOK.logBytes / 1e9, 'GB'], looks, [prices.logsPerGb, '$']),
  ];
}

/** What of a month's bill is for watching the backup, and what for the backup itself. */
export function billOf(lines: readonly CostLine[]): { readonly watch: number; readonly backup: number } {
  const sum = (some: readonly CostLine[]): number => some.reduce((total, { dollars }) => total + dollars, 0);
  const watch = lines.filter(({ service }) => service.startsWith(WATCH));
  return { watch: sum(watch), backup: sum(lines) - sum(watch) };
}
