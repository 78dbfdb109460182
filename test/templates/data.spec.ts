import { expect } from 'chai';
import { mainTemplate, references, resourcesOf, stackSetTemplate, type Resource } from '../support/templates.ts';

const retained = (resource: Resource | undefined): (string | undefined)[] => [
  resource?.DeletionPolicy,
  resource?.UpdateReplacePolicy,
];

interface PolicyStatement {
  Sid: string;
  Effect: string;
  Principal: unknown;
  Action: unknown;
  Condition: Record<string, unknown>;
}
const statementsIn = (properties: Record<string, unknown>): PolicyStatement[] =>
  (properties['PolicyDocument'] as { Statement: PolicyStatement[] }).Statement;
interface LifecycleRule {
  Id: string;
  Status: string;
  Prefix?: string;
  TagFilters?: unknown;
  ExpirationInDays?: unknown;
  NoncurrentVersionExpiration?: unknown;
  AbortIncompleteMultipartUpload?: unknown;
}

describe('Backup table', () => {
  const table = mainTemplate.Resources['BackupTable'];

  it('stays when the stack goes, is protected, recoverable, encrypted, on demand, with a stream', () => {
    expect(retained(table)).to.deep.equal(['Retain', 'Retain']);
    expect(table?.Type).to.equal('AWS::DynamoDB::Table');
    expect(table?.Properties).to.deep.include({
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
      DeletionProtectionEnabled: true,
      SSESpecification: { SSEEnabled: true },
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'type', KeyType: 'RANGE' },
      ],
    });
    expect(table?.Properties).to.not.have.property('TableName');
  });

  it('gets tags in both Regions, which replication does not carry', () => {
    const { Tags } = mainTemplate.Resources['SecondaryUserPoolTable']?.Properties ?? {};
    expect(Tags).to.deep.equal({
      Solution: 'cognito-user-profiles-export',
      MainStack: { Ref: 'AWS::StackName' },
      UserPool: { Ref: 'PrimaryUserPoolId' },
    });
  });

  it('is made only after the parameters were checked', () => {
    expect(table?.DependsOn).to.equal('StackCheckerCustomResource');
  });
});

describe('Order of the main stack', () => {
  /** Everything that must exist before `id`, by references and DependsOn. */
  const before = (id: string, seen = new Set<string>()): Set<string> => {
    const resource = mainTemplate.Resources[id];
    if (resource === undefined || seen.has(id)) return seen;
    seen.add(id);
    for (const { target } of references(resource)) before(target, seen);
    for (const target of [resource.DependsOn ?? []].flat()) before(target, seen);
    return seen;
  };

  it('checks first, then table, replica and constants, then the StackSet', () => {
    expect([...before('StackSetCustomResource')]).to.include.members([
      'StackCheckerCustomResource',
      'BackupTable',
      'SecondaryUserPoolTable',
      'SolutionConstantsCustomResource',
    ]);
    expect([...before('StackCheckerCustomResource')]).to.not.include.members(['BackupTable']);
  });

  it('keeps the policies of the StackSet and of its function until the StackSet is gone', () => {
    expect([...before('StackSetCustomResource')]).to.include.members([
      'StackSetAdministrationPolicy',
      'StackSetExecutionPolicy',
      'StackSetFunctionSelfInvokePolicy',
      'StackSetAdministrationRole',
      'StackSetExecutionRole',
    ]);
    expect([...before('SecondaryUserPoolTable')]).to.include('SecondaryUserPoolTableFunctionSelfInvokePolicy');
  });

  it('gives every custom resource its time limit', () => {
    const custom = [...Object.entries(mainTemplate.Resources), ...Object.entries(stackSetTemplate.Resources)].filter(
      ([, { Type }]) => Type.startsWith('Custom::'),
    );
    expect(custom.map(([id]) => id)).to.have.members([
      'StackCheckerCustomResource',
      'SecondaryUserPoolTable',
      'SolutionConstantsCustomResource',
      'StackSetCustomResource',
      'StackSetConstants',
    ]);
    for (const [id, { Properties }] of custom) expect(Properties['ServiceTimeout'], id).to.be.within(60, 3600);
  });
});

