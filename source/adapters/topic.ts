import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { clientOptions } from './client-options.ts';
import type { AdapterOptions } from './client-options.ts';
import { serviceError } from './service-errors.ts';

/** Publishes plain text to the Region's topic. */
export function topic({
  topicArn,
  ...options
}: AdapterOptions & { readonly topicArn: string }): (subject: string, message: string) => Promise<void> {
  const client = new SNSClient(clientOptions(options));
  return async (subject, message) => {
    await client
      .send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: message }))
      .catch((error: unknown) => {
        throw serviceError('Publish on the notification topic', error);
      });
  };
}
