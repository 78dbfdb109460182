import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3';
import { Fault } from '../domain/errors.ts';
import type { StoredObject } from '../domain/ports.ts';
import { errorNameOf, httpStatusOf, isDenied } from './service-errors.ts';

/** Times that a broken download is taken up again where it ended. */
const RESUMES = 5;

/** True when S3 says that there is no such object. */
export const isMissingObject = (error: unknown): boolean =>
  errorNameOf(error) === 'NoSuchKey' || errorNameOf(error) === 'NotFound';

/** A bucket, and who reads it. */
export interface BucketPlace {
  readonly client: S3Client;
  readonly bucket: string;
}

/** Where an object lies. */
export interface ObjectPlace extends BucketPlace {
  readonly key: string;
}

/** The whole object; undefined where there is none. Errors are the SDK's. */
export async function wholeObject({ client, bucket, key }: ObjectPlace): Promise<StoredObject | undefined> {
  try {
    const { Body, ETag = '' } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { body: await (Body as NonNullable<typeof Body>).transformToByteArray(), etag: ETag };
  } catch (error) {
    // S3 answers 403 instead of 404 to who may list some prefixes only; a listing tells which it is.
    if (isMissingObject(error)) return undefined;
    if (isDenied(error) && !(await isListed({ client, bucket, key }))) return undefined;
    throw error;
  }
}

/** Some of the object's bytes, fewer where it ends. Fault BadState when there is no such object; other errors are the SDK's. */
export async function rangeOfObject(
  { client, bucket, key }: ObjectPlace,
  from: number,
  bytes: number,
): Promise<Uint8Array> {
  if (bytes === 0) return new Uint8Array();
  try {
    const Range = `bytes=${from}-${from + bytes - 1}`;
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range }));
    return await (Body as NonNullable<typeof Body>).transformToByteArray();
  } catch (error) {
    if (isMissingObject(error)) throw new Fault('BadState', `The object ${key} does not exist.`);
    if (httpStatusOf(error) === 416) return new Uint8Array(); // It ends before.
    throw error;
  }
}

async function isListed({ client, bucket, key }: ObjectPlace): Promise<boolean> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }));
  return Contents[0]?.Key === key;
}

/** All keys that begin so, page by page. What goes wrong is thrown as `failed` makes it. */
export async function* keysBelow(
  { client, bucket }: BucketPlace,
  prefix: string,
  failed: (error: unknown) => unknown,
): AsyncGenerator<string, void, undefined> {
  let token: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await client
      .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }))
      .catch((error: unknown) => {
        throw failed(error);
      });
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
    token = page.NextContinuationToken;
  } while (token !== undefined);
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
      if (isMissingObject(error) || httpStatusOf(error) === 412)
        throw new Fault('BadState', `The object ${key} does not exist, or was replaced while it was read.`);
      if (httpStatusOf(error) === 416) return; // The download broke off after the last byte.
      if (httpStatusOf(error) !== undefined || resumes >= RESUMES) throw failed(error);
    }
  }
}
