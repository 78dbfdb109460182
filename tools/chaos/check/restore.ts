import { paginateListUsers } from '@aws-sdk/client-cognito-identity-provider';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { comparePools, differingKinds, comesBack } from '../../demo/compare/compare-pools.ts';
import { readPool } from '../../demo/compare/read-pool.ts';
import type { PoolSnapshot } from '../../demo/compare/read-pool.ts';
import { cognitoIn } from '../../deploy/clients.ts';
import type { Deployment } from '../deployment.ts';
import type { Region } from '../../deploy/regions.ts';

interface Report {
  readonly outcome: string;
  readonly counts: Readonly<Record<string, number>>;
}
/** What a restore reported. */
export interface Files {
  readonly report: Report;
  readonly failures: readonly Readonly<Record<string, string>>[];
  readonly subMap: readonly Readonly<Record<string, string>>[];
}

/** Statuses of users who can set a password. */
export const WHOLE: ReadonlySet<string> = new Set(['CONFIRMED', 'RESET_REQUIRED']);

/**
 * Holds the new pool and the three files of the report against the pool that was backed up, with code that shares
 * nothing with the product. Problems in words; none when the restore is whole and its report right to the last count.
 */
export async function restoreProblems(
  deployment: Deployment,
  source: PoolSnapshot,
  target: { readonly region: Region; readonly poolId: string; readonly keys: readonly string[] },
): Promise<string[]> {
  const client = cognitoIn(deployment.cloud, target.region);
  const restored = await readPool(client, target.poolId);
  const compared = comparePools(source, restored);
  const { unexpected, missingSubs } = compared;
  let listed = 0;
  for await (const { Users = [] } of paginateListUsers({ client }, { UserPoolId: target.poolId }))
    listed += Users.length;
  const locked = [...restored.users.values()].filter(({ status }) => !WHOLE.has(status));
  return [
    ...differingKinds(compared),
    ...(missingSubs.length > 0 ? [`missing: ${missingSubs.slice(0, 3).join(', ')}`] : []),
    ...(unexpected.length > 0
      ? [`${unexpected.length} users that nobody backed up, or that should have been left out`]
      : []),
    ...(listed === restored.users.size ? [] : [`${listed - restored.users.size} users exist twice`]),
    ...(locked.length === 0
      ? []
      : [
          `${locked.length} users cannot sign in: ${locked
            .slice(0, 3)
            .map(({ status }) => status)
            .join(', ')}`,
        ]),
    ...reportProblems(source, restored, await reportFiles(deployment, target)),
    ...((await deployment.cloud.endUserMessages()).length > 0 ? ['messages went to end users'] : []),
  ];
}

/** The three files of the report, by their keys: report.json, failures.csv, sub-map.csv. */
export async function reportFiles(
  { cloud, bucket }: Deployment,
  { region, keys }: { readonly region: Region; readonly keys: readonly string[] },
): Promise<Files> {
  const s3 = new S3Client(cloud.clientConfig(region));
  const [json = '{}', failures = '', subMap = ''] = await Promise.all(
    keys.map(async (Key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket[region], Key }));
      return (await Body?.transformToString()) ?? '';
    }),
  );
  const rows = (text: string): Record<string, string>[] => parse<Record<string, string>>(text, { columns: true });
  return { report: JSON.parse(json) as Report, failures: rows(failures), subMap: rows(subMap) };
}

function reportProblems(source: PoolSnapshot, restored: PoolSnapshot, { report, failures, subMap }: Files): string[] {
  const native = [...source.users].filter(([, { status }]) => status !== 'EXTERNAL_PROVIDER');
  const wanted = native.filter(([, user]) => comesBack(user));
  const back = wanted.filter(([name]) => restored.users.has(name));
  const memberships = [...source.groups.values()].flatMap(({ members }) =>
    [...members].filter((name) => native.some(([known]) => known === name)),
  );
  const kept = memberships.filter((name) => wanted.some(([known]) => known === name));
  const expected: Record<string, number> = {
    usersInBackup: native.length,
    usersRestored: back.length,
    usersExcluded: native.length - wanted.length,
    usersMissing: wanted.length - back.length,
    usersBlocked: 0,
    usersDifferent: 0,
    usersWithoutPassword: 0,
    usersCreatedOneByOne: [...restored.users.values()].filter(({ status }) => status === 'CONFIRMED').length,
    groups: source.groups.size,
    groupsMissingOrDifferent: 0,
    memberships: kept.length,
    membershipsMissing: 0,
    membershipsWithoutUser: memberships.length - kept.length,
    unknownUsers: 0,
    unknownGroups: 0,
    unknownMemberships: 0,
  };
  const wrong = Object.entries(expected)
    .filter(([name, value]) => report.counts[name] !== value)
    .map(([name, value]) => `the report says ${name} ${report.counts[name]}, found ${value}`);
  const mapped = new Map(subMap.map(({ old_sub: old = '', new_sub: now = '' }) => [old, now]));
  const unmapped = back.filter(([name, { sub }]) => mapped.get(sub) !== restored.users.get(name)?.sub);
  const reported = new Set(failures.map(({ sub }) => sub));
  const untold = native.filter(([, user]) => !comesBack(user) && !reported.has(user.sub));
  const outcome = native.length === wanted.length ? 'complete' : 'policy';
  return [
    ...wrong,
    ...(unmapped.length > 0 || mapped.size !== back.length || subMap.length !== mapped.size
      ? [`sub-map.csv: ${unmapped.length} users wrong, ${subMap.length} rows for ${back.length} users`]
      : []),
    ...(untold.length > 0 ? [`failures.csv does not name ${untold.length} users that were left out`] : []),
    ...(new Set(failures.map((row) => JSON.stringify(row))).size === failures.length
      ? []
      : ['failures.csv repeats rows']),
    ...(report.outcome === outcome ? [] : [`the report's outcome is ${report.outcome}, expected ${outcome}`]),
  ];
}
