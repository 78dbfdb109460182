import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { makeAssetBucket, uploadFiles } from '../../source/adapters/operator/asset-buckets.ts';
import type { OwnedBucket } from '../../source/adapters/operator/asset-buckets.ts';
import { callersAccount } from '../../source/adapters/operator/caller.ts';
import { assetBucketIn, assetKey } from '../../source/domain/operator/build/build-arguments.ts';
import type { BuildArguments } from '../../source/domain/operator/build/build-arguments.ts';
import type { FilledBuild } from '../../source/domain/operator/build/fill-build.ts';
import type { ClientConfigOf } from './clients.ts';

const ownedIn = async (clientConfig: ClientConfigOf, bucket: string, region: string): Promise<OwnedBucket> => ({
  bucket: assetBucketIn({ bucket }, region),
  account: (await callersAccount(new STSClient(clientConfig(region)))) ?? '',
});

/** Makes the asset bucket `<bucket>-<region>` of each Region; one that is already there is fine. */
export async function createAssetBuckets(
  clientConfig: ClientConfigOf,
  bucket: string,
  regions: readonly string[],
): Promise<void> {
  for (const region of regions)
    await makeAssetBucket(new S3Client(clientConfig(region)), region, await ownedIn(clientConfig, bucket, region), {
      Purpose: 'assets',
    });
}

/** Uploads both folders of a build to the asset bucket of each Region, as the commands do that the build prints. */
export async function uploadAssets(
  clientConfig: ClientConfigOf,
  build: BuildArguments,
  { global, regional }: FilledBuild,
  regions: readonly string[],
): Promise<void> {
  const files = new Map([...global, ...regional].map(([name, content]) => [assetKey(build, name), content]));
  for (const region of regions)
    await uploadFiles(new S3Client(clientConfig(region)), await ownedIn(clientConfig, build.bucket, region), files);
}
