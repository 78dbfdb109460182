import type { BuildArguments } from '../../source/domain/operator/build/build-arguments.ts';
import { mainTemplateUrl, quickCreateUrl } from '../../source/domain/operator/build/launch-link.ts';
import { REGIONS } from '../../source/domain/operator/build/regions.ts';
import { GLOBAL_FOLDER, LAUNCH_DOCUMENT, REGIONAL_FOLDER } from './write.ts';

/** What the console asks for at the end of its page, and what a launch that was refused leaves: the same for everybody. */
const AFTERWARDS = `At the end of that page tick "I acknowledge that AWS CloudFormation might create IAM resources" and choose "Create stack". A launch
that is refused ends as ROLLBACK_COMPLETE: read the reason under "Events" (the first that failed), then delete that stack,
since it keeps its name until then, and launch again.`;

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
