import { expect } from 'chai';
import { keyPolicy } from '../../source/domain/operator/permissions/key-policy.ts';
import { rolesOf } from '../../source/domain/operator/permissions/roles.ts';
import type { Role, Statement } from '../../source/domain/operator/permissions/roles.ts';
import {
  list,
  mainTemplate,
  nodes,
  references,
  resourcesOf,
  stackSetTemplate,
  statementsOf,
  templates,
  where,
} from '../support/templates.ts';
import type { Template } from '../support/templates.ts';

const KEY_HERE = { 'Fn::Sub': 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${KmsKeyId}' };
const propertiesWith = (template: Template, id: string, withKey: boolean): Record<string, unknown> =>
  where('HasKmsKey', withKey, template.Resources[id]?.Properties) ?? {};

describe('B13: a key of the customer in the templates', () => {
  it('is asked for by ARN and reaches the instances by its id, which both Regions share', () => {
    const accepts = (arn: string): boolean =>
      new RegExp(mainTemplate.Parameters['KmsKeyArn']?.AllowedPattern ?? '').test(arn);
    const id = 'mrk-0123456789abcdef0123456789abcdef';
    for (const good of [
      '',
      `arn:aws:kms:us-east-1:123456789012:key/${id}`,
      `arn:aws-cn:kms:cn-north-1:123456789012:key/${id}`,
      `arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/${id}`,
    ])
      expect(accepts(good), good).to.equal(true);
    for (const bad of [
      id,
      'alias/mine',
      'arn:aws:kms:us-east-1:123456789012:alias/mine',
      'arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
      `arn:aws:kms:us-east-1:123456789012:key/${id} `,
    ])
      expect(accepts(bad), bad).to.equal(false);
    const passed = mainTemplate.Resources['StackSetCustomResource']?.Properties['Parameters'] as Record<
      string,
      unknown
    >;
    // With a slash at its end the ARN has a second part also where it is empty, which Fn::Select demands.
    expect(passed['KmsKeyId']).to.deep.equal({
      'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::Sub': '${KmsKeyArn}/' }] }],
    });
    for (const custom of ['StackCheckerCustomResource', 'SecondaryUserPoolTable'])
      expect(mainTemplate.Resources[custom]?.Properties['KmsKeyArn'], custom).to.deep.equal({ Ref: 'KmsKeyArn' });
    for (const [{ Conditions }, parameter] of [
      [mainTemplate, 'KmsKeyArn'],
      [stackSetTemplate, 'KmsKeyId'],
    ] as const)
      expect(Conditions['HasKmsKey']).to.deep.equal({ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: parameter }, ''] }] });
  });

  it('encrypts the table, the bucket of the mapping files, every queue and the topic', () => {
    expect(propertiesWith(mainTemplate, 'BackupTable', true)['SSESpecification']).to.deep.equal({
      SSEEnabled: true,
      SSEType: 'KMS',
      KMSMasterKeyId: { Ref: 'KmsKeyArn' },
    });
    expect(propertiesWith(stackSetTemplate, 'MappingFileBucket', true)['BucketEncryption']).to.deep.equal({
      ServerSideEncryptionConfiguration: [
        {
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY_HERE },
          BucketKeyEnabled: true,
        },
      ],
    });
    for (const [id] of resourcesOf(stackSetTemplate, 'AWS::SQS::Queue')) {
      const properties = propertiesWith(stackSetTemplate, id, true);
      expect(properties['KmsMasterKeyId'], id).to.deep.equal({ Ref: 'KmsKeyId' });
      // SQS refuses both at once.
      expect(properties, id).to.not.have.property('SqsManagedSseEnabled');
    }
    expect(propertiesWith(stackSetTemplate, 'WorkflowTopic', true)['KmsMasterKeyId']).to.deep.equal({
      Ref: 'KmsKeyId',
    });
  });

  it('encrypts every log group; only that of StackChecker is there before the key is checked, and gets it from StackChecker', () => {
    for (const template of templates)
      for (const [id, { DependsOn }] of resourcesOf(template, 'AWS::Logs::LogGroup')) {
        const key = propertiesWith(template, id, true)['KmsKeyId'];
        if (id === 'StackCheckerFunctionLogGroup') expect(key).to.equal(undefined);
        else expect(key, id).to.deep.equal(template === mainTemplate ? { Ref: 'KmsKeyArn' } : KEY_HERE);
        if (template === mainTemplate && key !== undefined)
          expect(DependsOn, id).to.equal('StackCheckerCustomResource');
      }
    expect(mainTemplate.Resources['StackCheckerCustomResource']?.Properties['LogGroupName']).to.deep.equal({
      Ref: 'StackCheckerFunctionLogGroup',
    });
    expect(statementsOf(mainTemplate, 'StackCheckerFunctionRole')).to.deep.include({
      Sid: 'OwnLogGroup',
      Effect: 'Allow',
      Action: 'logs:AssociateKmsKey',
      Resource: {
        'Fn::Sub':
          'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${StackCheckerFunctionLogGroup}*',
      },
      onlyIf: 'HasKmsKey',
    });
  });

  it("leaves the access logs to S3's own encryption, the only one with which S3 delivers them", () => {
    for (const withKey of [true, false])
      expect(propertiesWith(stackSetTemplate, 'AccessLogBucket', withKey)['BucketEncryption']).to.deep.equal({
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      });
  });

  it('leaves everything as it is where none is given', () => {
    for (const template of templates)
      for (const id of Object.keys(template.Resources)) {
        // The key of a vault is one of another account.
        const text = JSON.stringify(where('HasVaultKey', false, propertiesWith(template, id, false)));
        // What custom resources are told: an empty text.
        const told = /"(?:Vault)?KmsKey(Arn|Id)":(\{"Ref":"(?:Vault)?KmsKeyArn"\}|\{"Fn::Select":.*?\}\]\}\]\})/g;
        expect(text.replaceAll(told, ''), id)
          .to.not.match(/KmsKey(Arn|Id)/)
          .and.not.include('kms:');
      }
  });
});

