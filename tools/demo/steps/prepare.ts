import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FilledBuild } from '../../../source/domain/operator/build/fill-build.ts';
import { projectRoot, publishAssets } from '../../deploy/solution.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';
import type { Demo } from '../context.ts';

/** Builds with the script that users run, and uploads what it wrote to the bucket of each Region. */
export async function buildAndUpload({ narrator, solution }: Demo): Promise<void> {
  narrator.step('Build, and upload to both Regions');
  const { bucket, solutionName, version } = solution.build;
  const { stdout } = await promisify(execFile)(
    'bash',
    [join(projectRoot, 'deployment', 'build-s3-dist.sh'), bucket, solutionName, version],
    { maxBuffer: 2 ** 24 },
  );
  narrator.say(`deployment/build-s3-dist.sh ${bucket} ${solutionName} ${version}`);
  narrator.say(stdout.trim().split('\n')[0] ?? '');
  await publishAssets(solution, builtAssets());
  narrator.done(`uploaded to ${bucket}-${PRIMARY} and ${bucket}-${SECONDARY}`);
}

const builtAssets = (): FilledBuild => ({
  global: filesOf('global-s3-assets'),
  regional: filesOf('regional-s3-assets'),
});

function filesOf(folder: string): ReadonlyMap<string, Uint8Array> {
  const path = join(projectRoot, 'deployment', folder);
  return new Map(readdirSync(path).map((file) => [file, readFileSync(join(path, file))]));
}
