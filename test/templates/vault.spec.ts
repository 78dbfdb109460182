import { expect } from 'chai';
import { rolesOf } from '../../source/domain/operator/permissions/roles.ts';
import { SNAPSHOTS_PREFIX, THINNED_MANIFESTS_PREFIX } from '../../source/domain/backup/snapshot/names.ts';
import { list, mainTemplate, stackSetTemplate, statementsOf, where } from '../support/templates.ts';

interface Replication {
  readonly Role: unknown;
  readonly Rules: readonly {
    readonly Filter: { readonly Prefix: string };
    readonly Destination: Readonly<Record<string, unknown>>;
    readonly [property: string]: unknown;
  }[];
}

/** The bucket's replication where those conditions hold or do not. */
function replicationWhere(conditions: Readonly<Record<string, boolean>>): Replication | undefined {
  let properties = stackSetTemplate.Resources['MappingFileBucket']?.Properties;
  for (const [condition, holds] of Object.entries(conditions)) properties = where(condition, holds, properties);
  return properties?.['ReplicationConfiguration'] as Replication | undefined;
}

const VAULT_OWNER = { 'aws:ResourceAccount': { Ref: 'VaultAccountId' } };
const THIS_ACCOUNT = { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } };
const VIA_S3_OF_THE_KEY = {
  StringEquals: {
    'kms:ViaService': {
      'Fn::Sub': [
        's3.${Region}.${AWS::URLSuffix}',
        { Region: { 'Fn::Select': [3, { 'Fn::Split': [':', { 'Fn::Sub': '${VaultKmsKeyArn}:::' }] }] } },
      ],
    },
  },
};