describe('Buckets', () => {
  const buckets = resourcesOf(stackSetTemplate, 'AWS::S3::Bucket');
  const policies = resourcesOf(stackSetTemplate, 'AWS::S3::BucketPolicy');

  const { Rules: rules } = stackSetTemplate.Resources['MappingFileBucket']?.Properties['LifecycleConfiguration'] as {
    Rules: LifecycleRule[];
  };

  it('stay with their policies, are private, encrypted, versioned and without ACLs', () => {
    expect(buckets.map(([id]) => id)).to.have.members(['AccessLogBucket', 'MappingFileBucket']);
    for (const [id, bucket] of [...buckets, ...policies])
      expect(retained(bucket), id).to.deep.equal(['Retain', 'Retain']);
    for (const [id, { Properties }] of buckets) {
      expect(Properties, id).to.deep.include({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        VersioningConfiguration: { Status: 'Enabled' },
      });
      expect(JSON.stringify(Properties['BucketEncryption']), id).to.include('AES256');
      expect(Properties, id).to.not.have.property('BucketName');
    }
  });

  it('refuse requests without TLS', () => {
    const guarded = policies
      .filter(([, { Properties }]) => {
        const { Statement } = Properties['PolicyDocument'] as { Statement: Record<string, unknown>[] };
        return Statement.some(
          ({ Effect, Action, Condition }) =>
            Effect === 'Deny' &&
            Action === 's3:*' &&
            JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
        );
      })
      .map(([, { Properties }]) => references(Properties['Bucket'])[0]?.target);
    expect(guarded).to.have.members(buckets.map(([id]) => id));
  });

  it('keep the state of exports longer than the longest ExportFrequency, for the mass-delete guard, and forget what is no longer needed', () => {
    const days = Object.fromEntries(
      rules
        .filter(({ Prefix, TagFilters }) => Prefix && !TagFilters)
        .map(({ Prefix = '', ExpirationInDays }) => [Prefix, ExpirationInDays]),
    );
    expect(days).to.deep.equal({
      'exports/': 90,
      'restores/': 180,
      'notices/': 90,
      'verifications/': 90,
      'snapshots/': { 'Fn::If': ['KeepsSnapshots', { Ref: 'SnapshotRetentionDays' }, 1] },
    });
    expect(stackSetTemplate.Conditions['KeepsSnapshots']).to.deep.equal({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'SnapshotRetentionDays' }, '0'] }],
    });
    expect(
      rules.some(
        ({ AbortIncompleteMultipartUpload }) =>
          JSON.stringify(AbortIncompleteMultipartUpload) === '{"DaysAfterInitiation":1}',
      ),
    ).to.equal(true);
    expect(
      rules
        .filter(
          ({ ExpirationInDays, NoncurrentVersionExpiration }) =>
            ExpirationInDays !== undefined && NoncurrentVersionExpiration === undefined,
        )
        .map(({ Id }) => Id),
      'versions that stay',
    ).to.deep.equal([]);
    expect(rules.filter(({ Status }) => Status !== 'Enabled').map(({ Id }) => Id)).to.deep.equal([]);
  });

  it('let the objects of a closed restore, which are tagged as such, expire by ReportRetentionDays', () => {
    const [closed, ...others] = rules.filter(({ TagFilters }) => TagFilters);
    expect(others).to.deep.equal([]);
    expect(closed).to.deep.include({
      Prefix: 'restores/',
      TagFilters: [{ Key: 'restore', Value: 'closed' }],
      ExpirationInDays: { Ref: 'ReportRetentionDays' },
    });
  });

  it('hold nothing that no rule lets expire: every folder that a role may write to has its rule', () => {
    const prefixes = [
      ...JSON.stringify(stackSetTemplate.Resources).matchAll(/MappingFileBucket\.Arn\}\/([\w-]+\/)\*/g),
    ].map(([, prefix]) => prefix);
    expect(new Set(prefixes)).to.deep.equal(
      new Set(rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined).map(({ Prefix }) => Prefix)),
    );
  });
});

