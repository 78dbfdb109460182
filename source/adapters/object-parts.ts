import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { ObjectStore } from '../domain/ports.ts';
import { serviceError } from './service-errors.ts';

/** Size of a part; S3 wants at least 5 MiB for all but the last, and at most 10,000 parts. */
const PART_BYTES = 8 * 1024 * 1024;
/** Each part under way is held in memory. */
const PARTS_AT_A_TIME = 1;

/**
 * ObjectStore's `write`: one PutObject where one part is enough, else a multipart upload that is aborted when it fails. No
 * other code writes in parts: lib-storage names the checksum's algorithm at the beginning and each part's
 * checksum at the end, without which S3 refuses them. Needed are s3:PutObject and s3:AbortMultipartUpload; where the bucket
 * is encrypted by a KMS key also kms:GenerateDataKey (to begin) and kms:Decrypt (every part). What a killed invocation leaves
 * is removed by the bucket's rule AbortIncompleteUploads.
 */
export const multipartWriter =
  (client: S3Client, bucket: string): ObjectStore['write'] =>
  async (key, source) => {
    let sourceError: unknown;
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      try {
        // A source may fill the same memory again, while parts wait here until they are full.
        for await (const piece of source) yield Uint8Array.from(piece);
      } catch (error) {
        sourceError = error;
        throw error;
      }
    };
    const upload = new Upload({
      client,
      params: { Bucket: bucket, Key: key, Body: Readable.from(pieces()) },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_A_TIME,
    });
    try {
      await upload.done();
    } catch (error) {
      // What the source failed with tells more than an abort that may have failed after it.
      if (sourceError instanceof Error) throw sourceError;
      throw serviceError(`PutObject on the bucket ${bucket}`, error);
    }
  };
