/** The checker's looks at other services. */
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { HeadObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { clientOptions } from '../../adapters/client-options.ts';
import type { Readable } from './assets.ts';
import type { StackCheckerDeps } from './stack-checker.ts';

/** A Region that does not exist must not be tried for minutes. */
const FEW_ATTEMPTS = { maxAttempts: 3 };

/** The looks of StackChecker on DynamoDB and S3, with few attempts: a launch waits for them. */
export const looks = (userAgent: string): Pick<StackCheckerDeps, 'callRegion' | 'lookForObject'> => ({
  callRegion: async (region) => {
    await new DynamoDBClient({ ...clientOptions({ userAgent, region }), ...FEW_ATTEMPTS }).send(
      new ListTablesCommand({ Limit: 1 }),
    );
  },
  lookForObject: async (region, bucket, key) => {
    try {
      await new S3Client({ ...clientOptions({ userAgent, region }), ...FEW_ATTEMPTS }).send(
        new HeadObjectCommand({ Bucket: bucket, Key: key }),
      );
      return 'readable';
    } catch (error) {
      return answerOf(error);
    }
  },
});

/** HEAD has no body: only the status tells what S3 means (Amazon S3 API, HeadObject). */
function answerOf(error: unknown): Readable {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (status === 404) return 'missing';
  if (status === 403) return 'denied';
  if (status === 301 || status === 400) return 'inAnotherRegion';
  throw error;
}
