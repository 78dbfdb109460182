import { expect } from 'chai';
import { checkGroupRoles } from '../../../../source/custom-resources/stack-checker/group-roles.ts';

const HERE = { partition: 'aws', account: '111122223333' };
const ROLE = 'arn:aws:iam::111122223333:role/admins';

describe('17.4: StackChecker and the roles of groups', () => {
  const check = (GroupRoles: 'REPORT' | 'MAP', GroupRoleArns: string) => () =>
    checkGroupRoles({ GroupRoles, GroupRoleArns }, HERE);

  it('17.4: takes roles of this account, or none where nothing is mapped', () => {
    for (const [mode, arns] of [
      ['REPORT', ''],
      ['REPORT', ROLE],
      ['MAP', `${ROLE},${ROLE}2`],
    ] as const)
      expect(check(mode, arns), arns).to.not.throw();
  });

  it('17.4: refuses MAP without roles, and roles of another account or partition', () => {
    expect(check('MAP', '')).to.throw('GroupRoles is MAP and GroupRoleArns is empty');
    for (const foreign of [ROLE.replace('111122223333', '444455556666'), ROLE.replace('arn:aws:', 'arn:aws-cn:')])
      expect(check('MAP', `${ROLE},${foreign}`)).to.throw(
        `GroupRoleArns lists ${foreign}, which is no role of account 111122223333`,
      );
  });
});