describe('Queues and topic', () => {
  const queues = resourcesOf(stackSetTemplate, 'AWS::SQS::Queue');

  it('keep messages for 14 days, encrypted, each work queue with a dead-letter queue', () => {
    for (const [id, { Properties }] of queues)
      expect(Properties, id).to.include({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
    const deadLetters = queues
      .filter(([, { Properties }]) => 'RedrivePolicy' in Properties)
      .map(([id, { Properties }]) => [id, references(Properties['RedrivePolicy'])[0]?.target]);
    expect(Object.fromEntries(deadLetters)).to.deep.equal({
      NewUsers: 'NewUsersDeadLetterQueue',
      Updates: 'UpdatesDeadLetterQueue',
      ExportQueue: 'ExportDeadLetterQueue',
    });
  });

  it('refuse requests without TLS or from another account', () => {
    const policies = resourcesOf(stackSetTemplate, 'AWS::SQS::QueuePolicy');
    const guarded = policies.flatMap(([, { Properties }]) =>
      references(Properties['Queues'])
        .map(({ target }) => target)
        .filter((id) => !id.startsWith('AWS::')),
    );
    expect(guarded.sort(), 'each queue has one policy').to.deep.equal(queues.map(([id]) => id).sort());
    for (const [id, { Properties }] of [...policies, ...resourcesOf(stackSetTemplate, 'AWS::SNS::TopicPolicy')]) {
      const [tls, account] = statementsIn(Properties);
      expect(tls, id).to.deep.include({
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
      expect(account, id).to.deep.include({ Sid: 'ThisAccountOnly', Effect: 'Deny', Principal: '*' });
      expect(account?.Condition, id).to.deep.include({
        StringNotEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } },
      });
    }
  });

  it('let no service in but EventBridge, with events of our rules that it could not deliver', () => {
    const policies = [
      ...resourcesOf(stackSetTemplate, 'AWS::SQS::QueuePolicy'),
      ...resourcesOf(stackSetTemplate, 'AWS::SNS::TopicPolicy'),
    ];
    const allowed = policies.flatMap(([id, { Properties }]) =>
      statementsIn(Properties)
        .filter(({ Effect }) => Effect === 'Allow')
        .map((statement) => ({ id, ...statement })),
    );
    expect(allowed.map(({ id, Sid, Principal, Action }) => ({ id, Sid, Principal, Action }))).to.deep.equal([
      {
        id: 'EventsDeadLetterQueuePolicy',
        Sid: 'UndeliveredEvents',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
      },
    ]);
    const rules = resourcesOf(stackSetTemplate, 'AWS::Events::Rule').map(([id]) => id);
    expect(
      references(allowed[0]?.Condition)
        .map(({ target }) => target)
        .filter((target) => target !== 'AWS::NoValue'),
    ).to.have.members(rules);
    // A service has no account: a Deny by account alone would hit it, too.
    const exempt = policies
      .filter(([, { Properties }]) => JSON.stringify(statementsIn(Properties)).includes('aws:PrincipalIsAWSService'))
      .map(([id]) => id);
    expect(exempt).to.deep.equal(['EventsDeadLetterQueuePolicy']);
  });

  it('are encrypted: the topic by the key of AWS, since only a function publishes', () => {
    expect(stackSetTemplate.Resources['WorkflowTopic']?.Properties)
      .to.include({ KmsMasterKeyId: 'alias/aws/sns' })
      .and.not.have.property('Subscription');
  });
});
