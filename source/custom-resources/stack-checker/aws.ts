/** The checker's looks at other services. */
import {
  AssociateKmsKeyCommand,
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProviderClient, ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { HeadBucketCommand, HeadObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientOptions } from '../../adapters/client-options.ts';
import { valueUnless } from '../framework/aws.ts';
import type { Readable } from './assets.ts';
import type { StackCheckerDeps } from './stack-checker.ts';
import type { BucketFacts } from './vault.ts';

/** A Region that does not exist must not be tried for minutes. */
const FEW_ATTEMPTS = { maxAttempts: 3 };

/** What StackChecker does at the services of a Region, with few attempts: a launch waits for it. */
export function looks(
  userAgent: string,
  thisRegion: string,
): Pick<StackCheckerDeps, 'services' | 'lookForObject' | 'lookForBucket' | 'keys' | 'encryptLogGroup'> {
  const options = (region: string) => ({ ...clientOptions({ userAgent, region }), ...FEW_ATTEMPTS });
  return {
    // Each call needs no resource to exist, and gives at most one.
    services: [
      {
        name: 'Amazon Cognito',
        call: (region) =>
          new CognitoIdentityProviderClient(options(region)).send(new ListUserPoolsCommand({ MaxResults: 1 })),
      },
      {
        name: 'Amazon DynamoDB',
        call: (region) => new DynamoDBClient(options(region)).send(new ListTablesCommand({ Limit: 1 })),
      },
      {
        name: 'AWS Step Functions',
        call: (region) => new SFNClient(options(region)).send(new ListStateMachinesCommand({ maxResults: 1 })),
      },
      {
        name: 'AWS Lambda',
        call: (region) => new LambdaClient(options(region)).send(new ListFunctionsCommand({ MaxItems: 1 })),
      },
      {
        name: 'Amazon SQS',
        call: (region) => new SQSClient(options(region)).send(new ListQueuesCommand({ MaxResults: 1 })),
      },
      { name: 'Amazon SNS', call: (region) => new SNSClient(options(region)).send(new ListTopicsCommand({})) },
      {
        name: 'Amazon CloudWatch Logs',
        call: (region) => new CloudWatchLogsClient(options(region)).send(new DescribeLogGroupsCommand({ limit: 1 })),
      },
    ],
    lookForObject: async (region, bucket, key) => {
      try {
        await new S3Client(options(region)).send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return 'readable';
      } catch (error) {
        return answerOf(error);
      }
    },
    lookForBucket: async (name) => {
      try {
        const { BucketRegion } = await new S3Client(options(thisRegion)).send(new HeadBucketCommand({ Bucket: name }));
        return foundIn(BucketRegion);
      } catch (error) {
        // A bucket of somebody else, or of another Region, is refused with its Region beside it.
        if (answerOf(error) === 'missing') return { found: false };
        return foundIn((error as S3ServiceException).$response?.headers[BUCKET_REGION]);
      }
    },
    keys: {
      describe: async (region, arn) => {
        const call = new KMSClient(options(region)).send(new DescribeKeyCommand({ KeyId: arn }));
        const metadata = (await valueUnless('NotFoundException', call))?.KeyMetadata;
        if (metadata === undefined) return undefined;
        return {
          state: metadata.KeyState ?? '',
          usage: metadata.KeyUsage ?? '',
          spec: metadata.KeySpec ?? '',
          multiRegion: metadata.MultiRegion === true,
          manager: metadata.KeyManager ?? '',
        };
      },
      policy: async (region, arn) =>
        (await new KMSClient(options(region)).send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' })))
          .Policy ?? '{}',
    },
    encryptLogGroup: async (logGroupName, kmsKeyId) => {
      await new CloudWatchLogsClient(options(regionOf(kmsKeyId))).send(
        new AssociateKmsKeyCommand({ logGroupName, kmsKeyId }),
      );
    },
  };
}

/** Header of S3's answers about a bucket, refusals included (Amazon S3 API, HeadBucket). */
const BUCKET_REGION = 'x-amz-bucket-region';
const foundIn = (region: string | undefined): BucketFacts => ({
  found: true,
  ...(region === undefined ? {} : { region }),
});

/** arn:<partition>:kms:<Region>:<account>:key/<id> */
const regionOf = (arn: string): string => arn.split(':')[3] ?? '';

/** HEAD has no body: only the status tells what S3 means (Amazon S3 API, HeadObject). */
function answerOf(error: unknown): Readable {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (status === 404) return 'missing';
  if (status === 403) return 'denied';
  if (status === 301 || status === 400) return 'inAnotherRegion';
  throw error;
}
