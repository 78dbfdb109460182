/** What a build is filled in with: where its files lie, in each Region. */
export interface BuildArguments {
  /** Name of the asset buckets without their suffix `-<region>`. */
  readonly bucket: string;
  readonly solutionName: string;
  readonly version: string;
}

/** A bucket name has 63 characters, and the longest suffix is "-ap-southeast-1". No dots: they break TLS host names. */
export const ASSET_BUCKET = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/;
/** What a name must be that matches ASSET_BUCKET, as the rest of a sentence. */
export const ASSET_BUCKET_RULE =
  'must be 1 to 48 lower-case letters, digits and hyphens, beginning and ending with a letter or digit';

/** The asset bucket of a Region. */
export const assetBucketIn = ({ bucket }: Pick<BuildArguments, 'bucket'>, region: string): string =>
  `${bucket}-${region}`;

/** The key of one file of a build in the asset bucket of any Region. */
export const assetKey = ({ solutionName, version }: BuildArguments, fileName: string): string =>
  `${solutionName}/${version}/${fileName}`;
