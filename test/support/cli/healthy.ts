import { snapshotManifestKey } from '../../../source/domain/backup/snapshot/names.ts';
import { LAST_KEY } from '../../../source/domain/verify/backup/last.ts';
import { aManifest } from './a-manifest.ts';
import { InstalledCli } from './installed.ts';
import { executionArn } from './stacks.ts';

const HOUR = 3_600_000;
export const SEALED_AT = '2026-02-28T21:00:00.000Z';

/** A product of which everything is in order, three hours after an export began. */
export function healthyCli(): InstalledCli {
  const cli = new InstalledCli();
  const manifest = aManifest(SEALED_AT);
  cli.seal(manifest);
  for (const region of ['us-east-1', 'eu-west-1']) {
    cli.put(region, snapshotManifestKey(manifest.runId), manifest);
    cli.put(region, LAST_KEY, { runId: manifest.runId, nextObject: 0, verifiedAt: '2026-02-28T22:00:00.000Z' });
  }
  cli.executions.set(executionArn('ExportWorkflow', 'us-east-1', 'night'), {
    status: 'SUCCEEDED',
    startDate: new Date(cli.clock.now() - 3 * HOUR),
    stopDate: new Date(cli.clock.now() - 2 * HOUR),
  });
  cli.cloud
    .on('ListStackResources', () => ({
      StackResourceSummaries: [
        {
          LogicalResourceId: 'ExportDeadLetterQueue',
          ResourceType: 'AWS::SQS::Queue',
          PhysicalResourceId: 'https://queue',
        },
        { LogicalResourceId: 'NewUsersQueue', ResourceType: 'AWS::SQS::Queue', PhysicalResourceId: 'https://other' },
        {
          LogicalResourceId: 'BackupTooOldAlarm',
          ResourceType: 'AWS::CloudWatch::Alarm',
          PhysicalResourceId: 'x-BackupTooOldAlarm-1',
        },
      ],
    }))
    .on('GetQueueAttributes', () => ({
      Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' },
    }))
    .on('DescribeAlarms', () => ({ MetricAlarms: [{ AlarmName: 'x-BackupTooOldAlarm-1', StateValue: 'OK' }] }))
    .on('ListSubscriptionsByTopic', () => ({
      Subscriptions: [{ SubscriptionArn: 'arn:aws:sns:us-east-1:1:topic:2', Endpoint: 'ops@example.com' }],
    }))
    .on('ListRuleNamesByTarget', () => ({ RuleNames: ['nightly'] }))
    .on('DescribeRule', () => ({ State: 'ENABLED', ScheduleExpression: 'rate(1 day)' }))
    .on('DescribeTable', () => ({ Table: { Replicas: [{ RegionName: 'eu-west-1', ReplicaStatus: 'ACTIVE' }] } }))
    .on('DescribeUserPool', () => ({ UserPool: { DeletionProtection: 'ACTIVE' } }));
  return cli;
}
