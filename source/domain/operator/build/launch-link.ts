import { assetBucketIn, assetKey } from './build-arguments.ts';
import type { BuildArguments } from './build-arguments.ts';
import { MAIN_TEMPLATE } from './fill-build.ts';
import { hostsOf } from './regions.ts';

/** Parameters without a default; the others are shown with theirs on the console's page. */
const ASKED = ['PrimaryUserPoolId', 'SecondaryRegion', 'NotificationEmail'];

/** Where CloudFormation reads the main template of a build in a Region. */
export const mainTemplateUrl = (build: BuildArguments, region: string): string =>
  `https://${assetBucketIn(build, region)}.s3.${region}.${hostsOf(region).domain}/${assetKey(build, `${MAIN_TEMPLATE}.template`)}`;

/** Console page that launches the stack, filled in as far as the build knows. */
export function quickCreateUrl(build: BuildArguments, region: string): string {
  const query = [
    `templateURL=${encodeURIComponent(mainTemplateUrl(build, region))}`,
    'stackName=CognitoUserProfilesExport',
    ...ASKED.map((name) => `param_${name}=`),
  ];
  return `https://${hostsOf(region).console}/cloudformation/home?region=${region}#/stacks/create/review?${query.join('&')}`;
}
