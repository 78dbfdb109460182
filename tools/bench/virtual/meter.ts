import type { Clock } from '../../../source/domain/ports.ts';

/** Milliseconds that calls take; what is not named takes what its service takes. */
export interface Latencies {
  /** ListUsers and ListUsersInGroup. */
  readonly listing: number;
  /** All other Cognito calls. */
  readonly cognito: number;
  readonly dynamodb: number;
  /** A page of a scan, up to 1 MB. */
  readonly scan: number;
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
  listing: 100,
  cognito: 60,
  dynamodb: 10,
  scan: 50,
  s3: 30,
  sqs: 15,
  s3MegabytesPerSecond: 60,
  coldStart: 600,
  warmStart: 20,
  transition: 25,
};

/** Counts calls and units by name, and lets virtual time pass for each call. */
export class Meter {
  readonly counts = new Map<string, number>();
  readonly #arrivals = new Map<string, Arrivals>();
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

  /** A Cognito call reached the service, which may still throttle it. */
  arrived(action: string): void {
    const arrivals = this.#arrivals.get(action) ?? new Arrivals();
    this.#arrivals.set(action, arrivals);
    arrivals.push(this.clock.now());
  }

  /** Arrivals of calls of these actions (all without any), milliseconds since the epoch, in order. */
  cognitoTimes(...actions: readonly string[]): Float64Array {
    const chosen = [...this.#arrivals]
      .filter(([action]) => actions.length === 0 || actions.includes(action))
      .map(([, { times }]) => times);
    const all = new Float64Array(chosen.reduce((sum, times) => sum + times.length, 0));
    let at = 0;
    for (const times of chosen) {
      all.set(times, at);
      at += times.length;
    }
    return all.sort();
  }

  reset(): void {
    this.counts.clear();
    this.#arrivals.clear();
  }
}

/** Times, eight bytes each. */
class Arrivals {
  #times = new Float64Array(256);
  #count = 0;

  push(time: number): void {
    if (this.#count === this.#times.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#times);
      this.#times = larger;
    }
    this.#times[this.#count] = time;
    this.#count += 1;
  }

  get times(): Float64Array {
    return this.#times.subarray(0, this.#count);
  }
}
