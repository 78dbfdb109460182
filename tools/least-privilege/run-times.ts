import type { Scenario } from './plan.ts';

/** Seconds that one scenario takes, until one was measured: on two busy cores. */
const GUESS: Readonly<Record<Scenario, number>> = {
  export: 5,
  import: 10,
  'import of a snapshot': 10,
  'import with a failed job': 15,
  selection: 12,
  drill: 25,
  'verify backup': 2,
  'compare pool': 4,
  'look at the backup': 3,
  'look at the exports': 3,
  launch: 30,
};

/** Tells how long the rest will take, from what the same scenarios took so far. */
export class RunTimes {
  private readonly taken = new Map<Scenario, { count: number; seconds: number }>();

  add(scenario: Scenario, seconds: number): void {
    const { count, seconds: before } = this.taken.get(scenario) ?? { count: 0, seconds: 0 };
    this.taken.set(scenario, { count: count + 1, seconds: before + seconds });
  }

  /** Of what is left, in seconds. */
  left(scenarios: readonly Scenario[]): number {
    return scenarios.reduce((sum, scenario) => {
      const taken = this.taken.get(scenario);
      return sum + (taken === undefined ? GUESS[scenario] : taken.seconds / taken.count);
    }, 0);
  }
}

/** "40 s", "3 min". */
export const inWords = (seconds: number): string =>
  seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
