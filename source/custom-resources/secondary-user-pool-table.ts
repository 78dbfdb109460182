/** SecondaryUserPoolTable of the main template. */
import { systemClock } from '../adapters/clock.ts';
import { readEnv, requiredText } from '../adapters/env.ts';
import { lambdaHandler } from './framework/lambda.ts';
import { stackTagsOnAws } from './framework/stack-tags.ts';
import { dynamoDbTables } from './replica/dynamodb-tables.ts';
import { secondaryUserPoolTable } from './replica/secondary-user-pool-table.ts';

export const handler = lambdaHandler(() => {
  const env = readEnv({ AWS_REGION: requiredText(), USER_AGENT: requiredText() });
  return secondaryUserPoolTable({
    tables: dynamoDbTables({ thisRegion: env.AWS_REGION, userAgent: env.USER_AGENT }),
    clock: systemClock,
    stackTags: stackTagsOnAws(env.USER_AGENT),
  });
});
