import { CliProcess } from './cli-process.ts';
import { awsError } from './fake-clients.ts';
import { ACCOUNT, mainStack, TABLE } from './stacks.ts';

const REGIONS = ['us-east-1', 'eu-west-1'] as const;
/** Versions and delete markers that a page holds. */
const PAGE = 3;

type Version = { readonly Key: string; readonly VersionId: string };

/** A launch with all that it leaves, in memory: what a command deletes is gone. */
export class UninstallableCli extends CliProcess {
  stack: string | undefined = 'CREATE_COMPLETE';
  /** Why the next deletions of the stack fail, one each. */
  readonly stackFailures: string[] = [];
  /** Region to status of the table there. */
  readonly tables = new Map<string, { status: string; protectedFromDeletion: boolean }>();
  /** Name to versions and delete markers. */
  readonly buckets = new Map<string, { readonly region: string; versions: Version[]; markers: Version[] }>();
  readonly logGroups = new Set<string>();
  /** Code with which S3 refuses to delete an object, by its key; undefined: it deletes it. */
  refuse: (key: string) => string | undefined = () => undefined;
  #events = 0;

  constructor() {
    super();
    for (const region of REGIONS) {
      this.tables.set(region, { status: 'ACTIVE', protectedFromDeletion: true });
      for (const name of [
        `stackset-cognitouser-mappingfilebucket-${region}`,
        `stackset-cognitouser-accesslogbucket-${region}`,
        `cognito-export-${ACCOUNT}-abababab-${region}`,
      ])
        this.fill(name, region, 7, 5);
      this.logGroups.add(`StackSet-log-${region}`);
    }
    this.logGroups.add('Backup-log');
    this.#answerForStacks();
    this.#answerForTables();
    this.#answerForBuckets();
  }

  fill(name: string, region: string, versions: number, markers: number): void {
    const some = (kind: string, count: number): Version[] =>
      Array.from({ length: count }, (_, n) => ({ Key: `${kind}/${n}`, VersionId: `${kind}${n}` }));
    this.buckets.set(name, { region, versions: some('object', versions), markers: some('marker', markers) });
  }

  /** All that is left of the launch. */
  get left(): readonly string[] {
    return [
      ...(this.stack === undefined ? [] : [this.stack]),
      ...this.tables.keys(),
      ...this.buckets.keys(),
      ...this.logGroups,
    ];
  }

  uninstall(...args: readonly string[]): Promise<number> {
    return this.run(['uninstall', '--stack', 'Backup', '--delete-data', '--confirm', 'Backup', '--yes', ...args]);
  }

  #answerForStacks(): void {
    const events: { readonly [name: string]: unknown }[] = [];
    const stackId = mainStack().StackId ?? '';
    const event = (status: string, logicalId = 'Backup', reason = ''): void => {
      this.#events += 1;
      events.unshift({
        EventId: String(this.#events),
        StackId: stackId,
        PhysicalResourceId: logicalId === 'Backup' ? stackId : logicalId,
        LogicalResourceId: logicalId,
        ResourceType: logicalId === 'Backup' ? 'AWS::CloudFormation::Stack' : 'Custom::StackSet',
        ResourceStatus: status,
        ResourceStatusReason: reason,
        Timestamp: new Date(this.clock.now()),
      });
    };
    const resources = (list: Readonly<Record<string, readonly [type: string, id: string]>>) => ({
      StackResourceSummaries: Object.entries(list).map(([LogicalResourceId, [ResourceType, PhysicalResourceId]]) => ({
        LogicalResourceId,
        ResourceType,
        PhysicalResourceId,
      })),
    });
    this.cloud
      .on('GetCallerIdentity', () => ({ Account: ACCOUNT }))
      .on('DescribeStacks', ({ StackName }, region) => {
        const stacks = region === 'us-east-1' && this.stack !== undefined ? [mainStack({ status: this.stack })] : [];
        if (StackName !== undefined && stacks.length === 0) throw awsError('ValidationError', 'it does not exist');
        return { Stacks: stacks };
      })
      .on('DescribeStackEvents', () => ({ StackEvents: events }))
      .on('GetTemplate', () => ({ TemplateBody: 'Resources: {}' }))
      .on('ListStackInstances', () => ({
        Summaries: REGIONS.map((Region) => ({ Region, StackId: `instance-${Region}` })),
      }))
      .on('ListStackResources', ({ StackName }) => {
        const name = StackName as string;
        if (!name.startsWith('instance-'))
          return resources({
            BackupTable: ['AWS::DynamoDB::Table', TABLE],
            StackSetCustomResource: ['Custom::StackSet', 'CognitoUserProfilesExport-1'],
            Log: ['AWS::Logs::LogGroup', 'Backup-log'],
          });
        const region = name.slice('instance-'.length);
        return resources({
          MappingFileBucket: ['AWS::S3::Bucket', `stackset-cognitouser-mappingfilebucket-${region}`],
          AccessLogBucket: ['AWS::S3::Bucket', `stackset-cognitouser-accesslogbucket-${region}`],
          Log: ['AWS::Logs::LogGroup', `StackSet-log-${region}`],
        });
      })
      .on('DeleteStack', () => {
        event('DELETE_IN_PROGRESS');
        const why = this.stackFailures.shift();
        if (why !== undefined) {
          event('DELETE_FAILED', 'StackSetCustomResource', why);
          event('DELETE_FAILED');
        }
        this.stack = why === undefined ? undefined : 'DELETE_FAILED';
        return {};
      })
      .on('DeleteLogGroup', ({ logGroupName }) => {
        if (!this.logGroups.delete(logGroupName as string)) throw awsError('ResourceNotFoundException');
        return {};
      });
  }

