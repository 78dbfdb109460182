import type { BuildArguments } from './arguments.ts';
import { MAIN_TEMPLATE } from './assets.ts';
import { hostsOf, REGIONS } from './regions.ts';
import { GLOBAL_FOLDER, LAUNCH_DOCUMENT, REGIONAL_FOLDER } from './write.ts';

/** Parameters without a default; the others are shown with theirs on the console's page. */
const ASKED = ['PrimaryUserPoolId', 'SecondaryRegion', 'NotificationEmail'];

/** What the console asks for at the end of its page, and what a launch that was refused leaves: the same for everybody. */
const AFTERWARDS = `At the end of that page tick "I acknowledge that AWS CloudFormation might create IAM resources" and choose "Create stack". A launch
that is refused ends as ROLLBACK_COMPLETE: read the reason under "Events" (the first that failed), then delete that stack,
since it keeps its name until then, and launch again.`;

export const mainTemplateUrl = ({ bucket, solutionName, version }: BuildArguments, region: string): string =>
  `https://${bucket}-${region}.s3.${region}.${hostsOf(region).domain}/${solutionName}/${version}/${MAIN_TEMPLATE}.template`;

/** Console page that launches the stack, filled in as far as the build knows. */
export function quickCreateUrl(build: BuildArguments, region: string): string {
  const query = [
    `templateURL=${encodeURIComponent(mainTemplateUrl(build, region))}`,
    'stackName=CognitoUserProfilesExport',
    ...ASKED.map((name) => `param_${name}=`),
  ];
  return `https://${hostsOf(region).console}/cloudformation/home?region=${region}#/stacks/create/review?${query.join('&')}`;
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

${AFTERWARDS}

deployment/${LAUNCH_DOCUMENT} has this link for every primary Region. The template itself:

  ${mainTemplateUrl(build, 'us-east-1')}
`;
}

/** The launch links of a build's own buckets, as a document. */
export function launchDocument(build: BuildArguments): string {
  const { bucket, solutionName, version } = build;
  return `# Launch ${solutionName} ${version}

From the buckets \`${bucket}-<Region>\`, once the build is uploaded to the one of the primary and the one of the backup Region. Choose the Region of
the user pool:

| primary Region | launch |
| --- | --- |
${REGIONS.map((region) => `| ${region} | [launch in ${region}](${quickCreateUrl(build, region)}) |`).join('\n')}

For any other Region replace the name of the Region everywhere in a link.

${AFTERWARDS}

These links work for whoever may read the buckets: the account that owns them, unless they were published (docs/publishing.md).
`;
}
