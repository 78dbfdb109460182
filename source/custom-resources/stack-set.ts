/** StackSetCustomResource of the main template. */
import { systemClock } from '../adapters/clock.ts';
import { readEnv, requiredText } from '../adapters/env.ts';
import { lambdaHandler } from './framework/lambda.ts';
import { stackTagsOnAws } from './framework/stack-tags.ts';
import { cloudFormationStackSets } from './stack-set/cloudformation.ts';
import { firstExportOnAws } from './stack-set/first-export-aws.ts';
import { stackSet } from './stack-set/stack-set.ts';

export const handler = lambdaHandler(() => {
  const env = readEnv({ USER_AGENT: requiredText() });
  return stackSet({
    sets: cloudFormationStackSets(env.USER_AGENT),
    clock: systemClock,
    firstExport: firstExportOnAws(env.USER_AGENT),
    stackTags: stackTagsOnAws(env.USER_AGENT),
  });
});
