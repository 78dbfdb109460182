import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { list, root, stackSetTemplate, statementsOf } from '../../support/templates.ts';
import { roles } from '../../support/policies.ts';

/** Who writes in parts (ObjectStore's `write`), whose functions do, and below which prefix; each is tried with 20 MiB in test/local/large-objects.spec.ts. */
const WRITERS: Readonly<Record<string, readonly (readonly [role: string, prefix: string])[]>> = {
  'source/domain/backup/federated/write-snapshot.ts': [
    ['BackupTableCleanupRole', 'snapshots'],
    ['VerifyBackupRole', 'snapshots'],
  ],
  'source/domain/backup/snapshot/write-index.ts': [
    ['BackupTableCleanupRole', 'snapshots'],
    ['VerifyBackupRole', 'snapshots'],
  ],
  'source/domain/backup/snapshot/write.ts': [
    ['BackupTableCleanupRole', 'snapshots'],
    ['VerifyBackupRole', 'snapshots'],
  ],
  'source/domain/import/dry-run.ts': [['ScanTableRole', 'restores']],
  'source/domain/import/planning/cut-chunk.ts': [['ScanTableRole', 'restores']],
  'source/domain/import/planning/mfa-target.ts': [['ScanTableRole', 'restores']],
  'source/domain/import/planning/plan-identities.ts': [['ScanTableRole', 'restores']],
  'source/domain/import/planning/preview.ts': [['ScanTableRole', 'restores']],
  'source/domain/import/planning/seal.ts': [['ScanTableRole', 'restores']],
  'source/domain/import/report/write-report.ts': [['UpdateUsersRole', 'restores']],
  'source/domain/import/selection/decide-step.ts': [['ScanTableRole', 'restores']],
  'source/domain/import/selection/finish-selection.ts': [['UpdateUsersRole', 'restores']],
  'source/domain/verify/pool/report.ts': [['ComparePoolRole', 'verifications']],
};

const sources = readdirSync(join(root, 'source'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path: `source/${path}`, text: readFileSync(join(root, 'source', path), 'utf8') }));
const holding = (pattern: RegExp): string[] =>
  sources
    .filter(({ text }) => pattern.test(text))
    .map(({ path }) => path)
    .sort();

describe('Policies of those who write in parts', () => {
  it('A1: are of every place that does; all of them go through one adapter', () => {
    expect(holding(/\bobjects\.write\(/)).to.deep.equal(Object.keys(WRITERS).sort());
    expect(holding(/lib-storage'|UploadPart|MultipartUploadCommand/)).to.deep.equal([
      'source/adapters/object-parts.ts',
    ]);
  });

  it('A1: let them write and abort below their prefix, and nobody else abort', () => {
    const granted = roles(stackSetTemplate).flatMap((role) =>
      statementsOf(stackSetTemplate, role)
        .filter(({ Action }) => list(Action).includes('s3:AbortMultipartUpload'))
        .map(({ Action, Resource }) => {
          expect(list(Action), role).to.include('s3:PutObject');
          return `${role} ${/Arn\}\/(\w+)\/\*/.exec(JSON.stringify(Resource))?.[1] ?? ''}`;
        }),
    );
    const needed = Object.values(WRITERS)
      .flat()
      .map(([role, prefix]) => `${role} ${prefix}`);
    expect(granted.sort()).to.deep.equal([...new Set(needed)].sort());
  });
});
