const SHORTEST_MS = 200;
const LONGEST_MS = 20_000;
const SHARE = 0.01;

/**
 * Milliseconds between two saves of work that has been going on for `elapsedMs`: a crash then repeats at most a
 * hundredth of it (or a fifth of a second's worth), and a long run still saves only every 20 seconds.
 */
export const saveIntervalMs = (elapsedMs: number): number =>
  Math.min(LONGEST_MS, Math.max(SHORTEST_MS, elapsedMs * SHARE));
