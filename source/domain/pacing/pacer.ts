import type { Clock } from '../ports.ts';

/** Share of the ceiling that is granted: leaves room for calls that travel at different speeds. */
const GRANTED_SHARE = 0.91;
/** A timer that fires late is made up for up to this much, so that the mean rate stays; far below the room left above. */
const CATCH_UP_MS = 15;
/** A throttle that does not say when its call was granted is taken to be this old. */
const ROUND_TRIP_MS = 100;
const DECREASE = 0.75;
/** Growth of a lowered rate per grant: back to the old rate after about 70 calls without a throttle. */
const INCREASE = 1.004;
/** However low the rate fell, it is back at the ceiling after this long without a throttle: few calls are granted down there. */
const RECOVERY_MS = 120_000;
/** Less than this cannot be waited for. */
const RESOLUTION_MS = 0.001;
/** The rate never falls below this share of the ceiling's. */
const FLOOR = 0.02;

/** What an invocation needs beside its turn: nobody else calls at the same time (see CallPermit). */
export interface Permit {
  /** Resolves while the invocation may call, at once or as soon as it may; rejects when it may never again. */
  ensure(): Promise<void>;
}

interface Caller {
  readonly granted: () => void;
  readonly refused: (error: unknown) => void;
}

/**
 * Grants calls one by one, in order of asking, so that no sliding second holds more than `callsPerSecond` of them: burst
 * of one, evenly spaced at 0.91 of the ceiling. A throttle of the service lowers the rate, and it recovers slowly.
 *
 * One pacer knows one process only. Functions of a workflow run one after another, therefore each invocation calls
 * `restart` first: its first grant then comes one interval later than any call of its predecessor.
 */
export class Pacer {
  readonly #clock: Clock;
  #ceiling: number;
  /** Calls per second granted now. */
  #rate: number;
  #nextAt: number;
  #loweredAt = Number.NEGATIVE_INFINITY;
  #grownAt: number;
  #throttles = 0;
  readonly #waiting: Caller[] = [];
  #serving = false;
  #grants = 0;
  #permit: Permit | undefined;

  constructor({ callsPerSecond, clock }: { readonly callsPerSecond: number; readonly clock: Clock }) {
    this.#clock = clock;
    this.#ceiling = rateBelow(callsPerSecond);
    this.#rate = this.#ceiling;
    this.#nextAt = clock.now() + this.#interval;
    this.#grownAt = clock.now();
  }

  /**
   * Begins an invocation, with another ceiling where one is given, whose every call needs the permit as well. What was
   * learned from throttles stays.
   */
  restart(callsPerSecond?: number, permit?: Permit): void {
    this.#permit = permit;
    this.#grants = 0;
    if (callsPerSecond !== undefined) {
      const ceiling = rateBelow(callsPerSecond);
      this.#rate = Math.min(ceiling, this.#rate === this.#ceiling ? ceiling : this.#rate);
      this.#ceiling = ceiling;
    }
    this.#nextAt = this.#clock.now() + this.#interval;
    this.#throttles = 0;
  }

  /** Resolves when the caller may make one call; rejects with the permit. `first`: ahead of all who wait already. */
  take({ first = false }: { readonly first?: boolean } = {}): Promise<void> {
    return new Promise((granted, refused) => {
      if (first) this.#waiting.unshift({ granted, refused });
      else this.#waiting.push({ granted, refused });
      if (!this.#serving) void this.#serve();
    });
  }

  /** The service refused a call that was granted at `grantedAt`. Several refusals of one round trip count once. */
  throttled(grantedAt = this.#clock.now() - ROUND_TRIP_MS): void {
    this.#throttles += 1;
    if (grantedAt <= this.#loweredAt) return;
    this.#loweredAt = this.#clock.now();
    this.#rate = Math.max(this.#rate * DECREASE, this.#ceiling * FLOOR);
    this.#nextAt = Math.max(this.#nextAt, this.#clock.now() + this.#interval);
  }

  /** Calls per second granted at the moment. */
  get callsPerSecond(): number {
    return this.#rate;
  }

  /** Calls granted since the invocation began. */
  get grants(): number {
    return this.#grants;
  }

  /** How many of them were refused as too many. */
  get throttles(): number {
    return this.#throttles;
  }

  get #interval(): number {
    return 1000 / this.#rate;
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    while (this.#waiting.length > 0) {
      try {
        await this.#untilNext();
      } catch (error) {
        for (const { refused } of this.#waiting.splice(0)) refused(error);
        break;
      }
      this.#nextAt = Math.max(this.#nextAt, this.#clock.now() - CATCH_UP_MS) + this.#interval;
      this.#grow();
      this.#grants += 1;
      this.#waiting.shift()?.granted();
    }
    this.#serving = false;
  }

  /**
   * A pause teaches nothing, so that a grant makes up for no more than the wait before it; nor does the wait right after
   * a throttle, whose end the next call has yet to show.
   */
  #grow(): void {
    const calm = this.#clock.now() - this.#loweredAt > this.#interval * 1.5;
    const waited = calm ? Math.min(this.#clock.now() - this.#grownAt, this.#interval) : 0;
    this.#grownAt = this.#clock.now();
    this.#rate = Math.min(
      this.#ceiling,
      Math.max(this.#rate * INCREASE, this.#rate + (this.#ceiling * Math.max(0, waited)) / RECOVERY_MS),
    );
  }

  async #untilNext(): Promise<void> {
    for (;;) {
      await this.#permit?.ensure();
      const wait = this.#nextAt - this.#clock.now();
      if (wait < RESOLUTION_MS) return;
      // A system clock that was set back must not stop the workflow for that long.
      if (wait > this.#interval * 1.5) this.#nextAt = this.#clock.now() + this.#interval;
      await this.#clock.sleep(Math.min(wait, this.#interval));
    }
  }
}

function rateBelow(callsPerSecond: number): number {
  if (!(callsPerSecond > 0)) throw new RangeError(`calls per second must be above 0, found ${callsPerSecond}`);
  return callsPerSecond * GRANTED_SHARE;
}
