import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DescribeUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand, ListRuleNamesByTargetCommand } from '@aws-sdk/client-eventbridge';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import type { SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { ScheduleRule } from '../../domain/operator/facts.ts';
import { errorNameOf } from '../service-errors.ts';
import type { StackResource } from './launch-resources.ts';

/** The state of alarms, by the part of their names that the template gives; `MISSING` when somebody deleted one. */
export async function alarmStates(
  client: CloudWatchClient,
  alarms: readonly StackResource[],
): Promise<readonly { readonly name: string; readonly state: string }[]> {
  if (alarms.length === 0) return [];
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
    new DescribeAlarmsCommand({
      AlarmNames: alarms.map(({ physicalId }) => physicalId),
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: 100,
    }),
  );
  const found = [...MetricAlarms, ...CompositeAlarms];
  return alarms.map(({ logicalId, physicalId }) => ({
    name: logicalId,
    state: found.find(({ AlarmName }) => AlarmName === physicalId)?.StateValue ?? 'MISSING',
  }));
}

/** The rules that start a state machine, also those that somebody else made. */
export async function rulesThatStart(
  client: EventBridgeClient,
  stateMachineArn: string,
): Promise<readonly ScheduleRule[]> {
  const rules: ScheduleRule[] = [];
  let token: string | undefined;
  do {
    const { RuleNames = [], NextToken } = await client.send(
      new ListRuleNamesByTargetCommand({ TargetArn: stateMachineArn, NextToken: token }),
    );
    for (const Name of RuleNames) {
      const { State, ScheduleExpression = '' } = await client.send(new DescribeRuleCommand({ Name }));
      rules.push({ name: Name, enabled: State !== 'DISABLED', expression: ScheduleExpression });
    }
    token = NextToken;
  } while (token !== undefined);
  return rules;
}

/** How many subscriptions a topic has; to whom they go is not read. */
export async function subscriptionCounts(
  client: SNSClient,
  topicArn: string,
): Promise<{ readonly confirmed: number; readonly pending: number }> {
  const counts = { confirmed: 0, pending: 0 };
  let token: string | undefined;
  do {
    const { Subscriptions = [], NextToken } = await client.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken: token }),
    );
    for (const { SubscriptionArn = '' } of Subscriptions)
      counts[SubscriptionArn.startsWith('arn:') ? 'confirmed' : 'pending'] += 1;
    token = NextToken;
  } while (token !== undefined);
  return counts;
}

/** Messages that wait in a queue or are in somebody's hands. */
export async function messagesIn(client: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

/** The status of a table's replica in another Region; `missing` when it has none there. */
export async function replicaStatus(client: DynamoDBClient, tableName: string, region: string): Promise<string> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  return Table?.Replicas?.find(({ RegionName }) => RegionName === region)?.ReplicaStatus ?? 'missing';
}

/** Whether the user pool exists, and whether it is protected from being deleted. */
export async function poolProtection(
  client: CognitoIdentityProviderClient,
  poolId: string,
): Promise<{ readonly exists: boolean; readonly deletionProtection: boolean }> {
  try {
    const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
    return { exists: true, deletionProtection: UserPool?.DeletionProtection === 'ACTIVE' };
  } catch (error) {
    if (errorNameOf(error) === 'ResourceNotFoundException') return { exists: false, deletionProtection: false };
    throw error;
  }
}

/** The pool's plan: LITE, ESSENTIALS or PLUS; undefined where Cognito names none. */
export async function poolPlan(client: CognitoIdentityProviderClient, poolId: string): Promise<string | undefined> {
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
  return UserPool?.UserPoolTier;
}