describe('17.7: the vault in the templates', () => {
  it('17.7: is filled from the primary Region only, and never by a launch of its own account', () => {
    expect(stackSetTemplate.Conditions['FillsVault']).to.deep.equal({
      'Fn::And': [
        { Condition: 'HasVault' },
        { Condition: 'IsPrimaryRegion' },
        { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'VaultAccountId' }, { Ref: 'AWS::AccountId' }] }] },
      ],
    });
    expect(replicationWhere({ FillsVault: false })).to.equal(undefined);
    for (const id of ['VaultReplicationRole', 'VaultReplicationPolicy'])
      expect(stackSetTemplate.Resources[id]?.Condition, id).to.equal('FillsVault');
  });

  it('17.7: gets snapshots and manifests with their tags, as their owner, and no deletion', () => {
    const replication = replicationWhere({ HasKmsKey: false, HasVaultKey: false, FillsVault: true });
    expect(replication?.Role).to.deep.equal({ 'Fn::GetAtt': ['VaultReplicationRole', 'Arn'] });
    expect(replication?.Rules.map(({ Filter }) => Filter.Prefix)).to.deep.equal([
      SNAPSHOTS_PREFIX,
      THINNED_MANIFESTS_PREFIX,
    ]);
    for (const rule of replication?.Rules ?? []) {
      expect(rule).to.deep.include({ Status: 'Enabled', DeleteMarkerReplication: { Status: 'Disabled' } });
      expect(rule).to.not.have.property('SourceSelectionCriteria');
      expect(rule.Destination).to.deep.equal({
        Bucket: { Ref: 'VaultBucketArn' },
        Account: { Ref: 'VaultAccountId' },
        AccessControlTranslation: { Owner: 'Destination' },
      });
    }
    expect(new Set(replication?.Rules.map(({ Priority }) => Priority)).size).to.equal(2);
  });

  it('17.7: gets what is encrypted with a key of the customer under a key of its own', () => {
    // S3 refuses a key for the copies without these criteria ("SseKmsEncryptedObjects must be specified"), and these without a key.
    for (const HasKmsKey of [true, false]) {
      const rules = replicationWhere({ HasKmsKey, HasVaultKey: true, FillsVault: true })?.Rules ?? [];
      expect(rules).to.have.length(2);
      for (const { SourceSelectionCriteria, Destination } of rules) {
        expect(SourceSelectionCriteria).to.deep.equal({ SseKmsEncryptedObjects: { Status: 'Enabled' } });
        expect(Destination['EncryptionConfiguration']).to.deep.equal({ ReplicaKmsKeyID: { Ref: 'VaultKmsKeyArn' } });
      }
    }
  });

  it('17.7: the role that copies reads what is copied, writes to that account only, and can delete nothing', () => {
    const statements = statementsOf(stackSetTemplate, 'VaultReplicationRole');
    const below = (bucket: string): unknown[] =>
      [SNAPSHOTS_PREFIX, THINNED_MANIFESTS_PREFIX].map((prefix) => ({ 'Fn::Sub': `\${${bucket}}/${prefix}*` }));
    expect(
      statements.map(({ Sid, Action, Resource, Condition, onlyIf }) => ({ Sid, Action, Resource, Condition, onlyIf })),
    ).to.deep.equal([
      {
        Sid: 'Rules',
        Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
        Resource: { 'Fn::GetAtt': ['MappingFileBucket', 'Arn'] },
        Condition: undefined,
        onlyIf: undefined,
      },
      {
        Sid: 'Versions',
        Action: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
        Resource: below('MappingFileBucket.Arn'),
        Condition: undefined,
        onlyIf: undefined,
      },
      {
        Sid: 'Copies',
        Action: ['s3:ReplicateObject', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'],
        Resource: below('VaultBucketArn'),
        Condition: { StringEquals: VAULT_OWNER },
        onlyIf: undefined,
      },
      {
        Sid: 'Key',
        Action: 'kms:Decrypt',
        Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${KmsKeyId}' },
        Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Sub': 's3.${AWS::Region}.${AWS::URLSuffix}' } } },
        onlyIf: 'HasKmsKey',
      },
      {
        Sid: 'VaultKey',
        Action: 'kms:Encrypt',
        Resource: { Ref: 'VaultKmsKeyArn' },
        Condition: VIA_S3_OF_THE_KEY,
        onlyIf: 'HasVaultKey',
      },
    ]);
  });

  it('17.7: StackSets may set the rule and pass that role to S3', () => {
    const statements = statementsOf(mainTemplate, 'StackSetExecutionRole');
    expect(statements.find(({ Sid }) => Sid === 'Buckets')?.Action).to.include('s3:PutReplicationConfiguration');
    expect(JSON.stringify(statements.find(({ Sid }) => Sid === 'PassRoles')?.Condition)).to.include('s3.amazonaws.com');
  });

  it('17.7: needs the account that owns it', () => {
    const { VaultHasAnOwner } = mainTemplate.Rules as Record<string, { RuleCondition: unknown; Assertions: unknown[] }>;
    expect(VaultHasAnOwner?.RuleCondition).to.deep.equal({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'VaultBucketArn' }, ''] }],
    });
    expect(VaultHasAnOwner?.Assertions).to.deep.include({
      Assert: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'VaultAccountId' }, ''] }] },
      AssertDescription: 'VaultBucketArn needs VaultAccountId. The ARN of a bucket does not say whose bucket it is.',
    });
  });

  const accepts = (parameter: string, value: string): boolean =>
    new RegExp(mainTemplate.Parameters[parameter]?.AllowedPattern ?? '^-$').test(value);

  it('17.7: is asked for by the ARNs of a bucket and a key, and the digits of an account', () => {
    for (const [parameter, good, bad] of [
      [
        'VaultBucketArn',
        ['', 'arn:aws:s3:::my-vault', 'arn:aws-cn:s3:::my.vault-1'],
        ['my-vault', 'arn:aws:s3:::', 'arn:aws:s3:::My-Vault', 'arn:aws:s3:::vault/snapshots', 'arn:aws:s3:::vault*'],
      ],
      ['VaultAccountId', ['', '123456789012'], ['1234', '1234567890123', 'arn:aws:iam::123456789012:root']],
      [
        'VaultKmsKeyArn',
        [
          '',
          'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
          'arn:aws:kms:eu-west-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef',
        ],
        ['alias/vault', 'arn:aws:kms:eu-west-1:123456789012:alias/vault', '01234567-89ab-cdef-0123-456789abcdef'],
      ],
    ] as const) {
      expect(
        good.filter((value) => !accepts(parameter, value)),
        parameter,
      ).to.deep.equal([]);
      expect(
        bad.filter((value) => accepts(parameter, value)),
        parameter,
      ).to.deep.equal([]);
    }
  });
});

