import type { Clock } from '../../source/domain/ports.ts';

interface Timer {
  readonly at: number;
  readonly wake: () => void;
}

// Taken before any test can replace it by sinon's fake timers.
const whenIdle = setImmediate;

/**
 * Virtual time for concurrent code: when everything has run as far as it can, time jumps to the earliest sleeper and
 * wakes it. Sleepers of the same moment wake in the order in which they fell asleep.
 */
export class FakeClock implements Clock {
  readonly #start: number;
  #now: number;
  readonly #timers: Timer[] = [];
  #pumping = false;
  readonly #overshoot: () => number;

  /** `overshoot`: milliseconds by which a timer fires late, as real timers do. */
  constructor({
    start = Date.parse('2026-03-01T00:00:00Z'),
    overshoot = () => 0,
  }: { readonly start?: number; readonly overshoot?: () => number } = {}) {
    this.#start = start;
    this.#now = start;
    this.#overshoot = overshoot;
  }

  now = (): number => this.#now;

  /** Milliseconds since the clock was made. */
  get elapsed(): number {
    return this.#now - this.#start;
  }

  sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      const at = this.#now + Math.max(0, ms) + this.#overshoot();
      let low = 0;
      let high = this.#timers.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((this.#timers[middle] as Timer).at <= at) low = middle + 1;
        else high = middle;
      }
      this.#timers.splice(low, 0, { at, wake });
      this.#pump();
    });

  /** Moves time on without waking anyone yet: sleepers that became due wake at the next idle moment. */
  advance(ms: number): void {
    this.#now += ms;
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    whenIdle(() => {
      this.#pumping = false;
      const next = this.#timers.shift();
      if (next === undefined) return;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      if (this.#timers.length > 0) this.#pump();
    });
  }
}
