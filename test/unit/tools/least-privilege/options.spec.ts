import { expect } from 'chai';
import { chosen, leastPrivilegeOptions } from '../../../../tools/least-privilege/options.ts';
import { experimentsOf } from '../../../../tools/least-privilege/plan.ts';
import { templates } from '../../../support/templates.ts';

describe('Least privilege: what is asked for', () => {
  const experiments = experimentsOf(templates);

  it('can be limited to roles, and refuses others', () => {
    expect(chosen(experiments, { roles: ['SyncUsersRole'] }).map(({ role }) => role))
      .to.include('SyncUsersRole')
      .and.not.include('SyncGroupRole');
    expect(chosen(experiments, { roles: [] })).to.equal(experiments);
    expect(new Set(chosen(experiments, { roles: [], scenario: 'selection' }).map(({ role }) => role))).to.deep.equal(
      new Set(['CheckNewUserPoolRole', 'ScanTableRole', 'UpdateUsersRole']),
    );
    const inDrill = chosen(experiments, { roles: [], scenario: 'drill' });
    expect(inDrill.map(({ role }) => role)).to.include('DrillPoolRole');
    expect(inDrill.map(({ role, sid }) => `${role}/${sid}`)).to.include('UpdateUsersRole/DrillPool');
    expect(() => chosen(experiments, { roles: [], scenario: 'none' })).to.throw('--scenario none');
    expect(() => chosen(experiments, { roles: ['ExportWorkflowRole'] })).to.throw('--role ExportWorkflowRole');
    expect(leastPrivilegeOptions(['--role', 'A', '--role', 'B', '--list'])).to.deep.equal({
      roles: ['A', 'B'],
      list: true,
    });
    expect(() => leastPrivilegeOptions(['--rolle', 'A'])).to.throw('--rolle');
  });
});
