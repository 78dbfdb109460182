/** StackChecker: the first resource of the main stack, so that a wrong parameter fails before anything is retained. */
import * as v from 'valibot';
import type { UserPoolReader } from '../../domain/ports.ts';
import { checkSourcePool } from '../../domain/backup/source-pool.ts';
import { parseProperties, region, nonEmptyText } from '../framework/properties.ts';
import { done } from '../framework/types.ts';
import type { CustomResource } from '../framework/types.ts';
import { checkAssets } from './assets.ts';
import type { Readable } from './assets.ts';
import { physicalIdFor, refuseChanges } from './fixed-parameters.ts';
import { checkSecondaryRegion } from './regions.ts';

const schema = v.object({
  PrimaryUserPoolId: nonEmptyText,
  SecondaryRegion: region,
  AssetBucketPrefix: nonEmptyText,
  AssetKeyPrefix: nonEmptyText,
  StackSetTemplateKey: nonEmptyText,
});
type Properties = v.InferOutput<typeof schema>;

/** What the resource StackChecker needs. */
export interface StackCheckerDeps {
  /** The Region of the stack. */
  readonly thisRegion: string;
  readonly pools: Pick<UserPoolReader, 'describe'>;
  /** Any request in that Region; rejects with the error that AWS or the network gives. */
  readonly callRegion: (region: string) => Promise<void>;
  readonly lookForObject: (region: string, bucket: string, key: string) => Promise<Readable>;
}

/**
 * Create checks the pool, the backup Region and the files in both Regions. Update looks at the fixed parameters only:
 * the others can change also when the pool no longer exists. Physical id: the fixed parameters.
 */
export function stackChecker({
  thisRegion,
  pools,
  callRegion,
  lookForObject,
}: StackCheckerDeps): CustomResource<Properties> {
  return {
    parse: (properties) => parseProperties(schema, properties),
    identify: physicalIdFor,
    create: async (properties) => {
      const poolId = properties.PrimaryUserPoolId;
      checkPoolRegion(poolId, thisRegion);
      await checkSecondaryRegion(properties.SecondaryRegion, thisRegion, callRegion);
      checkSourcePool(poolId, (await pools.describe(poolId)).settings);
      const assets = {
        bucketPrefix: properties.AssetBucketPrefix,
        key: properties.StackSetTemplateKey,
        keyPrefix: properties.AssetKeyPrefix,
      };
      await checkAssets(assets, thisRegion, lookForObject);
      await checkAssets(assets, properties.SecondaryRegion, lookForObject);
      return done();
    },
    update: (properties, { physicalId }) => {
      refuseChanges(physicalId, properties);
      return Promise.resolve(done());
    },
    remove: () => Promise.resolve(done()),
  };
}

/** A pool's id begins with its Region: `<region>_<random>` (Cognito API, UserPoolIdType). */
function checkPoolRegion(poolId: string, thisRegion: string): void {
  const poolRegion = /^([\w-]+)_[0-9a-zA-Z]+$/.exec(poolId)?.[1];
  if (poolRegion === undefined)
    throw new Error(
      `PrimaryUserPoolId "${poolId}" is not the id of a user pool, which looks like ${thisRegion}_AbCdEf123.`,
    );
  if (poolRegion !== thisRegion) {
    throw new Error(
      `PrimaryUserPoolId ${poolId} is a pool of ${poolRegion}, but this stack is launched in ${thisRegion}. Launch it in ${poolRegion}, or give a pool of ${thisRegion}.`,
    );
  }
}
