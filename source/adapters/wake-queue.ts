import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { forEachAtOnce } from '../domain/concurrency.ts';
import type { Received, WakeQueue, WorkMessage } from '../domain/ports.ts';
import { inBatchesOf, untilProcessed } from './batches.ts';
import type { Waits } from './batches.ts';
import { clientOptions } from './client-options.ts';
import type { AdapterOptions } from './client-options.ts';
import { serviceError } from './service-errors.ts';

/** One queue; `clock` and `random` are replaced by tests only. */
export interface WakeQueueOptions extends AdapterOptions, Waits {
  readonly queueUrl: string;
}

/** SQS's largest batch. */
const BATCH = 10;
const BATCHES_AT_A_TIME = 4;

/** One queue; see WakeQueue. */
export function wakeQueue({ queueUrl, clock, random, ...options }: WakeQueueOptions): WakeQueue<WorkMessage> {
  // The endpoint comes from the Region (or AWS_ENDPOINT_URL), not from the queue's URL.
  const client = new SQSClient({ ...clientOptions(options), useQueueUrlAsEndpoint: false });
  const waits: Waits = { ...(clock === undefined ? {} : { clock }), ...(random === undefined ? {} : { random }) };
  const name = queueUrl.split('/').at(-1) ?? '';
  const failed = (action: string, error: unknown): Error => serviceError(`${action} on the queue ${name}`, error);

  const remove = async (receipts: readonly string[]): Promise<void> => {
    for (const batch of inBatchesOf(BATCH, receipts)) {
      const Entries = batch.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      // What is not deleted comes again, and is harmless then.
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries })).catch((error: unknown) => {
        throw failed('DeleteMessageBatch', error);
      });
    }
  };

  return {
    send: (messages) =>
      forEachAtOnce(
        inBatchesOf(
          BATCH,
          messages.map((message) => JSON.stringify(message)),
        ),
        BATCHES_AT_A_TIME,
        (batch) =>
          untilProcessed(
            `SendMessageBatch on the queue ${name}`,
            batch,
            async (pending) => {
              const Entries = pending.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
              const { Failed = [] } = await client
                .send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }))
                .catch((error: unknown) => {
                  throw failed('SendMessageBatch', error);
                });
              return Failed.flatMap(({ Id }) => pending[Number(Id)] ?? []);
            },
            waits,
          ),
      ),

    receive: async (max, waitSeconds) => {
      const request = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(max, BATCH),
        WaitTimeSeconds: Math.min(waitSeconds, 20),
      });
      const { Messages = [] } = await client.send(request).catch((error: unknown) => {
        throw failed('ReceiveMessage', error);
      });
      const parsed = Messages.map(({ Body = '', ReceiptHandle = '' }) => ({
        message: parseWork(Body),
        receipt: ReceiptHandle,
      }));
      const unknown = parsed.filter(({ message }) => message === undefined);
      if (unknown.length > 0) await remove(unknown.map(({ receipt }) => receipt));
      return parsed.filter((entry): entry is Received<WorkMessage> => entry.message !== undefined);
    },

    delete: (received) => remove(received.map(({ receipt }) => receipt)),
  };
}

function parseWork(body: string): WorkMessage | undefined {
  try {
    const { owner, key } = JSON.parse(body) as Partial<WorkMessage>;
    return typeof owner === 'string' && typeof key === 'string' ? { owner, key } : undefined;
  } catch {
    return undefined;
  }
}
