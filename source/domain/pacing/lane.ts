import type { Clock } from '../ports.ts';
import type { Pacer } from './pacer.ts';

/** A call that waited for the pacer's turn may make up for this much: five calls then still take a second. */
const CATCH_UP_MS = 100;

/**
 * A lower ceiling for one kind of call below a shared pacer, such as CreateGroup, of which a pool takes 5 per second
 * (Cognito quotas, "UserPoolResourceUpdate"). A call whose turn in the lane has come goes ahead of other waiting calls:
 * the lane is the scarcer good.
 */
export class Lane {
  #nextAt = 0;
  #tail: Promise<void> = Promise.resolve();

  constructor(
    private readonly pacer: Pick<Pacer, 'take'>,
    private readonly callsPerSecond: number,
    private readonly clock: Clock,
  ) {}

  /** Resolves when the caller may make one call of this kind. */
  take(): Promise<void> {
    const turn = this.#tail.then(() => this.#next());
    this.#tail = turn;
    return turn;
  }

  async #next(): Promise<void> {
    const wait = this.#nextAt - this.clock.now();
    if (wait > 0) await this.clock.sleep(wait);
    await this.pacer.take({ first: true });
    this.#nextAt = Math.max(this.#nextAt, this.clock.now() - CATCH_UP_MS) + 1000 / this.callsPerSecond;
  }
}
