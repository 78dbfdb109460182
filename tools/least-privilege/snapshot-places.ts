import {
  CreateBucketCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SNAPSHOTS_PREFIX } from '../../source/domain/backup/snapshot/names.ts';
import { PRIMARY } from '../deploy/regions.ts';
import type { LocalCloud } from '../local-cloud/index.ts';
import type { LaunchedSolution } from '../deploy/solution.ts';

/** Of this account, so that no bucket policy stands for a statement that was taken away. */
export const VAULT = 'least-privilege-vault';
/** Named as CloudFormation names the mapping-file bucket of a launch, which a launch that is gone has left. */
const RETAINED = 'stackset-cognitouserprofiles-mappingfilebucket-0123456789ab';

export const createPlaces = async (cloud: LocalCloud): Promise<void> => {
  const client = new S3Client(cloud.clientConfig(PRIMARY));
  for (const Bucket of [VAULT, RETAINED]) await client.send(new CreateBucketCommand({ Bucket }));
};

interface WithVault extends Pick<LaunchedSolution, 'bucket'> {
  readonly cloud: LocalCloud;
  readonly vaultKey: string;
}

/** Copies the snapshots to where a restore reads them by their objects alone; gives the place. */
export async function filledPlace({ cloud, bucket, vaultKey }: WithVault, kind: 'vault' | 'retained'): Promise<string> {
  const client = new S3Client(cloud.clientConfig(PRIMARY));
  const Bucket = kind === 'vault' ? VAULT : RETAINED;
  const encrypted = kind === 'vault' ? { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: vaultKey } : {};
  const source = bucket[PRIMARY];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: source, Prefix: SNAPSHOTS_PREFIX }))
    for (const { Key } of Contents) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: source, Key }));
      await client.send(
        new PutObjectCommand({ Bucket, Key, Body: (await Body?.transformToByteArray()) ?? '', ...encrypted }),
      );
    }
  return `s3://${Bucket}/`;
}
