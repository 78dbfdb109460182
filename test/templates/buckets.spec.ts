import { expect } from 'chai';
import { SUPERSEDED, THINNED } from '../../source/domain/backup/snapshot/superseded.ts';
import { references, resourcesOf, retained, stackSetTemplate } from '../support/templates.ts';

interface LifecycleRule {
  Id: string;
  Status: string;
  Prefix?: string;
  TagFilters?: unknown;
  ExpirationInDays?: unknown;
  NoncurrentVersionExpiration?: unknown;
  AbortIncompleteMultipartUpload?: unknown;
}

describe('Buckets', () => {
  const buckets = resourcesOf(stackSetTemplate, 'AWS::S3::Bucket');
  const policies = resourcesOf(stackSetTemplate, 'AWS::S3::BucketPolicy');

  const { Rules: rules } = stackSetTemplate.Resources['MappingFileBucket']?.Properties['LifecycleConfiguration'] as {
    Rules: LifecycleRule[];
  };

  it('A5: stay with their policies, but for the mapping-file bucket of a create that is rolled back; are private, encrypted, versioned and without ACLs', () => {
    expect(buckets.map(([id]) => id)).to.have.members(['AccessLogBucket', 'MappingFileBucket']);
    for (const [id, bucket] of [...buckets, ...policies]) expect(retained(bucket)[1], id).to.equal('Retain');
    // A launch that is tried several times leaves none of these; a log bucket with a log in it would fail the rollback.
    expect(
      Object.fromEntries([...buckets, ...policies].map(([id, bucket]) => [id, retained(bucket)[0]])),
    ).to.deep.equal({
      AccessLogBucket: 'Retain',
      AccessLogBucketPolicy: 'Retain',
      MappingFileBucket: 'RetainExceptOnCreate',
      MappingFileBucketPolicy: 'Retain',
    });
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
        .filter(({ Prefix, TagFilters, ExpirationInDays }) => Prefix && !TagFilters && ExpirationInDays !== undefined)
        .map(({ Prefix = '', ExpirationInDays }) => [Prefix, ExpirationInDays]),
    );
    expect(days).to.deep.equal({
      'exports/': 90,
      'restores/': 180,
      'notices/': 90,
      'verifications/': 90,
      'progress/': 90,
      'manifests/': { 'Fn::If': ['KeepsSnapshots', { Ref: 'SnapshotRetentionDays' }, 1] },
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

  it('A1: remove the parts of every upload that ended in the middle, wherever it lies', () => {
    for (const [id, { Properties }] of buckets) {
      const { Rules } = Properties['LifecycleConfiguration'] as { Rules: LifecycleRule[] };
      const aborting = Rules.filter((rule) => rule.AbortIncompleteMultipartUpload !== undefined);
      expect(
        aborting.map(({ Status, Prefix, TagFilters, AbortIncompleteMultipartUpload }) => [
          Status,
          Prefix,
          TagFilters,
          AbortIncompleteMultipartUpload,
        ]),
        id,
      ).to.deep.equal([['Enabled', undefined, undefined, { DaysAfterInitiation: 1 }]]);
    }
  });

  it('let what is tagged below snapshots/ expire by SnapshotRetentionDays, nothing else there, and all old versions', () => {
    const [superseded, thinned, versions, ...others] = rules.filter(({ Prefix }) => Prefix === 'snapshots/');
    expect(others).to.deep.equal([]);
    expect(superseded).to.deep.include({
      TagFilters: [{ Key: 'snapshot', Value: SUPERSEDED.snapshot }],
      ExpirationInDays: { 'Fn::If': ['KeepsSnapshots', { Ref: 'SnapshotRetentionDays' }, 1] },
    });
    expect(thinned).to.deep.include({
      TagFilters: [{ Key: 'snapshot', Value: THINNED.snapshot }],
      ExpirationInDays: 1,
    });
    expect(versions).to.deep.include({ NoncurrentVersionExpiration: { NoncurrentDays: 1 } });
    expect(versions).to.not.have.any.keys('TagFilters', 'ExpirationInDays');
  });

  it('let the objects of a closed restore, which are tagged as such, expire by ReportRetentionDays', () => {
    const [closed, ...others] = rules.filter(({ Prefix, TagFilters }) => Prefix !== 'snapshots/' && TagFilters);
    expect(others).to.deep.equal([]);
    expect(closed).to.deep.include({
      Prefix: 'restores/',
      TagFilters: [{ Key: 'restore', Value: 'closed' }],
      ExpirationInDays: { Ref: 'ReportRetentionDays' },
    });
  });

  it('never let a plan expire that may be half applied: of changes/ only what was deleted goes', () => {
    expect(rules.filter(({ Prefix }) => 'changes/'.startsWith(Prefix ?? '-'))).to.deep.equal([
      {
        Id: 'ExpireDeletedChanges',
        Status: 'Enabled',
        Prefix: 'changes/',
        ExpiredObjectDeleteMarker: true,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      },
    ]);
  });

  it('hold nothing that no rule lets expire: every folder that a role may write to has its rule', () => {
    const prefixes = [
      ...JSON.stringify(stackSetTemplate.Resources).matchAll(/MappingFileBucket\.Arn\}\/([\w-]+\/)\*/g),
    ].map(([, prefix]) => prefix);
    expect(new Set(prefixes)).to.deep.equal(new Set(rules.filter(({ Prefix }) => Prefix).map(({ Prefix }) => Prefix)));
  });
});
