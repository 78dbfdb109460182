import { expect } from 'chai';
import { rolesOf } from '../../source/domain/operator/permissions/roles.ts';
import { list, mainTemplate, stackSetTemplate } from '../support/templates.ts';

describe('17.4: IAM roles of groups in the templates', () => {
  it('17.4: UpdateUsers alone may pass them, only the listed ones, and only where GroupRoles is MAP', () => {
    const passing = rolesOf(stackSetTemplate).flatMap(({ id, statements }) =>
      statements
        .filter(
          ({ Action, Resource }) => list(Action).includes('iam:PassRole') && !('Fn::GetAtt' in (Resource as object)),
        )
        .map((statement) => ({ id, ...statement })),
    );
    expect(passing).to.deep.equal([
      {
        id: 'UpdateUsersRole',
        Sid: 'PassGroupRoles',
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: { 'Fn::Split': [',', { Ref: 'GroupRoleArns' }] },
        onlyIf: 'PassesGroupRoles',
      },
    ]);
    expect(stackSetTemplate.Conditions['PassesGroupRoles']).to.deep.equal({
      'Fn::And': [
        { 'Fn::Equals': [{ Ref: 'GroupRoles' }, 'MAP'] },
        { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'GroupRoleArns' }, ''] }] },
      ],
    });
  });

  it('17.4: GroupRoleArns takes ARNs of roles separated by commas, without patterns', () => {
    const pattern = new RegExp(mainTemplate.Parameters['GroupRoleArns']?.AllowedPattern ?? '^-$');
    const role = 'arn:aws:iam::111122223333:role/admins';
    const twenty = Array.from({ length: 20 }, (_, n) => `${role}${n}`).join(',');
    for (const good of ['', role, `${role},${role}2`, 'arn:aws-cn:iam::111122223333:role/path/to/r+=.@-_', twenty])
      expect(pattern.test(good), good).to.equal(true);
    for (const bad of [
      'admins',
      `${role}, ${role}`,
      `${role},`,
      `${role}*`,
      'arn:aws:iam::111122223333:user/admins',
      'arn:aws:iam::111122223333:role/*',
      `${twenty},${role}`,
    ])
      expect(pattern.test(bad), bad).to.equal(false);
  });
});
