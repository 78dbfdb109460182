import {
  CreateBucketCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SNAPSHOTS_PREFIX } from '../../source/domain/backup/snapshot/names.ts';
import { PRIMARY, SECONDARY } from '../deploy/regions.ts';
import type { LocalCloud } from '../local-cloud/index.ts';

/** Of this account, so that no bucket policy stands for a statement that was taken away. */
export const VAULT = 'least-privilege-vault';
/** Named as CloudFormation names the mapping-file bucket of a launch, which a launch that is gone has left. */
export const RETAINED = 'stackset-cognitouserprofiles-mappingfilebucket-0123456789ab';

/** Makes both buckets in the Region of the restores, that of the vault with its key. */
export async function createPlaces(cloud: LocalCloud, vaultKey: string): Promise<void> {
  const client = new S3Client(cloud.clientConfig(SECONDARY));
  for (const Bucket of [VAULT, RETAINED])
    await client.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: SECONDARY } }),
    );
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: vaultKey };
  await client.send(
    new PutBucketEncryptionCommand({
      Bucket: VAULT,
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault }] },
    }),
  );
}

/** Copies the snapshots of the launch to both, where a restore reads them by their objects alone. */
export async function fillPlaces(cloud: LocalCloud, source: string): Promise<void> {
  const from = new S3Client(cloud.clientConfig(PRIMARY));
  const to = new S3Client(cloud.clientConfig(SECONDARY));
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: from },
    { Bucket: source, Prefix: SNAPSHOTS_PREFIX },
  ))
    for (const { Key } of Contents) {
      const { Body } = await from.send(new GetObjectCommand({ Bucket: source, Key }));
      const bytes = (await Body?.transformToByteArray()) ?? '';
      for (const Bucket of [VAULT, RETAINED]) await to.send(new PutObjectCommand({ Bucket, Key, Body: bytes }));
    }
}
