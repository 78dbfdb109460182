import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { grantsOf, rolesOf } from '../../../../../source/domain/operator/permissions/roles.ts';
import { judgeGrants, readReasons, readUsed, roleIdOf } from '../../../../../tools/least-privilege/policies/unused.ts';
import { root, templates } from '../../../../support/templates.ts';

const GRANTS = [
  { role: 'SyncUsersRole', sid: 'Log', action: 'logs:PutLogEvents' },
  { role: 'SyncUsersRole', sid: 'State', action: 's3:GetObject' },
  { role: 'SyncUsersRole', sid: 'State', action: 's3:PutObject' },
  { role: 'ScanTableRole', sid: 'State', action: 's3:GetObject' },
];
const REASON = 'Lambda itself does this, which the local cloud does not check.';
const reasons = readReasons(JSON.stringify([{ roles: '*', sids: 'Log', actions: '*', reason: REASON }]));
const NAME = 'StackSet-CognitoUserProfilesEx-SyncUsersRole-0123456789AB';
const used = (...lines: object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
const shown = (grants: readonly { role: string; sid: string; action: string }[]): string[] =>
  grants.map(({ role, sid, action }) => `${role} ${sid} ${action}`);

describe('Unused grants', () => {
  it('are those that no statement of that role allowed, whichever other role used the same', () => {
    const {
      unexplained,
      explained,
      used: count,
    } = judgeGrants(GRANTS, readUsed(used({ role: NAME, sid: 'State', action: 's3:GetObject' })), reasons);
    expect(shown(unexplained)).to.deep.equal(['SyncUsersRole State s3:PutObject', 'ScanTableRole State s3:GetObject']);
    expect(explained.map(({ grant, reason }) => [grant.action, reason])).to.deep.equal([['logs:PutLogEvents', REASON]]);
    expect(count).to.equal(1);
  });

  it('do not count as used when another statement of the role allowed the action', () => {
    const { unexplained } = judgeGrants(
      GRANTS,
      readUsed(used({ role: NAME, sid: 'Other', action: 's3:PutObject' })),
      reasons,
    );
    expect(shown(unexplained)).to.include('SyncUsersRole State s3:PutObject');
  });

  it('need a reason with words, for roles, Sids and actions', () => {
    expect(() =>
      readReasons(JSON.stringify([{ roles: '*', sids: 'Log', actions: '*', reason: 'why not' }])),
    ).to.throw();
    expect(() => readReasons(JSON.stringify([{ roles: '*', sids: [], actions: '*', reason: REASON }]))).to.throw();
    expect(() => readReasons(JSON.stringify([{ sids: 'Log', reason: REASON }]))).to.throw();
  });

  it('have reasons only as long as they are granted; a reason may stay for what a run happens to use', () => {
    const stale = judgeGrants(
      GRANTS,
      [],
      [...reasons, { roles: 'GoneRole', sids: '*', actions: '*', reason: REASON }],
    ).stale;
    expect(stale.map(({ roles }) => roles)).to.deep.equal(['GoneRole']);
    expect(
      judgeGrants(GRANTS, readUsed(used({ role: NAME, sid: 'Log', action: 'logs:PutLogEvents' })), reasons).stale,
    ).to.deep.equal([]);
  });

  it('know a role by its generated name, also when its logical id was cut', () => {
    const roleIds = templates.flatMap(rolesOf).map(({ id }) => id);
    expect(new Set(roleIds).size, 'role ids of both templates').to.equal(roleIds.length);
    for (const id of roleIds) expect(roleIdOf(`UserBackup-${id}-0123456789AB`, roleIds), id).to.equal(id);
    for (const id of roleIds.filter(({ length }) => length > 25))
      expect(roleIdOf(`CognitoUserProfilesExport-${id.slice(0, 25)}-0123456789AB`, roleIds), id).to.equal(id);
    expect(roleIdOf('other-StackRole-0123456789AB', roleIds)).to.equal(undefined);
  });

  it('of the templates: every written reason still explains something', () => {
    const written = readReasons(readFileSync(join(root, 'tools/least-privilege/policies/unused-reasons.yaml'), 'utf8'));
    expect(judgeGrants(grantsOf(templates.flatMap(rolesOf)), [], written).stale).to.deep.equal([]);
  });
});
