import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { counted } from '../../../source/domain/counted.ts';
import { SECONDARY } from '../../deploy/regions.ts';
import type { LaunchedSolution } from '../../deploy/solution.ts';
import type { Demo } from '../context.ts';

/** Reasons by the old `sub` of each user in failures.csv. */
export type ReportedFailures = ReadonlyMap<string, readonly string[]>;

/** failures.csv of the restore into a pool, read with a CSV parser of its own; undefined when the restore wrote none. */
export async function reportedFailures(
  { cloud, narrator, options }: Demo,
  { bucket }: LaunchedSolution,
  poolId: string,
): Promise<ReportedFailures | undefined> {
  const s3 = new S3Client(cloud.clientConfig(SECONDARY));
  const Bucket = bucket[SECONDARY];
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `restores/${poolId}/` }));
  const keys = (Contents ?? []).map(({ Key = '' }) => Key).filter((key) => key.includes('/report/'));
  // Without --keep nobody can look there afterwards.
  const shown = options.keep ? keys.map((key) => `s3://${Bucket}/${key}`) : keys.map((key) => key.split('/').at(-1));
  narrator.say(`Report of the restore:\n${shown.map((name) => `  ${name}`).join('\n')}`);
  const Key = keys.find((key) => key.endsWith('/failures.csv'));
  if (Key === undefined) return undefined;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const reported = new Map<string, string[]>();
  for (const { sub = '', reason = '' } of parse<Record<string, string>>((await Body?.transformToString()) ?? '', {
    columns: true,
  }))
    reported.set(sub, [...(reported.get(sub) ?? []), reason]);
  return reported;
}

/** How many rows, and how many for each reason. */
export function failuresInWords(reported: ReportedFailures): string {
  const reasons = [...reported.values()].flat();
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [
    `failures.csv: ${counted(reasons.length, 'row')}`,
    ...[...counts].map(([reason, count]) => `  ${count} x ${reason}`),
  ].join('\n');
}
