import { expect } from 'chai';
import { list, mainTemplate, resourcesOf, stackSetTemplate, statementsOf, templates } from '../support/templates.ts';

describe('Permissions boundary', () => {
  for (const template of templates) {
    it(`B12: is that of every role of ${template.name}, where one is given`, () => {
      const roles = resourcesOf(template, 'AWS::IAM::Role');
      expect(roles).to.not.be.empty;
      for (const [id, { Properties }] of roles)
        expect(Properties['PermissionsBoundary'], id).to.deep.equal({
          'Fn::If': ['HasPermissionsBoundary', { Ref: 'PermissionsBoundaryArn' }, { Ref: 'AWS::NoValue' }],
        });
      expect(template.Conditions['HasPermissionsBoundary']).to.deep.equal({
        'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'PermissionsBoundaryArn' }, ''] }],
      });
    });
  }

  it('B12: reaches the instances, and is empty unless it is given', () => {
    const passed = mainTemplate.Resources['StackSetCustomResource']?.Properties['Parameters'] as Record<
      string,
      unknown
    >;
    expect(passed['PermissionsBoundaryArn']).to.deep.equal({ Ref: 'PermissionsBoundaryArn' });
    expect(mainTemplate.Parameters['PermissionsBoundaryArn']?.Default).to.equal('');
    expect(stackSetTemplate.Parameters['PermissionsBoundaryArn']?.AllowedPattern).to.equal(
      mainTemplate.Parameters['PermissionsBoundaryArn']?.AllowedPattern,
    );
    const accepts = (arn: string): boolean =>
      new RegExp(mainTemplate.Parameters['PermissionsBoundaryArn']?.AllowedPattern ?? '').test(arn);
    for (const good of [
      '',
      'arn:aws:iam::123456789012:policy/Boundary',
      'arn:aws-us-gov:iam::123456789012:policy/teams/identity/boundary_1',
      'arn:aws:iam::aws:policy/PowerUserAccess',
    ])
      expect(accepts(good), good).to.equal(true);
    for (const bad of ['Boundary', 'arn:aws:iam::123456789012:role/Boundary', 'arn:aws:iam::123456789012:policy/a b'])
      expect(accepts(bad), bad).to.equal(false);
  });

  it('B12: can be set, changed and taken away by the role that makes the instances, and by no other', () => {
    const actions = ['iam:PutRolePermissionsBoundary', 'iam:DeleteRolePermissionsBoundary'];
    const roles = statementsOf(mainTemplate, 'StackSetExecutionRole').find(({ Sid }) => Sid === 'Roles');
    expect(list(roles?.Action)).to.include.members(actions);
    for (const template of templates)
      for (const [id] of resourcesOf(template, 'AWS::IAM::Role').filter(([name]) => name !== 'StackSetExecutionRole'))
        expect(
          statementsOf(template, id)
            .flatMap(({ Action }) => list(Action))
            .filter((action) => actions.includes(action)),
          id,
        ).to.deep.equal([]);
  });
});
