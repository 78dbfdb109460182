import type { BuildArguments } from './arguments.ts';
import { MAIN_TEMPLATE } from './assets.ts';
import { GLOBAL_FOLDER, REGIONAL_FOLDER } from './write.ts';

/** Parameters without a default; the others are shown with theirs on the console's page. */
const ASKED = ['PrimaryUserPoolId', 'SecondaryRegion', 'NotificationEmail'];

export const mainTemplateUrl = ({ bucket, solutionName, version }: BuildArguments, region: string): string =>
  `https://${bucket}-${region}.s3.${region}.amazonaws.com/${solutionName}/${version}/${MAIN_TEMPLATE}.template`;

/** Console page that launches the stack, filled in as far as the build knows. */
export function quickCreateUrl(build: BuildArguments, region: string): string {
  const query = [
    `templateURL=${encodeURIComponent(mainTemplateUrl(build, region))}`,
    'stackName=CognitoUserProfilesExport',
    ...ASKED.map((name) => `param_${name}=`),
  ];
  return `https://${region}.console.aws.amazon.com/cloudformation/home?region=${region}#/stacks/create/review?${query.join('&')}`;
}

/** What to do with a finished build, as commands to paste. */
export function nextSteps(build: BuildArguments): string {
  const { bucket, solutionName, version } = build;
  return `Set the two Regions (the buckets ${bucket}-$PRIMARY and ${bucket}-$SECONDARY must exist) and upload:

  PRIMARY=us-east-1 SECONDARY=eu-west-1
  for REGION in $PRIMARY $SECONDARY; do
    for ASSETS in ${GLOBAL_FOLDER} ${REGIONAL_FOLDER}; do
      aws s3 cp deployment/$ASSETS/ s3://${bucket}-$REGION/${solutionName}/${version}/ --recursive --region $REGION
    done
  done

Earlier files are kept on purpose: a stack that rolls back needs them. Then launch, with your pool, backup Region and address:

  ${quickCreateUrl(build, 'us-east-1')}

For another primary Region than us-east-1 replace it in the whole URL. The template itself:

  ${mainTemplateUrl(build, 'us-east-1')}
`;
}
