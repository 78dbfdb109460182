/** Are the solution's files where both Regions will look for them? */

export type Readable = 'readable' | 'missing' | 'denied' | 'inAnotherRegion';

/** Where the files of this version lie: one bucket per Region, `<bucketPrefix>-<Region>`. */
export interface Assets {
  /** Name of the buckets without `-<region>`. */
  readonly bucketPrefix: string;
  /** Key of the one file that is looked for: with it, the whole upload is taken as done. */
  readonly key: string;
  /** Where the files of this version lie. */
  readonly keyPrefix: string;
}

/** Throws an Error that names the bucket, the Region and how the files get there. */
export async function checkAssets(
  { bucketPrefix, key, keyPrefix }: Assets,
  region: string,
  look: (region: string, bucket: string, key: string) => Promise<Readable>,
): Promise<void> {
  const bucket = `${bucketPrefix}-${region}`;
  const answer = await look(region, bucket, key);
  if (answer === 'readable') return;
  const found = {
    missing: `has no object ${key}, or does not exist`,
    denied: `does not let this account read ${key}, or does not exist`,
    inAnotherRegion: 'lies in another Region',
  }[answer];
  throw new Error(
    `The solution's files cannot be read in ${region}: bucket ${bucket} ${found}. Create the bucket in ${region} and upload the files to s3://${bucket}/${keyPrefix}/ with the commands that deployment/build-s3-dist.sh prints, then launch again.`,
  );
}
