/** StackCheckerCustomResource of the main template. */
import { Pacer } from '../domain/pacing/pacer.ts';
import { systemClock } from '../adapters/clock.ts';
import { userPoolReader } from '../adapters/cognito/pool-reader.ts';
import { readEnv, requiredText } from '../adapters/env.ts';
import { lambdaHandler } from './framework/lambda.ts';
import { looks } from './stack-checker/aws.ts';
import { stackChecker } from './stack-checker/stack-checker.ts';

/** It makes one call, whose retries must leave the pool's quota alone. */
const CALLS_PER_SECOND = 5;

export const handler = lambdaHandler(() => {
  const env = readEnv({ AWS_REGION: requiredText(), USER_AGENT: requiredText() });
  const pacer = new Pacer({ callsPerSecond: CALLS_PER_SECOND, clock: systemClock });
  return stackChecker({
    thisRegion: env.AWS_REGION,
    pools: userPoolReader({ userAgent: env.USER_AGENT, pacer }),
    ...looks(env.USER_AGENT, env.AWS_REGION),
  });
});
