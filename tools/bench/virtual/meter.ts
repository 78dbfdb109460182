import type { Clock } from '../../../source/domain/ports.ts';

/** Milliseconds that calls take; what is not named takes what its service takes. */
export interface Latencies {
  /** ListUsers and ListUsersInGroup. */
  readonly listing: number;
  /** All other Cognito calls. */
  readonly cognito: number;
  readonly dynamodb: number;
  readonly s3: number;
  readonly sqs: number;
  /** Megabytes per second of a large object. */
  readonly s3MegabytesPerSecond: number;
  readonly coldStart: number;
  readonly warmStart: number;
  readonly transition: number;
}

/** Cognito: what the benchmark is asked to simulate. The others: usual figures within one Region, rounded up. */
export const LATENCIES: Latencies = {
  listing: 100, cognito: 60, dynamodb: 10, s3: 30, sqs: 15, s3MegabytesPerSecond: 60, coldStart: 600, warmStart: 20, transition: 25,
};

/** Counts calls and units by name, and lets virtual time pass for each call. */
export class Meter {
  readonly counts = new Map<string, number>();
  #cognito = new Float64Array(4096);
  #cognitoCalls = 0;
  /** Runs now and then, where memory may be looked at. */
  onCall: () => void = () => undefined;

  constructor(readonly clock: Clock) {}

  add(name: string, amount = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + amount);
  }

  count(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** Sum of all counts whose name begins so. */
  sum(prefix: string): number {
    return [...this.counts].reduce((sum, [name, count]) => (name.startsWith(prefix) ? sum + count : sum), 0);
  }

  /** Takes effect at once, is answered after `ms`. */
  async call<T>(name: string, ms: number, effect: () => T): Promise<T> {
    this.add(name);
    this.onCall();
    const result = effect();
    await this.clock.sleep(ms);
    return result;
  }

  arrived(): void {
    if (this.#cognitoCalls === this.#cognito.length) {
      const larger = new Float64Array(this.#cognito.length * 2);
      larger.set(this.#cognito);
      this.#cognito = larger;
    }
    this.#cognito[this.#cognitoCalls] = this.clock.now();
    this.#cognitoCalls += 1;
  }

  /** Arrivals of Cognito calls in order, milliseconds; throttled ones included. */
  get cognitoTimes(): Float64Array {
    return this.#cognito.subarray(0, this.#cognitoCalls);
  }

  reset(): void {
    this.counts.clear();
    this.#cognitoCalls = 0;
  }
}