/** KMS actions that a service takes as the caller of an action (guides of DynamoDB, S3, SQS and SNS). */
const DECRYPT = ['kms:Decrypt'];
const BOTH = ['kms:Decrypt', 'kms:GenerateDataKey'];
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  's3:GetObject': DECRYPT,
  's3:PutObject': ['kms:GenerateDataKey'],
  // Only who uploads in parts needs it, and S3 decrypts the parts to join them.
  's3:AbortMultipartUpload': DECRYPT,
  'sqs:SendMessage': BOTH,
  'sqs:ReceiveMessage': DECRYPT,
  'sns:Publish': BOTH,
};
const takenBy = (action: string): readonly string[] =>
  TAKEN[action] ?? (/^dynamodb:\w*(Item|Scan|Query)$/.test(action) ? DECRYPT : []);

/** `<Region> <service> <KMS action>` for all that a statement on our own resources makes a role need. */
function needs({ Action, Resource }: Statement): string[] {
  const region = /:dynamodb:\$\{(\w+)\}/.exec(JSON.stringify(Resource))?.[1] ?? 'AWS::Region';
  return list(Action).flatMap((action) => takenBy(action).map((kms) => `${region} ${action.split(':')[0]} ${kms}`));
}

/** The same, of what the role's statements on the key allow. */
function granted({ Action, Resource, Condition }: Statement): string[] {
  const region = /:kms:\$\{([\w:]+)\}/.exec(JSON.stringify(Resource))?.[1] ?? '';
  const services = list(Condition?.['StringEquals']?.['kms:ViaService'] as { 'Fn::Sub': string }).map(
    (via) => via['Fn::Sub'],
  );
  return services.flatMap((via) => {
    const [, service, viaRegion] = /^(\w+)\.\$\{([\w:]+)\}\.\$\{AWS::URLSuffix\}$/.exec(via) ?? [];
    expect(viaRegion, via).to.equal(region);
    return list(Action).map((action) => `${region} ${service} ${action}`);
  });
}

