/** The execution whose turn it is. */
export interface Turn {
  readonly executionArn: string;
  readonly startTime: string | undefined;
}

/**
 * What a function answers while others go first: it did nothing, and nothing went wrong. The state machine waits for so long
 * and calls it again.
 */
export interface PausedTurn {
  readonly paused: true;
  readonly done: false;
  readonly waitSeconds: number;
}

const LEAST_WAIT_S = 15;
const LONGEST_WAIT_S = 600;
/** Of the time that the execution has taken so far. */
const WAITED_SHARE = 0.01;

/**
 * The longer an execution lasts, the longer it waits: however many others follow each other, its history stays far below
 * 25,000 events (1,400 waits of 9 events in seven days).
 */
export function pausedSince(startTime: string | undefined, now: number): PausedTurn {
  const age = startTime === undefined ? 0 : (now - Date.parse(startTime)) / 1000;
  const waitSeconds = Math.round(Math.min(LONGEST_WAIT_S, Math.max(LEAST_WAIT_S, age * WAITED_SHARE)));
  return { paused: true, done: false, waitSeconds };
}