describe('17.7: which snapshots of other launches the functions may read', () => {
  const READERS = ['CheckNewUserPoolRole', 'ScanTableRole'];
  const foreign = rolesOf(stackSetTemplate).flatMap(({ id, statements }) =>
    statements
      .filter(({ Action }) => list(Action).some((action) => /^s3:(Get|List)/.test(action)))
      .filter(({ Resource }) => !JSON.stringify(Resource).includes('MappingFileBucket'))
      .map(({ Sid, Action, Resource, Condition, onlyIf }) => ({ id, Sid, Action, Resource, Condition, onlyIf })),
  );

  it('17.7: only those that read a backup for a restore may, and write there nothing', () => {
    expect([...new Set(foreign.map(({ id }) => id))]).to.deep.equal(READERS);
    const writers = rolesOf(stackSetTemplate)
      .filter(({ id }) => id !== 'VaultReplicationRole')
      .flatMap(({ statements }) => statements)
      .filter(({ Action }) => list(Action).some((action) => /^s3:(?!Get|List)/.test(action)))
      .filter(({ Resource }) => !JSON.stringify(Resource).includes('MappingFileBucket.Arn'));
    expect(writers).to.deep.equal([]);
  });

  for (const role of READERS)
    it(`17.7: ${role} reads snapshots in the vault of its owner and in buckets of this solution in this account, nothing else`, () => {
      const earlier = { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::stackset-cognitouser*-mappingfilebucket-*' };
      const inSnapshots = { StringLike: { 's3:prefix': 'snapshots/*' } };
      expect(foreign.filter(({ id }) => id === role).map(({ id: _role, ...statement }) => statement)).to.deep.equal([
        {
          Sid: 'EarlierSnapshots',
          Action: 's3:GetObject',
          Resource: ['', '/adopted'].map((base) => ({ 'Fn::Sub': `${earlier['Fn::Sub']}${base}/snapshots/*` })),
          Condition: { StringEquals: THIS_ACCOUNT },
          onlyIf: undefined,
        },
        {
          Sid: 'ListEarlierSnapshots',
          Action: 's3:ListBucket',
          Resource: earlier,
          Condition: {
            StringEquals: THIS_ACCOUNT,
            StringLike: { 's3:prefix': ['snapshots/*', 'adopted/snapshots/*'] },
          },
          onlyIf: undefined,
        },
        {
          Sid: 'VaultSnapshots',
          Action: 's3:GetObject',
          Resource: { 'Fn::Sub': '${VaultBucketArn}/snapshots/*' },
          Condition: { StringEquals: VAULT_OWNER },
          onlyIf: 'HasVault',
        },
        {
          Sid: 'ListVaultSnapshots',
          Action: 's3:ListBucket',
          Resource: { Ref: 'VaultBucketArn' },
          Condition: { StringEquals: VAULT_OWNER, ...inSnapshots },
          onlyIf: 'HasVault',
        },
      ]);
      expect(
        statementsOf(stackSetTemplate, role).find(({ Resource }) =>
          JSON.stringify(Resource).includes('VaultKmsKeyArn'),
        ),
      ).to.deep.equal({
        Sid: 'VaultKey',
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { Ref: 'VaultKmsKeyArn' },
        Condition: VIA_S3_OF_THE_KEY,
        onlyIf: 'HasVaultKey',
      });
    });
});
