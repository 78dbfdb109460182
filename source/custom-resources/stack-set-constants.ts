/** StackSetConstants of the StackSet template. */
import { readEnv, requiredText } from '../adapters/env.ts';
import { metrics } from '../adapters/metrics.ts';
import { ssmParameters } from './constants/ssm-parameters.ts';
import { stackSetConstants } from './constants/stack-set-constants.ts';
import { lambdaHandler } from './framework/lambda.ts';

export const handler = lambdaHandler(() => {
  const env = readEnv({ USER_AGENT: requiredText() });
  return stackSetConstants((region) => ssmParameters({ region, userAgent: env.USER_AGENT }), metrics);
});
