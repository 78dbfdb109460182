import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { Fault, Halt } from '../domain/errors.ts';
import type { ExecutionStatus } from '../domain/workflow/lease.ts';
import { clientOptions } from './client-options.ts';
import type { AdapterOptions } from './client-options.ts';
import { isDenied, errorNameOf } from './service-errors.ts';

/** Step Functions answers but has no time: that says nothing about the execution (DescribeExecution has a quota of its own). */
const THROTTLES = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
]);

/**
 * Whether an execution still runs, asked in the Region of its ARN. One that ended, is unknown, or lies in a Region that
 * does not answer is `gone`. A refusal by IAM is a defect of the deployment and is thrown as Halt AccessDenied; a throttle
 * is thrown as Fault ServiceError, so that the state is tried again: an execution that runs must not lose its lease by it.
 */
export const executionStatus =
  ({ userAgent }: Pick<AdapterOptions, 'userAgent'>) =>
  async (executionArn: string): Promise<ExecutionStatus> => {
    const region = executionArn.split(':')[3];
    if (region === undefined || region === '') return 'gone';
    // A Region that is down must not hold a restore up.
    const client = new SFNClient(clientOptions({ region, userAgent, impatient: true }));
    try {
      const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
      return status === 'RUNNING' ? 'RUNNING' : 'gone';
    } catch (error) {
      if (isDenied(error))
        throw new Halt(
          'AccessDenied',
          `The function's role may not call DescribeExecution in ${region}, so it cannot tell whether another execution still runs. Check the role's policy.`,
        );
      if (THROTTLES.has(errorNameOf(error)))
        throw new Fault(
          'ServiceError',
          `Step Functions throttled DescribeExecution in ${region}, so it is unknown whether another execution still runs.`,
        );
      return 'gone';
    } finally {
      client.destroy();
    }
  };
