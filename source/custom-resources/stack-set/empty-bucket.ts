/** Removing what a failed launch has left, where nothing is lost with it. */
import { DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { clientOptions } from '../../adapters/client-options.ts';
import type { AdapterOptions } from '../../adapters/client-options.ts';
import { errorNameOf } from '../../adapters/service-errors.ts';

/** S3 deletes only a bucket without any object or version. Whatever it answers otherwise: the bucket is still there. */
export async function removeEmptyBucket(options: AdapterOptions, bucket: string): Promise<boolean> {
  try {
    await new S3Client(clientOptions(options)).send(new DeleteBucketCommand({ Bucket: bucket }));
    return true;
  } catch (error) {
    return errorNameOf(error) === 'NoSuchBucket';
  }
}