  #answerForTables(): void {
    const tableIn = (region: string) => {
      const table = this.tables.get(region);
      if (table === undefined) throw awsError('ResourceNotFoundException');
      return table;
    };
    this.cloud
      .on('DescribeTable', (_input, region) => {
        const { status, protectedFromDeletion } = tableIn(region);
        return {
          Table: {
            TableArn: `table-${region}`,
            TableStatus: status,
            DeletionProtectionEnabled: protectedFromDeletion,
            Replicas: REGIONS.filter((other) => other !== region && this.tables.has(other)).map((RegionName) => ({
              RegionName,
              ReplicaStatus: 'ACTIVE',
            })),
          },
        };
      })
      .on('ListTagsOfResource', () => ({ Tags: pairs(OF_LAUNCH) }))
      .on('ListTables', () => ({ TableNames: this.tables.has('us-east-1') ? [TABLE] : [] }))
      .on('UpdateTable', ({ ReplicaUpdates }, region) => {
        if (ReplicaUpdates === undefined) tableIn(region).protectedFromDeletion = false;
        else if (tableIn('eu-west-1').protectedFromDeletion) throw awsError('ValidationException', 'protected');
        else this.tables.delete('eu-west-1');
        return {};
      })
      .on('DeleteTable', (_input, region) => {
        if (tableIn(region).protectedFromDeletion || this.tables.size > 1) throw awsError('ValidationException', 'no');
        this.tables.delete(region);
        return {};
      });
  }

  #answerForBuckets(): void {
    const bucketOf = (name: unknown) => {
      const bucket = this.buckets.get(name as string);
      if (bucket === undefined) throw awsError('NoSuchBucket');
      return bucket;
    };
    this.cloud
      .on('ListBuckets', ({ Prefix, BucketRegion }) => ({
        Buckets: [...this.buckets]
          .filter(([name, { region }]) => name.startsWith(Prefix as string) && region === BucketRegion)
          .map(([Name]) => ({ Name })),
      }))
      .on('GetBucketTagging', ({ Bucket }) => {
        bucketOf(Bucket);
        const isAsset = (Bucket as string).startsWith('cognito-export');
        const { Solution, MainStack } = OF_LAUNCH;
        return { TagSet: pairs(isAsset ? { Solution, MainStack, Purpose: 'assets' } : OF_LAUNCH) };
      })
      .on('ListObjectVersions', ({ Bucket }) => {
        const { versions, markers } = bucketOf(Bucket);
        const Versions = versions.slice(0, PAGE);
        return { Versions, DeleteMarkers: markers.slice(0, PAGE - Versions.length) };
      })
      .on('DeleteObjects', ({ Bucket, Delete }) => {
        const bucket = bucketOf(Bucket);
        const asked = (Delete as { readonly Objects: readonly Version[] }).Objects;
        const Errors = asked.flatMap(({ Key, VersionId }) => {
          const Code = this.refuse(Key);
          return Code === undefined ? [] : [{ Key, VersionId, Code }];
        });
        const gone = new Set(asked.map(({ VersionId }) => VersionId));
        for (const { VersionId } of Errors) gone.delete(VersionId);
        bucket.versions = bucket.versions.filter(({ VersionId }) => !gone.has(VersionId));
        bucket.markers = bucket.markers.filter(({ VersionId }) => !gone.has(VersionId));
        return { Errors };
      })
      .on('DeleteBucket', ({ Bucket }) => {
        const { versions, markers } = bucketOf(Bucket);
        if (versions.length + markers.length > 0) throw awsError('BucketNotEmpty');
        this.buckets.delete(Bucket as string);
        return {};
      });
  }
}

const OF_LAUNCH = {
  Solution: 'cognito-user-profiles-export',
  MainStack: 'Backup',
  MainStackId: mainStack().StackId ?? '',
};
const pairs = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
