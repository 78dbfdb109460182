/** Starts the first export on Step Functions; tells MessageBroker through Lambda. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { log } from '../../adapters/log.ts';
import { clientOptions } from '../../adapters/client-options.ts';
import { valueUnless } from '../framework/aws.ts';
import type { FirstExportDeps } from './first-export.ts';

/** FirstExportDeps in the function's own Region. */
export const firstExportOnAws = (userAgent: string): FirstExportDeps => ({
  startExecution: async (stateMachineArn, name, input) => {
    const client = new SFNClient(clientOptions({ userAgent }));
    await valueUnless(
      'ExecutionAlreadyExists',
      client.send(new StartExecutionCommand({ stateMachineArn, name, input })),
    );
  },
  tell: async (functionName, event) => {
    const client = new LambdaClient(clientOptions({ userAgent }));
    await client.send(
      new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(event) }),
    );
  },
  log,
});
