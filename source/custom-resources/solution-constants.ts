/** SolutionConstantsCustomResource of the main template. */
import { randomUUID } from 'node:crypto';
import { readEnv, requiredText } from '../adapters/env.ts';
import { solutionConstants } from './constants/solution-constants.ts';
import { ssmParameters } from './constants/ssm-parameters.ts';
import { lambdaHandler } from './framework/lambda.ts';
import { stackTagsOnAws } from './framework/stack-tags.ts';

export const handler = lambdaHandler(() => {
  const env = readEnv({ USER_AGENT: requiredText() });
  return solutionConstants({
    parameters: ssmParameters({ userAgent: env.USER_AGENT }),
    newUuid: randomUUID,
    stackTags: stackTagsOnAws(env.USER_AGENT),
  });
});
