import { expect } from 'chai';
import {
  COPY_ACTIONS,
  READING_ROLES,
  vaultPolicy,
} from '../../../../source/domain/operator/permissions/vault-policy.ts';
import { blocksOf, RUNBOOKS } from '../../../support/runbooks.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { list, stackSetTemplate, statementsOf } from '../../../support/templates.ts';

const SCOPE = { partition: 'aws', bucket: '$VAULT', sourceAccount: '$SOURCE_ACCOUNT' };
const PAGE = 'account-lost.md';

describe('17.7: the policy of the vault', () => {
  it('17.7: stands in the runbook as the command line would print it', () => {
    const block = blocksOf(PAGE).find((text) => text.includes('put-bucket-policy')) ?? '';
    const [, written = ''] = /<<JSON\n([^]*?)\nJSON\n/.exec(block) ?? [];
    expect(JSON.parse(written)).to.deep.equal(JSON.parse(JSON.stringify(vaultPolicy(SCOPE))));
    const [, reads = ''] = /```json\n([^]*?)\n```/.exec(readFileSync(join(RUNBOOKS, PAGE), 'utf8')) ?? [];
    const { Statement } = vaultPolicy({ ...SCOPE, restoringAccount: '$RESTORING_ACCOUNT' });
    expect(JSON.parse(reads)).to.deep.equal(
      JSON.parse(JSON.stringify(Statement.filter(({ Sid }) => Sid.startsWith('Restores')))),
    );
  });

  it('17.7: lets the role that copies do there what its own policy lets it, and no more', () => {
    const copies = statementsOf(stackSetTemplate, 'VaultReplicationRole').find(({ Sid }) => Sid === 'Copies');
    expect(list(copies?.Action)).to.deep.equal([...COPY_ACTIONS]);
    const [allowed] = vaultPolicy(SCOPE).Statement;
    expect(allowed?.Resource).to.deep.equal(['arn:aws:s3:::$VAULT/snapshots/*', 'arn:aws:s3:::$VAULT/manifests/*']);
    expect(allowed?.Condition['ArnLike']?.['aws:PrincipalArn']).to.deep.equal([
      'arn:aws:iam::$SOURCE_ACCOUNT:role/StackSet-CognitoUser*-VaultReplicationRole-*',
    ]);
  });

  it('17.7: lets only the roles read that read a backup, and nobody delete or write', () => {
    const readers = READING_ROLES.filter((role) =>
      statementsOf(stackSetTemplate, role).some(({ Sid }) => Sid === 'VaultSnapshots'),
    );
    expect(readers).to.deep.equal([...READING_ROLES]);
    const { Statement } = vaultPolicy({ ...SCOPE, partition: 'aws-cn', restoringAccount: '333344445555' });
    const allowed = Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => list(Action));
    expect(allowed).to.have.members([...COPY_ACTIONS, 's3:GetObject', 's3:ListBucket']);
    expect(JSON.stringify(Statement)).to.include('arn:aws-cn:iam::333344445555:role/').and.not.include('arn:aws:');
  });
});