/** The key of the vault is one of another account: test/templates/vault.spec.ts. */
const onKey = ({ Action, Resource }: Statement): boolean =>
  list(Action).some((action) => action.startsWith('kms:')) && JSON.stringify(Resource) !== '{"Ref":"VaultKmsKeyArn"}';
/** Services and actions are listed side by side, so that a statement may hold a pair that only its whole needs. */
const withoutPairs = (
  pairs: readonly string[],
): { regions: Set<string>; services: Set<string>; actions: Set<string> } => ({
  regions: new Set(pairs.map((pair) => pair.split(' ')[0] ?? '')),
  services: new Set(pairs.map((pair) => pair.split(' ').slice(0, 2).join(' '))),
  actions: new Set(pairs.map((pair) => `${pair.split(' ')[0]} ${pair.split(' ')[2]}`)),
});

describe('B13: the roles of the functions and the key', () => {
  const roles = rolesOf(stackSetTemplate).filter(({ functions }) => functions.length > 0);
  const keyless = ['StackSetConstantsFunctionRole'];

  for (const { id, statements } of roles)
    it(`${id} has the actions on the key that its calls need, each through the services that take them, and no other`, () => {
      const needed = statements.filter((statement) => !onKey(statement)).flatMap(needs);
      const key = statements.filter(onKey);
      expect(
        key.every(({ onlyIf }) => onlyIf === 'HasKmsKey'),
        'only with a key',
      ).to.equal(true);
      expect(withoutPairs(key.flatMap(granted))).to.deep.equal(withoutPairs(needed));
      expect(key.length === 0).to.equal(keyless.includes(id));
    });

  it('reach this key in this account only', () => {
    const resources = [mainTemplate, stackSetTemplate]
      .flatMap((template) => rolesOf(template))
      .flatMap(({ statements }) => statements.filter(onKey))
      .flatMap(({ Resource }) => list(Resource));
    for (const resource of resources)
      expect(JSON.stringify(resource)).to.match(
        /^(\{"Ref":"KmsKeyArn"\}|\{"Fn::Sub":(\[)?"arn:\$\{AWS::Partition\}:kms:\$\{[\w:]+\}:\$\{AWS::AccountId\}:key\/\$\{(KmsKeyId|KeyId)\}")/,
      );
  });

  it('of the main stack look at the key, and make the replica with what DynamoDB demands, through DynamoDB only', () => {
    const withKey = rolesOf(mainTemplate).filter(({ statements }) => statements.some(onKey));
    const actionsOf = ({ statements }: Role): readonly string[] =>
      statements.filter(onKey).flatMap(({ Action }) => list(Action));
    expect(Object.fromEntries(withKey.map((role) => [role.id, actionsOf(role)]))).to.deep.equal({
      StackCheckerFunctionRole: ['kms:DescribeKey', 'kms:GetKeyPolicy'],
      SecondaryUserPoolTableFunctionRole: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:DescribeKey',
        'kms:CreateGrant',
      ],
    });
    const [replica] = statementsOf(mainTemplate, 'SecondaryUserPoolTableFunctionRole').filter(onKey);
    expect(replica?.Condition).to.deep.equal({
      StringEquals: {
        'kms:ViaService': ['AWS::Region', 'SecondaryRegion'].map((region) => ({
          'Fn::Sub': `dynamodb.\${${region}}.\${AWS::URLSuffix}`,
        })),
      },
    });
  });
});

describe('B13: the documented key policy', () => {
  const policy = keyPolicy({
    partition: 'aws',
    account: '123456789012',
    primaryRegion: 'us-east-1',
    secondaryRegion: 'eu-west-1',
    stackName: 'Backup',
  });
  /** Services of which a statement speaks; `logs.<Region>` once. */
  const services = policy.Statement.flatMap(({ Principal }) => list(Principal['Service'])).map((service) =>
    service.replace(/^logs\.(us-east-1|eu-west-1)\./, 'logs.'),
  );

  it('lets exactly the services in that use what the key encrypts as themselves', () => {
    const encrypted = (type: string): string[] =>
      resourcesOf(stackSetTemplate, type)
        .filter(([, { Properties }]) => JSON.stringify(Properties).includes('HasKmsKey'))
        .map(([id]) => id);
    const stores = [...encrypted('AWS::SQS::Queue'), ...encrypted('AWS::SNS::Topic')];
    // By the policies of queues and topic, and by alarms that publish to the topic.
    const byPolicy = [
      ...resourcesOf(stackSetTemplate, 'AWS::SQS::QueuePolicy'),
      ...resourcesOf(stackSetTemplate, 'AWS::SNS::TopicPolicy'),
    ]
      .filter(([, { Properties }]) => references(Properties).some(({ target }) => stores.includes(target)))
      .flatMap(([, { Properties }]) => [...nodes(Properties['PolicyDocument'])])
      .filter(({ Effect, Principal }) => Effect === 'Allow' && typeof Principal === 'object')
      .flatMap(({ Principal }) => list((Principal as Record<string, string | string[]>)['Service']));
    const byAlarm = resourcesOf(stackSetTemplate, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) =>
      references([Properties['AlarmActions'], Properties['OKActions'], Properties['InsufficientDataActions']]).some(
        ({ target }) => stores.includes(target),
      )
        ? ['cloudwatch.amazonaws.com']
        : [],
    );
    expect(encrypted('AWS::Logs::LogGroup')).to.not.be.empty;
    expect(new Set(services)).to.deep.equal(new Set(['logs.amazonaws.com', ...byPolicy, ...byAlarm]));
  });

  it('names the log groups of both templates by the names that they get, and no others', () => {
    const patterns = list(
      policy.Statement.find(({ Sid }) => Sid === 'LogGroups')?.Condition?.['ArnLike']?.[
        'kms:EncryptionContext:aws:logs:arn'
      ],
    ).map((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`));
    const named = (name: string): boolean =>
      patterns.some((pattern) => pattern.test(`arn:aws:logs:us-east-1:123456789012:log-group:${name}`));
    const namesOf = (template: Template, stack: string): string[] =>
      resourcesOf(template, 'AWS::Logs::LogGroup').map(([id, { Properties }]) => {
        const sub = (Properties['LogGroupName'] as { 'Fn::Sub': string } | undefined)?.['Fn::Sub'];
        // Generated names begin with the stack's, cut at 24 characters.
        return sub?.replaceAll(/\$\{[^}]+\}/g, 'x') ?? `${stack}-${id}-0123456789AB`;
      });
    const names = [
      ...namesOf(mainTemplate, 'Backup'),
      ...namesOf(stackSetTemplate, 'StackSet-CognitoUserProfilesExport-0123456789ab'.slice(0, 24)),
    ];
    expect(names.filter((name) => !named(name))).to.deep.equal([]);
    expect(['Other-Group', '/aws/lambda/other', '/aws/vendedlogs/states/other'].filter(named)).to.deep.equal([]);
  });

  it('speaks of the partition: service principals of China end otherwise', () => {
    const chinese = JSON.stringify(
      keyPolicy({
        partition: 'aws-cn',
        account: '123456789012',
        primaryRegion: 'cn-north-1',
        secondaryRegion: 'cn-northwest-1',
        stackName: 'Backup',
      }),
    );
    expect(chinese)
      .to.include('logs.cn-north-1.amazonaws.com.cn')
      .and.include('arn:aws-cn:iam::123456789012:root')
      .and.not.include('arn:aws:');
  });
});
