import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { NO_CLIENT_LOG } from '../client-options.ts';
import type { Pacer } from '../../domain/pacing/pacer.ts';
import { cognitoClient } from '../cognito/client.ts';

const CLIENTS = {
  cloudFormation: CloudFormationClient,
  cloudWatch: CloudWatchClient,
  cloudWatchLogs: CloudWatchLogsClient,
  cognito: CognitoIdentityProviderClient,
  dynamoDb: DynamoDBClient,
  eventBridge: EventBridgeClient,
  s3: S3Client,
  stepFunctions: SFNClient,
  sns: SNSClient,
  sqs: SQSClient,
  sts: STSClient,
};

/** The services that the command line calls. */
export type OperatorService = keyof typeof CLIENTS;

/** One client per service and Region; tests pass clients that answer from memory. */
export type OperatorClients = {
  readonly [S in OperatorService]: (region: string) => InstanceType<(typeof CLIENTS)[S]>;
} & {
  /** That tries nothing again, for calls that must not be made twice. */
  readonly cognitoOnce: (region: string) => CognitoIdentityProviderClient;
  /** Of which every attempt waits for the pacer, for listings of whole pools. */
  readonly pacedCognito: (region: string, pacer: Pacer) => CognitoIdentityProviderClient;
};

/** An operator waits for an answer: few attempts, and none that hangs. */
const PATIENCE = {
  logger: NO_CLIENT_LOG,
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 4_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
};

/** Clients from the SDK's own chains of credentials, profiles and endpoints (AWS_ENDPOINT_URL). */
export function operatorClients({ userAgent }: { readonly userAgent: string }): OperatorClients {
  const made = new Map<string, unknown>();
  const makers = Object.entries(CLIENTS).map(([service, Client]) => [
    service,
    (region: string): unknown => {
      const key = `${service} ${region}`;
      if (!made.has(key)) made.set(key, new Client({ region, customUserAgent: userAgent, ...PATIENCE }));
      return made.get(key);
    },
  ]);
  return {
    ...Object.fromEntries(makers),
    cognitoOnce: (region: string) =>
      new CognitoIdentityProviderClient({ region, customUserAgent: userAgent, ...PATIENCE, maxAttempts: 1 }),
    pacedCognito: (region: string, pacer: Pacer) => cognitoClient({ pacer, region, userAgent }),
  } as OperatorClients;
}
