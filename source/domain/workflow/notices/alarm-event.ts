import { fieldsIn, fieldsOf, listOf, textOf } from './fields.ts';
import type { Fields } from './fields.ts';

/**
 * Metrics by whose alarms somebody is told. The other alarms are about executions that ended badly, each of which has sent
 * a message of its own.
 */
const TOLD_METRICS = [
  'BackupAgeRatio',
  'UnverifiedAge',
  'SnapshotAgeRatio',
  'ThrottledCalls',
  'ApproximateNumberOfMessagesVisible',
] as const;
/** See TOLD_METRICS. */
export type ToldMetric = (typeof TOLD_METRICS)[number];
const isToldMetric = (value: unknown): value is ToldMetric => (TOLD_METRICS as readonly unknown[]).includes(value);

/** That an alarm went off. */
export interface AlarmNotice {
  readonly event: 'alarm';
  readonly alarmArn: string;
  readonly region: string;
  /** What the alarm judges. */
  readonly metric: ToldMetric;
  /** Name of the queue that it is about, where it is about one. */
  readonly queue?: string;
  /** When its state changed, milliseconds since the epoch. */
  readonly at: number;
  /** It went off because there was no data. */
  readonly missing: boolean;
  /** It had never judged before. */
  readonly first: boolean;
}

/** EventBridge's "CloudWatch Alarm State Change" of an alarm on one metric; undefined for any other. */
export function parseAlarm({ resources, region, detail }: Fields): AlarmNotice | undefined {
  const { state, previousState, configuration } = fieldsOf(detail);
  const [alarmArn] = listOf(resources);
  const [judged] = listOf(fieldsOf(configuration).metrics);
  const { name: metric, dimensions } = fieldsOf(fieldsOf(fieldsOf(judged).metricStat).metric);
  const { value, timestamp, reasonData } = fieldsOf(state);
  const at = Date.parse(textOf(timestamp) ?? '');
  if (typeof alarmArn !== 'string' || typeof region !== 'string' || value !== 'ALARM') return undefined;
  if (!isToldMetric(metric) || Number.isNaN(at)) return undefined;
  const queue = textOf(fieldsOf(dimensions).QueueName);
  return {
    event: 'alarm',
    alarmArn,
    region,
    metric,
    ...(queue === undefined ? {} : { queue }),
    at,
    missing: listOf(fieldsIn(reasonData).recentDatapoints).length === 0,
    first: fieldsOf(previousState).value === 'INSUFFICIENT_DATA',
  };
}
