import type { Context } from 'aws-lambda';
import type { Clock, Log, TimeLeft } from '../domain/ports.ts';
import { systemClock } from './clock.ts';
import { log, logger } from './log.ts';

/** What the domain is told about one invocation of a function. */
export interface Invocation {
  readonly clock: Clock;
  readonly log: Log;
  /** Unique per invocation: names who holds a checkpoint. */
  readonly claim: string;
  readonly timeLeft: TimeLeft;
}

/** Puts the invocation's id into its log lines, too. */
export function invocationOf(context: Context): Invocation {
  logger.addContext(context);
  return { clock: systemClock, log, claim: context.awsRequestId, timeLeft: () => context.getRemainingTimeInMillis() };
}
