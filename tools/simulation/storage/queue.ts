import type { Random, Received, WakeQueue } from '../../../source/domain/ports.ts';
import type { ServiceCalls } from '../service-calls.ts';

interface Waiting<M> {
  readonly message: M;
  /** Virtual time from which the message can be received (again). */
  visibleAt: number;
  receipt: string;
}

/** A queue as unreliable as SQS may be; calls are named `queue.send`, `queue.receive`, `queue.delete`. */
export class SimulatedQueue<M> implements WakeQueue<M> {
  /** Share of sent messages that never arrive, and that arrive twice. */
  lossy = 0;
  duplicating = 0;
  /** Milliseconds until a sent message can be received. */
  delayMs = 0;
  visibilityMs = 30_000;
  readonly sent: M[] = [];
  readonly #waiting: Waiting<M>[] = [];
  #receipts = 0;

  constructor(
    private readonly calls: ServiceCalls,
    private readonly random: Random,
  ) {}

  /** Messages that are neither deleted nor lost. */
  get length(): number {
    return this.#waiting.length;
  }

  send = (messages: readonly M[]): Promise<void> =>
    this.calls.run(
      'queue.send',
      () => {
        for (const message of messages) {
          const copy = JSON.parse(JSON.stringify(message)) as M;
          this.sent.push(copy);
          const times = this.random() < this.lossy ? 0 : this.random() < this.duplicating ? 2 : 1;
          for (let n = 0; n < times; n += 1)
            this.#waiting.push({ message: copy, visibleAt: this.calls.clock.now() + this.delayMs, receipt: '' });
        }
      },
      { entries: messages.length },
    );

  receive = async (max: number, waitSeconds: number): Promise<readonly Received<M>[]> => {
    const first = await this.calls.run('queue.receive', () => this.#take(max));
    if (first.length > 0 || waitSeconds === 0) return first;
    await this.calls.clock.sleep(waitSeconds * 1000);
    return this.calls.killed === true ? [] : this.#take(max);
  };

  delete = (received: readonly Received<M>[]): Promise<void> =>
    this.calls.run('queue.delete', () => {
      for (const { receipt } of received) {
        const index = this.#waiting.findIndex((entry) => entry.receipt === receipt);
        if (index >= 0) this.#waiting.splice(index, 1);
      }
    });

  #take(max: number): Received<M>[] {
    const now = this.calls.clock.now();
    return this.#waiting
      .filter((entry) => entry.visibleAt <= now)
      .slice(0, Math.min(max, 10))
      .map((entry) => {
        this.#receipts += 1;
        entry.visibleAt = now + this.visibilityMs;
        entry.receipt = `receipt-${this.#receipts}`;
        return { message: entry.message, receipt: entry.receipt };
      });
  }
}
