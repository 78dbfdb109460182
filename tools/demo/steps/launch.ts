import { counted } from '../../../source/domain/counted.ts';
import type { ProgressEvent } from '../../../source/domain/operator/deploy/stack-events.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';
import { launchSolution, parametersFor, stackOperation } from '../../deploy/solution.ts';
import type { LaunchedSolution, SolutionParameters } from '../../deploy/solution.ts';
import type { Demo } from '../context.ts';

/** Launches the main stack as the console would and waits for CREATE_COMPLETE. */
export async function launch(
  demo: Demo,
  poolId: string,
  more: Partial<SolutionParameters> = {},
): Promise<LaunchedSolution> {
  const { narrator, options, solution } = demo;
  narrator.step(`Launch the main stack in ${PRIMARY}, backup Region ${SECONDARY}`);
  let resources = 0;
  const onEvent = ({ logicalId, status }: ProgressEvent): void => {
    if (status === 'CREATE_COMPLETE') resources += 1;
    narrator.progress(`${counted(resources, 'resource')} created, ${logicalId} ${status}`);
  };
  const parameters = parametersFor(poolId, {
    CognitoTPS: String(options.cognitoTps) as '25',
    ExportFrequency: 'EVERY_DAY',
    SnsPreference: 'INFO_AND_ERRORS',
    AllowMultipleUsernameAttributes: options.pool === 'email-phone' ? 'YES' : 'NO',
    AllowMfa: options.pool === 'mfa' ? 'YES' : 'NO',
    FederatedUsers: options.pool === 'federated' ? 'PRELINK' : 'REPORT',
    ...more,
  });
  narrator.say(stackOperation(solution, parameters).templateUrl);
  const launched = await launchSolution({ ...solution, onEvent }, parameters);
  narrator.say(
    `Outputs:\n${Object.entries(launched.outputs)
      .map(([name, value]) => `  ${name} = ${value}`)
      .join('\n')}`,
  );
  narrator.done(`CREATE_COMPLETE, ${counted(resources, 'resource')} of the main stack`);
  return launched;
}
