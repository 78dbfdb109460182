import type { Template } from '../permissions/template.ts';
import type { BuildArguments } from './build-arguments.ts';

/** Of which build a deployed main template is: the custom resource that checks the assets is given all of it. */
export function buildOf({ Resources }: Template): BuildArguments | undefined {
  const { AssetBucketPrefix, AssetKeyPrefix } = Resources['StackCheckerCustomResource']?.Properties ?? {};
  const [, solutionName, version] = /^(.+)\/([^/]+)$/.exec(String(AssetKeyPrefix)) ?? [];
  return typeof AssetBucketPrefix !== 'string' || solutionName === undefined || version === undefined
    ? undefined
    : { bucket: AssetBucketPrefix, solutionName, version };
}
