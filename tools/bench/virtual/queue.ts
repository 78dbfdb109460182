import type { Received, WakeQueue, WorkMessage } from '../../../source/domain/ports.ts';
import type { Latencies, Meter } from './meter.ts';

/** A queue that loses nothing and delivers at once. */
export class VirtualQueue implements WakeQueue<WorkMessage> {
  #waiting: WorkMessage[] = [];

  constructor(
    private readonly meter: Meter,
    private readonly latencies: Latencies,
  ) {}

  send = async (messages: readonly WorkMessage[]): Promise<void> => {
    this.#waiting.push(...messages);
    const batches = Math.ceil(messages.length / 10);
    this.meter.add('sqs.SendMessageBatch', Math.max(0, batches - 1));
    if (batches > 0)
      await this.meter.call('sqs.SendMessageBatch', this.latencies.sqs * Math.ceil(batches / 4), () => undefined);
  };

  receive = (max: number): Promise<readonly Received<WorkMessage>[]> =>
    this.meter.call('sqs.ReceiveMessage', this.latencies.sqs, () =>
      this.#waiting.splice(0, max).map((message, index) => ({ message, receipt: String(index) })),
    );

  delete = (): Promise<void> => this.meter.call('sqs.DeleteMessageBatch', this.latencies.sqs, () => undefined);
}
