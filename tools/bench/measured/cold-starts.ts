import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { ClientConfigOf } from '../../deploy/clients.ts';
import type { InstanceFunction } from './instance-functions.ts';

/** Invocations since `startTime` (milliseconds since the epoch) that began in a new process, by the functions' own log lines. */
export async function coldStarts(
  config: ReturnType<ClientConfigOf>,
  functions: readonly InstanceFunction[],
  startTime: number,
): Promise<number> {
  const logs = new CloudWatchLogsClient(config);
  let cold = 0;
  for (const { logGroup } of functions) {
    const requests = new Set<string>();
    let nextToken: string | undefined;
    do {
      const page = await logs
        .send(
          new FilterLogEventsCommand({
            logGroupName: logGroup,
            startTime: Math.floor(startTime),
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
        )
        .catch(missingGroup);
      for (const { message = '' } of page.events ?? []) {
        const request = message.includes('"cold_start":true')
          ? /"function_request_id":"([^"]+)"/.exec(message)?.[1]
          : undefined;
        if (request !== undefined) requests.add(request);
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    cold += requests.size;
  }
  return cold;
}

/** A function that never ran has none. */
function missingGroup(error: Error): FilterLogEventsCommandOutput {
  if (error.name !== 'ResourceNotFoundException') throw error;
  return { $metadata: {} };
}
