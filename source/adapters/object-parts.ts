import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from '../domain/ports.ts';
import { serviceError } from './service-errors.ts';

/** Size of a part; S3 wants at least 5 MiB for all but the last, and at most 10,000 parts. */
const PART_BYTES = 8 * 1024 * 1024;

/** Regroups bytes into parts of PART_BYTES; only the last is smaller. An empty source gives one empty part. */
async function* partsOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pending: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of source) {
    pending.push(Uint8Array.from(piece));
    bytes += piece.length;
    while (bytes > PART_BYTES) {
      const all = Buffer.concat(pending);
      yield all.subarray(0, PART_BYTES);
      const rest = all.subarray(PART_BYTES);
      pending = [rest];
      bytes = rest.length;
    }
  }
  yield Buffer.concat(pending);
}

/** ObjectStore's `write`: one PutObject where one part is enough, else a multipart upload that is aborted when it fails. */
export const multipartWriter =
  (client: Pick<S3Client, 'send'>, bucket: string): ObjectStore['write'] =>
  async (key, source) => {
    const target = { Bucket: bucket, Key: key };
    const parts = partsOf(source);
    const first = await parts.next();
    const second = await parts.next();
    if (first.done === true || second.done === true) {
      await client
        .send(new PutObjectCommand({ ...target, Body: first.done === true ? '' : first.value }))
        .catch((error: unknown) => {
          throw serviceError(`PutObject on the bucket ${bucket}`, error);
        });
      return;
    }
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target)).catch((error: unknown) => {
      throw serviceError(`CreateMultipartUpload on the bucket ${bucket}`, error);
    });
    const done: { ETag: string | undefined; PartNumber: number }[] = [];
    const upload = async (Body: Buffer): Promise<void> => {
      const PartNumber = done.length + 1;
      const { ETag } = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
      done.push({ ETag, PartNumber });
    };
    try {
      await upload(first.value);
      await upload(second.value);
      for await (const part of parts) await upload(part);
      await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: done } }));
    } catch (error) {
      // A failed abort leaves parts that the bucket's lifecycle removes; the first error is the one that matters.
      await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined);
      throw error instanceof Error && '$metadata' in error
        ? serviceError(`The upload of an object to the bucket ${bucket}`, error)
        : error;
    }
  };
