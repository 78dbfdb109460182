import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { ImportJobs } from '../../domain/ports.ts';
import { clientOptions } from '../client-options.ts';
import type { AdapterOptions } from '../client-options.ts';
import { errorNameOf, serviceError } from '../service-errors.ts';

/**
 * There is no such group or stream; or there can be none, since a pool's name may have characters (blanks, "+", "@") that
 * the name of a log group may not: what Cognito does then is not documented. Without a log the pool itself is asked.
 */
const NO_LOG = new Set(['ResourceNotFoundException', 'InvalidParameterException']);

/** Reads the log that Cognito writes for an import job: group by pool id and name, stream by job id and name. */
export function jobLogReader(options: AdapterOptions): ImportJobs['readLog'] {
  const client = new CloudWatchLogsClient(clientOptions(options));
  return async function* readLog(poolId, poolName, { jobId, jobName }) {
    const stream = {
      logGroupName: `/aws/cognito/userpools/${poolId}/${poolName}`,
      logStreamName: `${jobId}/${jobName}`,
      startFromHead: true,
    };
    let token: string | undefined;
    for (;;) {
      const { events = [], nextForwardToken } = await client
        .send(new GetLogEventsCommand({ ...stream, nextToken: token }))
        .catch((error: unknown) => {
          if (NO_LOG.has(errorNameOf(error))) return { events: [], nextForwardToken: token };
          throw serviceError('GetLogEvents on the log of an import job', error);
        });
      for (const { message = '' } of events) yield message.trimEnd();
      // The end of a stream is told by the same token again.
      if (nextForwardToken === undefined || nextForwardToken === token) return;
      token = nextForwardToken;
    }
  };
}
