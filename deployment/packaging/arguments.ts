import { ASSET_BUCKET, ASSET_BUCKET_RULE } from '../../source/domain/operator/build/build-arguments.ts';
import type { BuildArguments } from '../../source/domain/operator/build/build-arguments.ts';

export const USAGE = `usage: deployment/build-s3-dist.sh <bucket> <solution-name> <version>

  <bucket>         name of the asset buckets without the Region: the files are uploaded to <bucket>-<region>
  <solution-name>  first folder in the bucket, for instance cognito-user-profiles-export
  <version>        second folder in the bucket, for instance v2.1.0

Builds deployment/global-s3-assets and deployment/regional-s3-assets and prints how to upload and launch them.`;

/** Stays as it is in S3 keys, URLs and user agents. */
const FOLDER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @throws Error that says which argument is wrong and what it must be */
export function parseArguments(args: readonly string[]): BuildArguments {
  const [bucket, solutionName, version, ...more] = args;
  if (bucket === undefined || solutionName === undefined || version === undefined)
    throw new Error(`Three arguments are needed, ${args.length} given.`);
  if (more.length > 0) throw new Error(`Three arguments are needed, ${args.length} given.`);
  if (!ASSET_BUCKET.test(bucket)) throw new Error(`<bucket> ${ASSET_BUCKET_RULE}; found "${bucket}".`);
  if (!FOLDER.test(solutionName))
    throw new Error(
      `<solution-name> must be 1 to 64 letters, digits, dots, underscores and hyphens; found "${solutionName}".`,
    );
  if (!FOLDER.test(version))
    throw new Error(`<version> must be 1 to 64 letters, digits, dots, underscores and hyphens; found "${version}".`);
  return { bucket, solutionName, version };
}
