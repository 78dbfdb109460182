import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { Fault } from '../domain/errors.ts';
import type { ObjectStore, PutCondition } from '../domain/ports.ts';
import { errorNameOf, httpStatusOf } from './service-errors.ts';

const conditionHeaders = (condition: PutCondition | undefined): { IfNoneMatch?: string; IfMatch?: string } =>
  condition === undefined ? {} : 'absent' in condition ? { IfNoneMatch: '*' } : { IfMatch: condition.etag };

/**
 * Puts objects into a bucket, under a condition where one is given; see ObjectStore. `owner`: the account that the bucket
 * must belong to; `failed` makes what any other error is thrown as.
 */
export const objectPutter =
  (
    client: S3Client,
    { bucket, owner }: { readonly bucket: string; readonly owner?: string },
    failed: (error: unknown) => unknown,
  ): ObjectStore['put'] =>
  async (key, body, condition) => {
    try {
      const { ETag = '' } = await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ...(owner === undefined ? {} : { ExpectedBucketOwner: owner }),
          ...conditionHeaders(condition),
        }),
      );
      return ETag;
    } catch (error) {
      // 412: the condition does not hold; 409: another conditional write is under way; 404: the version to replace is gone.
      if (
        condition !== undefined &&
        [412, 409, 404].includes(httpStatusOf(error) ?? 0) &&
        errorNameOf(error) !== 'NoSuchBucket'
      ) {
        throw new Fault('PreconditionFailed', `The object ${key} was written or deleted by someone else.`);
      }
      throw failed(error);
    }
  };
