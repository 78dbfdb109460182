import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { Fault } from '../domain/errors.ts';
import { errorNameOf } from './service-errors.ts';

/** Times that a broken download is taken up again where it ended. */
const RESUMES = 5;

/** HTTP status of S3's answer; undefined where there was none. */
export const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;

/** True when S3 says that there is no such object. */
export const isMissingObject = (error: unknown): boolean =>
  errorNameOf(error) === 'NoSuchKey' || errorNameOf(error) === 'NotFound';

/** Where an object lies. */
export interface ObjectPlace {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
}

/**
 * The object's bytes; a broken download is taken up where it ended. Fault BadState when the object does not exist or was replaced
 * meanwhile; what else goes wrong is thrown as `failed` makes it.
 */
export async function* objectPieces(
  { client, bucket, key }: ObjectPlace,
  failed: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array, void, undefined> {
  let offset = 0;
  let version: string | undefined;
  for (let resumes = 0; ; resumes += 1) {
    const from = offset;
    try {
      const { Body, ETag } = await client.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          ...(from === 0 ? {} : { Range: `bytes=${from}-` }),
          ...(version === undefined ? {} : { IfMatch: version }),
        }),
      );
      version = ETag;
      for await (const piece of Body as AsyncIterable<Uint8Array>) {
        offset += piece.length;
        yield piece;
      }
      return;
    } catch (error) {
      if (isMissingObject(error) || statusOf(error) === 412)
        throw new Fault('BadState', `The object ${key} does not exist, or was replaced while it was read.`);
      if (statusOf(error) === 416) return; // The download broke off after the last byte.
      if (statusOf(error) !== undefined || resumes >= RESUMES) throw failed(error);
    }
  }
}
