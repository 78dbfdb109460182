import { publishAssets } from '../../deploy/solution.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';
import type { Demo } from '../context.ts';

/**
 * Builds, and uploads to the bucket of each Region. In memory: demos of one checkout share no folder, and no build goes on
 * when one is killed.
 */
export async function buildAndUpload({ narrator, solution }: Demo): Promise<void> {
  narrator.step('Build, and upload to both Regions');
  const { bucket, solutionName, version } = solution.build;
  narrator.say(`what deployment/build-s3-dist.sh ${bucket} ${solutionName} ${version} builds`);
  await publishAssets(solution);
  narrator.done(`uploaded to ${bucket}-${PRIMARY} and ${bucket}-${SECONDARY}`);
}
