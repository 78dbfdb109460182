/** How a command ended, as a process tells it; docs/cli.md explains each. */
export const EXIT_CODES = {
  /** Everything that was asked for is done and in order. */
  complete: 0,
  /** The command line, or what was typed at a prompt, cannot be used. */
  usage: 2,
  /** It came to its end, and something is missing, different or overdue. */
  partial: 3,
  /** Refused before anything was written. */
  refused: 4,
  /** Failed, or nobody knows how it ended. */
  failed: 5,
  /** The stack, run, pool or execution that was named does not exist. */
  notFound: 6,
  /** Ctrl-C: the work goes on without the command. */
  detached: 130,
  /** Whoever read the output has gone, as after `| head`. */
  closedPipe: 141,
} as const;

/** What an exit code stands for. */
export type ExitKind = keyof typeof EXIT_CODES;
