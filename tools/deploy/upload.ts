import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { BuildArguments } from '../../source/domain/operator/build/build-arguments.ts';
import type { FilledBuild } from '../../source/domain/operator/build/fill-build.ts';
import type { ClientConfigOf } from './clients.ts';

/** S3's default Region takes no location constraint (Amazon S3 API, CreateBucket). */
const WITHOUT_LOCATION = 'us-east-1';

/** Makes the asset bucket `<bucket>-<region>` of each Region; one that is already there is fine. */
export async function createAssetBuckets(
  clientConfig: ClientConfigOf,
  bucket: string,
  regions: readonly string[],
): Promise<void> {
  for (const region of regions) {
    const location =
      region === WITHOUT_LOCATION ? {} : { CreateBucketConfiguration: { LocationConstraint: region as never } };
    try {
      await new S3Client(clientConfig(region)).send(
        new CreateBucketCommand({ Bucket: `${bucket}-${region}`, ...location }),
      );
    } catch (error) {
      if ((error as Error).name !== 'BucketAlreadyOwnedByYou') throw error;
    }
  }
}

/** Uploads both folders of a build to the asset bucket of each Region, as the commands do that the build prints. */
export async function uploadAssets(
  clientConfig: ClientConfigOf,
  build: BuildArguments,
  assets: FilledBuild,
  regions: readonly string[],
): Promise<void> {
  for (const region of regions) {
    const client = new S3Client(clientConfig(region));
    for (const [fileName, content] of [...assets.global, ...assets.regional]) {
      await client.send(
        new PutObjectCommand({
          Bucket: `${build.bucket}-${region}`,
          Key: `${build.solutionName}/${build.version}/${fileName}`,
          Body: content,
        }),
      );
    }
  }
}
