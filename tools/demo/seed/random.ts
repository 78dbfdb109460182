import { seededRandom, wholeNumber } from '../../simulation/random.ts';

/** A seeded random source: the same seed always gives the same users. */
export class SeededRandom {
  /** Uniform in [0, 1). */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  /** Integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return wholeNumber(this.next, min, max);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)] as T;
  }
}
