import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { LocalCloud } from '../../local-cloud/index.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';

/** Dead-letter queues that hold messages. */
export async function deadLetters(cloud: LocalCloud): Promise<string[]> {
  const problems: string[] = [];
  for (const region of [PRIMARY, SECONDARY]) {
    const sqs = new SQSClient({ ...cloud.clientConfig(region), useQueueUrlAsEndpoint: false });
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    for (const QueueUrl of QueueUrls.filter((url) => url.includes('DeadLetter'))) {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      const messages = Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0);
      if (messages > 0) problems.push(`${messages} messages in ${region} ${QueueUrl.split('/').at(-1)}`);
    }
  }
  return problems;
}
