/** Buckets that outlive their stack: whose they are, and their removal with every version of every object. */
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { errorNameOf } from '../service-errors.ts';
import type { OwnedBucket } from './asset-buckets.ts';

/** Names of the account's buckets that begin so, in one Region. */
export async function bucketsNamed(client: S3Client, region: string, prefix: string): Promise<readonly string[]> {
  const names: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(
      new ListBucketsCommand({ Prefix: prefix, BucketRegion: region, MaxBuckets: 1_000, ContinuationToken }),
    );
    names.push(...(page.Buckets ?? []).flatMap(({ Name = '' }) => (Name.startsWith(prefix) ? [Name] : [])));
    ContinuationToken = page.ContinuationToken;
  } while (ContinuationToken !== undefined);
  return names;
}

/** Tags of a bucket; none also when it is gone, undefined when it belongs to another account. */
export async function bucketTags(
  client: S3Client,
  { bucket, account }: OwnedBucket,
): Promise<Readonly<Record<string, string>>> {
  try {
    const { TagSet = [] } = await client.send(
      new GetBucketTaggingCommand({ Bucket: bucket, ExpectedBucketOwner: account }),
    );
    return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
  } catch (error) {
    if (['NoSuchTagSet', 'NoSuchBucket'].includes(errorNameOf(error))) return {};
    throw error;
  }
}

/** S3 could not do it at the moment. */
const TRANSIENT = new Set(['InternalError', 'SlowDown', 'ServiceUnavailable', 'RequestTimeout', 'OperationAborted']);

/** What became of one page of versions and delete markers. */
export interface DeletedPage {
  readonly deleted: number;
  /** Left for another try. */
  readonly left: number;
}

/** Deletes one page of versions and delete markers; nothing when the bucket is empty or gone. */
export async function deleteSomeVersions(client: S3Client, { bucket, account }: OwnedBucket): Promise<DeletedPage> {
  const owned = { Bucket: bucket, ExpectedBucketOwner: account };
  try {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand(owned));
    const found = [...Versions, ...DeleteMarkers]
      .map(({ Key = '', VersionId }) => ({ Key, VersionId }))
      .slice(0, 1_000);
    if (found.length === 0) return { deleted: 0, left: 0 };
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ ...owned, Delete: { Objects: found, Quiet: true } }),
    );
    const refused = Errors.find(({ Code = '' }) => !TRANSIENT.has(Code));
    // The key may hold an id of a user: only the code is told.
    if (refused !== undefined)
      throw Object.assign(new Error(`S3 refuses to delete objects of ${bucket}: ${refused.Code ?? ''}`), {
        name: refused.Code ?? 'DeleteRefused',
      });
    return { deleted: found.length - Errors.length, left: Errors.length };
  } catch (error) {
    if (errorNameOf(error) === 'NoSuchBucket') return { deleted: 0, left: 0 };
    throw error;
  }
}

/** Deletes an empty bucket. 'notEmpty' when something has arrived meanwhile, as access logs do for hours. */
export async function deleteEmptyBucket(
  client: S3Client,
  { bucket, account }: OwnedBucket,
): Promise<'deleted' | 'notEmpty'> {
  try {
    await client.send(new DeleteBucketCommand({ Bucket: bucket, ExpectedBucketOwner: account }));
    return 'deleted';
  } catch (error) {
    if (errorNameOf(error) === 'BucketNotEmpty') return 'notEmpty';
    if (errorNameOf(error) === 'NoSuchBucket') return 'deleted';
    throw error;
  }
}
