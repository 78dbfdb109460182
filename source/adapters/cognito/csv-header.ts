import { GetCSVHeaderCommand } from '@aws-sdk/client-cognito-identity-provider';
import type { ImportJobs } from '../../domain/ports.ts';
import { cognitoClient } from './client.ts';
import type { CognitoOptions } from './client.ts';
import { cognitoCall } from './errors.ts';

/** GetCSVHeader alone, for the function that plans a restore and starts no import job. */
export function csvHeaderReader(options: CognitoOptions): Pick<ImportJobs, 'csvHeader'> {
  const client = cognitoClient(options);
  return {
    csvHeader: (UserPoolId) =>
      cognitoCall('GetCSVHeader', UserPoolId, async () => {
        const { CSVHeader = [] } = await client.send(new GetCSVHeaderCommand({ UserPoolId }));
        return CSVHeader;
      }),
  };
}
