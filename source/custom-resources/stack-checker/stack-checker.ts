/** StackChecker: the first resource of the main stack, so that a wrong parameter fails before anything is retained. */
import * as v from 'valibot';
import type { UserPoolReader } from '../../domain/ports.ts';
import { checkSourcePool, unprotectedText } from '../../domain/backup/source-pool.ts';
import { parseProperties, region, nonEmptyText } from '../framework/properties.ts';
import { done } from '../framework/types.ts';
import type { CustomResource } from '../framework/types.ts';
import { checkAssets } from './assets.ts';
import type { Readable } from './assets.ts';
import { checkCustomerKey } from './customer-key.ts';
import type { Keys } from './customer-key.ts';
import { physicalIdFor, refuseChanges } from './fixed-parameters.ts';
import { checkGroupRoles } from './group-roles.ts';
import { checkSecondaryRegion } from './regions.ts';
import type { RegionalService } from './regions.ts';
import { checkVault, checkVaultParameters } from './vault.ts';
import type { BucketFacts, VaultLaunch, VaultParameters } from './vault.ts';

const noOrYes = v.optional(v.picklist(['NO', 'YES'], 'must be NO or YES'), 'NO');
const schema = v.object({
  PrimaryUserPoolId: nonEmptyText,
  SecondaryRegion: region,
  AssetBucketPrefix: nonEmptyText,
  AssetKeyPrefix: nonEmptyText,
  StackSetTemplateKey: nonEmptyText,
  KmsKeyArn: v.optional(v.string('must be a string'), ''),
  LogGroupName: v.optional(nonEmptyText),
  AllowMfa: noOrYes,
  AllowMultipleUsernameAttributes: noOrYes,
  GroupRoles: v.optional(v.picklist(['REPORT', 'MAP'], 'must be REPORT or MAP'), 'REPORT'),
  GroupRoleArns: v.optional(v.string('must be a string'), ''),
  VaultBucketArn: v.optional(v.string('must be a string'), ''),
  VaultAccountId: v.optional(v.string('must be a string'), ''),
  VaultKmsKeyArn: v.optional(v.string('must be a string'), ''),
});
type Properties = v.InferOutput<typeof schema>;

/** LaunchNotice, an output of the stack: what a launch should be told that is no reason to refuse it. */
const NO_NOTICE = 'None.';
const NOT_LOOKED = 'Only a launch looks at the user pool. The messages of ExportWorkflow tell what has changed since.';

/** What the resource StackChecker needs. */
export interface StackCheckerDeps {
  /** The Region of the stack. */
  readonly thisRegion: string;
  readonly pools: Pick<UserPoolReader, 'describe'>;
  /** What a restore needs in its Region, but for S3, which is asked for the files. */
  readonly services: readonly RegionalService[];
  readonly lookForObject: (region: string, bucket: string, key: string) => Promise<Readable>;
  readonly lookForBucket: (name: string) => Promise<BucketFacts>;
  readonly keys: Keys;
  /** Encrypts what comes to that log group from now on. */
  readonly encryptLogGroup: (name: string, keyArn: string) => Promise<void>;
}

/**
 * Create checks the pool, the backup Region with its services, the files, the vault and the customer's key in both Regions; with a
 * key, its own log group, which had to be there before, gets it too. Update looks at parameters only: most can change also when the
 * pool no longer exists. Attribute LaunchNotice. Physical id: the fixed parameters.
 */
export function stackChecker({
  thisRegion,
  pools,
  services,
  lookForObject,
  lookForBucket,
  keys,
  encryptLogGroup,
}: StackCheckerDeps): CustomResource<Properties> {
  return {
    parse: (properties) => parseProperties(schema, properties),
    identify: physicalIdFor,
    create: async (properties, { stackId }) => {
      const poolId = properties.PrimaryUserPoolId;
      checkPoolRegion(poolId, thisRegion);
      const assets = {
        bucketPrefix: properties.AssetBucketPrefix,
        key: properties.StackSetTemplateKey,
        keyPrefix: properties.AssetKeyPrefix,
      };
      // Whatever S3 says of the object: it answers there.
      const s3: RegionalService = {
        name: 'Amazon S3',
        call: (region) => lookForObject(region, `${assets.bucketPrefix}-${region}`, assets.key),
      };
      await checkSecondaryRegion(properties.SecondaryRegion, thisRegion, [...services, s3]);
      const { settings, deletionProtected } = await pools.describe(poolId);
      checkSourcePool(poolId, settings, {
        allowMfa: properties.AllowMfa === 'YES',
        allowMultipleUsernameAttributes: properties.AllowMultipleUsernameAttributes === 'YES',
      });
      checkGroupRoles(properties, launchOf(stackId));
      const aboutVault = await checkVault(...vaultOf(properties, stackId), lookForBucket);
      await checkAssets(assets, thisRegion, lookForObject);
      await checkAssets(assets, properties.SecondaryRegion, lookForObject);
      const { KmsKeyArn: keyArn, SecondaryRegion: secondaryRegion, LogGroupName: logGroup } = properties;
      if (keyArn !== '') {
        await checkCustomerKey(keyArn, { thisRegion, secondaryRegion, account: launchOf(stackId).account }, keys);
        if (logGroup !== undefined) await encryptLogGroup(logGroup, keyArn);
      }
      const notices = [...(deletionProtected ? [] : [unprotectedText(poolId)]), ...(aboutVault ? [aboutVault] : [])];
      return done({ LaunchNotice: notices.length === 0 ? NO_NOTICE : notices.join(' ') });
    },
    update: (properties, { physicalId, stackId }) => {
      refuseChanges(physicalId, properties);
      checkGroupRoles(properties, launchOf(stackId));
      checkVaultParameters(...vaultOf(properties, stackId));
      return Promise.resolve(done({ LaunchNotice: NOT_LOOKED }));
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

/** arn:<partition>:cloudformation:<Region>:<account>:stack/... */
function launchOf(stackId: string): Pick<VaultLaunch, 'partition' | 'account'> {
  const [, partition = '', , , account = ''] = stackId.split(':');
  return { partition, account };
}

const vaultOf = (properties: Properties, stackId: string): [VaultParameters, VaultLaunch] => [
  { bucketArn: properties.VaultBucketArn, accountId: properties.VaultAccountId, keyArn: properties.VaultKmsKeyArn },
  { ...launchOf(stackId), encrypted: properties.KmsKeyArn !== '' },
];
