import { DeleteObjectsCommand, PutObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { forEachAtOnce } from '../domain/concurrency.ts';
import { isNamed } from '../domain/errors.ts';
import type { ObjectStore } from '../domain/ports.ts';
import { assertIntact, intactPieces } from '../domain/state/digest-keys.ts';
import { inBatchesOf, untilProcessed } from './batches.ts';
import type { Waits } from './batches.ts';
import { clientOptions } from './client-options.ts';
import type { AdapterOptions } from './client-options.ts';
import { multipartWriter } from './object-parts.ts';
import { objectPutter } from './object-puts.ts';
import { isMissingObject, keysBelow, objectPieces, rangeOfObject, wholeObject } from './object-reads.ts';
import { httpStatusOf, serviceError } from './service-errors.ts';

/** One bucket; `clock` and `random` are replaced by tests only. */
export interface ObjectStoreOptions extends AdapterOptions, Waits {
  readonly bucket: string;
  /** It may be a bucket of another Region than the client's. */
  readonly anyRegion?: boolean;
}

const DELETE_BATCH = 1000;
/** S3 tags one object per request. */
const TAGS_AT_A_TIME = 16;

/** S3 has no time for this request now. */
const isBusy = (error: unknown): boolean => [429, 500, 503].includes(httpStatusOf(error) ?? 0);

/** Objects of one bucket; see ObjectStore. Encryption is the bucket's default. */
export function objectStore({ bucket, anyRegion = false, clock, random, ...options }: ObjectStoreOptions): ObjectStore {
  const client = new S3Client({ ...clientOptions(options), followRegionRedirects: anyRegion });
  const waits: Waits = { ...(clock === undefined ? {} : { clock }), ...(random === undefined ? {} : { random }) };
  const failed = (action: string, error: unknown): Error => serviceError(`${action} on the bucket ${bucket}`, error);

  return {
    get: async (key) => {
      const stored = await wholeObject({ client, bucket, key }).catch((error: unknown) => {
        throw failed('GetObject', error);
      });
      if (stored !== undefined) assertIntact(key, stored.body);
      return stored;
    },

    put: objectPutter(client, { bucket }, (error) => failed('PutObject', error)),

    list: (prefix) => keysBelow({ client, bucket }, prefix, (error) => failed('ListObjectsV2', error)),

    read: (key) =>
      intactPieces(
        key,
        objectPieces({ client, bucket, key }, (error) => failed('GetObject', error)),
      ),

    readRange: (key, from, bytes) =>
      rangeOfObject({ client, bucket, key }, from, bytes).catch((error: unknown) => {
        throw isNamed(error, 'BadState') ? error : failed('GetObject', error);
      }),

    write: multipartWriter(client, bucket),

    deleteAll: async (keys) => {
      for (const batch of inBatchesOf(DELETE_BATCH, keys)) {
        await untilProcessed(
          `DeleteObjects on the bucket ${bucket}`,
          batch,
          async (pending) => {
            const { Errors = [] } = await client
              .send(
                new DeleteObjectsCommand({
                  Bucket: bucket,
                  Delete: { Quiet: true, Objects: pending.map((Key) => ({ Key })) },
                }),
              )
              .catch((error: unknown) => {
                throw failed('DeleteObjects', error);
              });
            const refused = new Set(Errors.map(({ Key }) => Key));
            return pending.filter((key) => refused.has(key));
          },
          waits,
        );
      }
    },

    tagAll: (keys, tags) => {
      const Tagging = { TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
      return untilProcessed(
        `PutObjectTagging on the bucket ${bucket}`,
        keys,
        async (pending) => {
          const refused: string[] = [];
          await forEachAtOnce(pending, TAGS_AT_A_TIME, async (Key) => {
            try {
              await client.send(new PutObjectTaggingCommand({ Bucket: bucket, Key, Tagging }));
            } catch (error) {
              if (isMissingObject(error)) return;
              if (!isBusy(error)) throw failed('PutObjectTagging', error);
              refused.push(Key);
            }
          });
          return refused;
        },
        waits,
      );
    },
  };
}
