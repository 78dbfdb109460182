import type { BuildArguments } from '../../domain/operator/build/build-arguments.ts';
import { quickCreateUrl } from '../../domain/operator/build/launch-link.ts';
import type { Summary } from '../output/output.ts';
import { PROGRAM } from '../program.ts';

/** What is said when a launch or an update has come to its end. */
export function launchedSummary(
  { stack, region }: { readonly stack: string; readonly region: string },
  outputs: Readonly<Record<string, string>>,
  { SecondaryRegion = '', NotificationEmail = '' }: Readonly<Record<string, string>>,
  build: BuildArguments,
): Summary {
  const link = quickCreateUrl(build, region);
  return {
    blocks: [
      { heading: `Outputs of ${stack}`, rows: Object.entries(outputs).map(([label, value]) => ({ label, value })) },
      { heading: 'Your own launch link, for another stack from the same build', lines: [link] },
      {
        heading: 'Confirm two mails',
        lines: [
          `At the launch, and whenever the address changes, Amazon SNS sends one from ${region} and one from ${SecondaryRegion} to ${NotificationEmail}. Without the second one you would not hear of a restore in ${SecondaryRegion}; status tells which are confirmed.`,
        ],
      },
    ],
    data: { stack, region, outputs, launchLink: link },
    next: [`${PROGRAM} status --region ${region} --stack ${stack}`],
  };
}
