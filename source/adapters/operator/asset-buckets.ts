/** The asset buckets of a launch. Each call names the account that must own the bucket: names are taken by whoever comes first. */
import {
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import type { BucketLocationConstraint, S3Client } from '@aws-sdk/client-s3';
import { forEachAtOnce } from '../../domain/concurrency.ts';
import { errorNameOf, httpStatusOf } from '../service-errors.ts';

/** S3's default Region takes no location constraint (Amazon S3 API, CreateBucket). */
const WITHOUT_LOCATION = 'us-east-1';
const UPLOADS_AT_A_TIME = 4;

/** A bucket, and whose it must be. */
export interface OwnedBucket {
  readonly bucket: string;
  readonly account: string;
}

/** Whose bucket has a name: the account's, nobody's, or that of somebody else (or one that may not be read). */
export async function ownerOfBucket(
  client: S3Client,
  { bucket, account }: OwnedBucket,
): Promise<'own' | 'nobody' | 'other'> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: account }));
    return 'own';
  } catch (error) {
    const httpStatusCode = httpStatusOf(error);
    if (httpStatusCode === 404) return 'nobody';
    if (httpStatusCode === 403 || httpStatusCode === 301) return 'other';
    throw error;
  }
}

/** Makes a bucket that nothing public can reach, whatever the account's own settings are. 'taken' when somebody else was first. */
export async function makeAssetBucket(
  client: S3Client,
  region: string,
  { bucket, account }: OwnedBucket,
  tags: Readonly<Record<string, string>>,
): Promise<'made' | 'taken'> {
  const location =
    region === WITHOUT_LOCATION
      ? {}
      : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } };
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket, ...location }));
  } catch (error) {
    if (errorNameOf(error) === 'BucketAlreadyExists') return 'taken';
    if (errorNameOf(error) !== 'BucketAlreadyOwnedByYou') throw error;
  }
  await protectAssetBucket(client, { bucket, account }, tags);
  return 'made';
}

/** Can be repeated: a bucket whose making was cut short gets what it lacks. */
export async function protectAssetBucket(
  client: S3Client,
  { bucket, account }: OwnedBucket,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const owned = { Bucket: bucket, ExpectedBucketOwner: account };
  await client.send(
    new PutPublicAccessBlockCommand({
      ...owned,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    }),
  );
  await client.send(
    new PutBucketTaggingCommand({
      ...owned,
      Tagging: { TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
    }),
  );
}

/** Uploads files by their keys; those that are there are written again, none is deleted. */
export const uploadFiles = (
  client: S3Client,
  { bucket, account }: OwnedBucket,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> =>
  forEachAtOnce([...files], UPLOADS_AT_A_TIME, async ([Key, Body]) => {
    await client.send(new PutObjectCommand({ Bucket: bucket, ExpectedBucketOwner: account, Key, Body }));
  });
