import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { cognitoIn } from '../../deploy/clients.ts';
import { SECONDARY } from '../../deploy/regions.ts';
import type { LaunchedSolution } from '../../deploy/solution.ts';
import { DemoFailure } from '../context.ts';
import type { Demo } from '../context.ts';
import { federatedProblems } from '../federated/compare.ts';
import { FEDERATED } from '../federated/people.ts';
import type { Restored } from './restore.ts';

/** Everybody of identity providers is who they were, or listed. */
export async function proveFederated(demo: Demo, launched: LaunchedSolution, { newPoolId }: Restored): Promise<void> {
  const { cloud, narrator } = demo;
  narrator.step('Identity providers: who is linked, who was made beforehand, who is listed');
  const rows = await federatedRows(demo, launched, newPoolId);
  const listed = FEDERATED.filter(({ id }) =>
    rows.some(({ identities = '' }) => identities.includes(JSON.stringify(id))),
  );
  const problems = [
    ...(await federatedProblems(cognitoIn(cloud, SECONDARY), newPoolId)),
    ...(listed.length === FEDERATED.length ? [] : [`federated.csv lists ${listed.length} of ${FEDERATED.length}`]),
  ];
  narrator.say(
    `${rows.length} users in federated.csv; problems: ${problems.length === 0 ? 'none' : problems.join('; ')}`,
  );
  if (problems.length > 0) throw new DemoFailure(problems.join('\n'));
  narrator.done();
}

/** The last federated.csv about a pool, read with a CSV parser of its own. */
async function federatedRows(
  { cloud }: Demo,
  { bucket }: LaunchedSolution,
  poolId: string,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const s3 = new S3Client(cloud.clientConfig(SECONDARY));
  const Bucket = bucket[SECONDARY];
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `restores/${poolId}/` }));
  const Key = Contents.map(({ Key: key = '' }) => key)
    .filter((key) => key.endsWith('/report/federated.csv'))
    .sort()
    .at(-1);
  if (Key === undefined) return [];
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return parse<Record<string, string>>((await Body?.transformToString()) ?? '', { columns: true });
}
