import { expect } from 'chai';
import { THINNED_MANIFESTS_PREFIX } from '../../../source/domain/backup/snapshot/names.ts';
import { actionsOf, granted, resourcesText, roles } from '../../support/policies.ts';
import { list, references, stackSetTemplate, statementsOf } from '../../support/templates.ts';
import type { Statement } from '../../support/templates.ts';

/** Supports no resource-level permissions: it gives a domain by its name. */
const UNSCOPED_READS = new Set(['cognito-idp:DescribeUserPoolDomain']);
const COGNITO_READS = /^cognito-idp:(Describe|List|Get|AdminListGroupsForUser$)/;

describe('Policies of the workflows', () => {
  const EXPORT = [
    'CheckUserPoolConfigRole',
    'KeepSettingsRole',
    'SyncUsersRole',
    'ListGroupsRole',
    'SyncGroupRole',
    'SyncUsersInGroupRole',
    'BackupTableCleanupRole',
  ];
  const IMPORT = ['CheckNewUserPoolRole', 'ScanTableRole', 'ImportUsersRole', 'UpdateUsersRole'];
  const VERIFY = ['VerifyBackupRole', 'ComparePoolRole'];
  const READ_SNAPSHOTS = ['CheckNewUserPoolRole', 'ScanTableRole'];
  const prefixes = (role: string): string[] => prefixesIn(statementsOf(stackSetTemplate, role));
  const prefixesIn = (statements: Statement[]): string[] =>
    objectsIn(statements).flatMap((objects) => /^(\w+)\/\*$/.exec(objects)?.[1] ?? []);
  const objectsIn = (statements: Statement[]): string[] =>
    [...JSON.stringify(statements).matchAll(/MappingFileBucket\.Arn\}\/([^"]+)"/g)].map(([, objects = '']) => objects);
  const cognito = (role: string): string[] =>
    actionsOf(stackSetTemplate, role).filter((action) => action.startsWith('cognito-idp:'));

  it('let the export only read, and only the pool that is backed up', () => {
    for (const role of EXPORT) {
      expect(
        cognito(role).filter((action) => !COGNITO_READS.test(action)),
        role,
      ).to.deep.equal([]);
      const pools = statementsOf(stackSetTemplate, role)
        .filter(({ Action }) =>
          list(Action).some((action) => action.startsWith('cognito-idp:') && !UNSCOPED_READS.has(action)),
        )
        .map(resourcesText);
      expect(
        pools.filter((resource) => !resource.includes('userpool/${PrimaryUserPoolId}')),
        role,
      ).to.deep.equal([]);
    }
  });

  it('let the import write only to pools of its Region and account', () => {
    for (const role of IMPORT) {
      const pools = statementsOf(stackSetTemplate, role)
        .filter(({ Sid }) => Sid !== 'DrillPool')
        .filter(({ Action }) => list(Action).some((action) => action.startsWith('cognito-idp:')))
        .map(resourcesText);
      expect(pools, role).to.deep.equal([
        '{"Fn::Sub":"arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/*"}',
      ]);
    }
    expect(cognito('CheckNewUserPoolRole').filter((action) => !COGNITO_READS.test(action))).to.deep.equal([]);
    expect(cognito('ScanTableRole').filter((action) => !COGNITO_READS.test(action))).to.deep.equal([]);
  });

  it('let no function but MessageBroker publish, and MessageBroker see neither table nor pools', () => {
    const publishers = roles(stackSetTemplate).filter((role) =>
      actionsOf(stackSetTemplate, role).includes('sns:Publish'),
    );
    expect(publishers).to.deep.equal(['MessageBrokerRole']);
    expect(
      actionsOf(stackSetTemplate, 'MessageBrokerRole').filter((action) => /^(dynamodb|cognito-idp):/.test(action)),
    ).to.deep.equal([]);
  });

  it('keep each workflow to its own part of the bucket', () => {
    const besides: Readonly<Record<string, readonly string[]>> = {
      CheckUserPoolConfigRole: ['changes'],
      BackupTableCleanupRole: ['changes', 'manifests', 'snapshots'],
    };
    // The first functions of the workflows store no progress.
    const progress = (role: string): readonly string[] => (role.startsWith('Check') ? [] : ['progress']);
    for (const role of EXPORT)
      expect(new Set(prefixes(role)), role).to.deep.equal(
        new Set(['exports', ...progress(role), ...(besides[role] ?? [])]),
      );
    for (const role of IMPORT)
      expect(new Set(prefixes(role)), role).to.deep.equal(
        new Set(['restores', ...progress(role), ...(READ_SNAPSHOTS.includes(role) ? ['snapshots'] : [])]),
      );
    for (const role of VERIFY)
      expect(new Set(prefixes(role)), role).to.deep.equal(
        new Set([
          'verifications',
          ...progress(role),
          ...(role === 'VerifyBackupRole' ? ['manifests', 'snapshots'] : []),
        ]),
      );
  });

  it('let only the export and the verification of the backup write snapshots', () => {
    const writers = roles(stackSetTemplate).filter((role) =>
      statementsOf(stackSetTemplate, role).some(
        (statement) =>
          list(statement.Action).some((action) => /^s3:(Put|Delete)/.test(action)) &&
          resourcesText(statement).includes('/snapshots/'),
      ),
    );
    expect(writers).to.deep.equal(['BackupTableCleanupRole', 'VerifyBackupRole']);
  });

  it('let the verification write neither to pools nor to the table', () => {
    for (const role of VERIFY) {
      expect(
        cognito(role).filter((action) => !COGNITO_READS.test(action)),
        role,
      ).to.deep.equal([]);
      expect(
        new Set(actionsOf(stackSetTemplate, role).filter((action) => action.startsWith('dynamodb:'))),
        role,
      ).to.deep.equal(new Set(['dynamodb:GetItem', 'dynamodb:Scan']));
    }
  });

  it('reach the table of the other Region only to read single items of it', () => {
    const other = granted(stackSetTemplate).filter(({ statement }) =>
      /:dynamodb:\$\{(Primary|Secondary)Region\}/.test(resourcesText(statement)),
    );
    expect(other.map(({ role, statement }) => [role, statement.Action])).to.deep.equal([
      ['BackupTableCleanupRole', 'dynamodb:GetItem'],
      ['VerifyBackupRole', 'dynamodb:GetItem'],
    ]);
  });

  it('let the restore share the right to call Cognito with the export, and nothing else of it', () => {
    for (const role of IMPORT)
      expect(
        objectsIn(statementsOf(stackSetTemplate, role)).filter((objects) => objects.startsWith('exports')),
        role,
      ).to.deep.equal(['exports/cognito-calls.json']);
  });

  it('15.3: let those who thin snapshots write the manifests that stay, and nobody else', () => {
    const writers = [...EXPORT, ...IMPORT, ...VERIFY].filter((role) =>
      statementsOf(stackSetTemplate, role).some(
        (statement) =>
          list(statement.Action).includes('s3:PutObject') &&
          objectsIn([statement]).includes(`${THINNED_MANIFESTS_PREFIX}*`),
      ),
    );
    expect(writers.sort()).to.deep.equal(['BackupTableCleanupRole', 'VerifyBackupRole']);
  });

  it('let each list only what it may read', () => {
    for (const role of [...EXPORT, ...IMPORT, ...VERIFY]) {
      const listed = statementsOf(stackSetTemplate, role)
        .filter(({ Action }) => list(Action).includes('s3:ListBucket'))
        // Buckets of other launches: test/templates/vault.spec.ts.
        .filter(({ Resource }) => references(Resource).some(({ target }) => target === 'MappingFileBucket'))
        .flatMap(({ Condition }) =>
          list((Condition as { StringLike: { 's3:prefix': string | string[] } }).StringLike['s3:prefix']),
        );
      const reads = statementsOf(stackSetTemplate, role)
        .filter(({ Action }) => list(Action).includes('s3:GetObject'))
        .flatMap((statement) => objectsIn([statement]));
      expect(listed.sort(), role).to.deep.equal(reads.sort());
    }
  });
});
