import {
  makeAssetBucket,
  ownerOfBucket,
  protectAssetBucket,
  uploadFiles,
} from '../../adapters/operator/asset-buckets.ts';
import { counted } from '../../domain/counted.ts';
import {
  ASSET_BUCKET,
  ASSET_BUCKET_RULE,
  assetBucketIn,
  assetKey,
} from '../../domain/operator/build/build-arguments.ts';
import { bucketTags } from '../../adapters/operator/retained-buckets.ts';
import type { BuildArguments } from '../../domain/operator/build/build-arguments.ts';
import type { FilledBuild } from '../../domain/operator/build/fill-build.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';

const RANDOM_BYTES = 4;

/** Whose buckets, and for which stack. */
export interface AssetOwner {
  readonly account: string;
  readonly stack: string;
  readonly regions: readonly string[];
}

/** Unique in the world by the account, and by its random part also where somebody guesses such names and takes them. */
export const newBucketName = (account: string, randomHex: (bytes: number) => string): string =>
  `${assetBucketPrefix(account)}${randomHex(RANDOM_BYTES)}`;

/** How every name begins that newBucketName gives. */
export const assetBucketPrefix = (account: string): string => `cognito-export-${account}-`;

const tagsOfAssets = (stack: string) => ({
  Solution: 'cognito-user-profiles-export',
  MainStack: stack,
  Purpose: 'assets',
});

/** Whether `deploy` has made a bucket, for a launch of this name. */
export const isMadeFor = (tags: Readonly<Record<string, string>>, stack: string): boolean =>
  Object.entries(tagsOfAssets(stack)).every(([key, value]) => tags[key] === value);

/** @throws CliError unless the buckets of a Region can have this name */
export function checkBucketName(name: string): string {
  if (ASSET_BUCKET.test(name)) return name;
  throw new CliError('usage', {
    thing: '--bucket',
    found: `"${name}" cannot be used`,
    next: `It ${ASSET_BUCKET_RULE}.`,
  });
}

/** Whether every bucket of this name is the account's own. */
export async function ownsAssetBuckets(
  { clients }: Pick<CliContext, 'clients'>,
  bucket: string,
  { account, regions }: AssetOwner,
): Promise<boolean> {
  for (const region of regions) {
    const owner = await ownerOfBucket(clients.s3(region), { bucket: assetBucketIn({ bucket }, region), account });
    if (owner !== 'own') return false;
  }
  return true;
}

/**
 * Makes the asset bucket of each Region where it is missing.
 * @throws CliError when a bucket of that name is not this account's
 */
export async function ensureAssetBuckets(
  { clients, output }: Pick<CliContext, 'clients' | 'output'>,
  bucket: string,
  { account, stack, regions }: AssetOwner,
): Promise<void> {
  for (const region of regions) {
    const client = clients.s3(region);
    const owned = { bucket: assetBucketIn({ bucket }, region), account };
    const owner = await ownerOfBucket(client, owned);
    if (owner === 'other') throw notOurs(owned.bucket, region);
    if (owner === 'own') {
      // One whose making was cut short has no tags yet, and is not protected either.
      const unfinished = bucket.startsWith(assetBucketPrefix(account)) && isUntagged(await bucketTags(client, owned));
      if (unfinished) await protectAssetBucket(client, owned, tagsOfAssets(stack));
      continue;
    }
    output.status({ text: `Making the bucket ${owned.bucket} in ${region}`, lasting: true });
    if ((await makeAssetBucket(client, region, owned, tagsOfAssets(stack))) === 'taken')
      throw notOurs(owned.bucket, region);
  }
}

const isUntagged = (tags: object): boolean => Object.keys(tags).length === 0;

const notOurs = (bucket: string, region: string): CliError =>
  new CliError('refused', {
    thing: `Bucket ${bucket} in ${region}`,
    found: "it belongs to another account, or these credentials may not read it: code from there could be anybody's",
    next: 'Give another name with --bucket, or none, and a new one is made up.',
  });

/** Uploads both folders of the build to each Region. */
export async function uploadBuild(
  { clients, output }: Pick<CliContext, 'clients' | 'output'>,
  build: BuildArguments,
  { global, regional }: FilledBuild,
  { account, regions }: AssetOwner,
): Promise<void> {
  // The templates last: nobody launches what is not complete.
  const files = new Map([...regional, ...global].map(([name, content]) => [assetKey(build, name), content]));
  for (const region of regions) {
    output.status({
      text: `Uploading ${counted(files.size, 'file')} to ${assetBucketIn(build, region)}`,
      lasting: true,
    });
    await uploadFiles(clients.s3(region), { bucket: assetBucketIn(build, region), account }, files);
  }
}
