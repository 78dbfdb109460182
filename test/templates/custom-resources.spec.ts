import { expect } from 'chai';
import { mainTemplate, references, statementsOf, templates } from '../support/templates.ts';

/**
 * CloudFormation never lets a custom resource go to another function ("Modifying service token is not allowed."), and the
 * logical id of a function decides about its ARN: none of these names can change any more, nor can its type.
 */
const FOR_EVER: Record<string, Record<string, readonly [string, string]>> = {
  'cognito-user-profiles-export-reference-architecture': {
    StackCheckerCustomResource: ['Custom::StackChecker', 'StackCheckerFunction'],
    SecondaryUserPoolTable: ['Custom::SecondaryUserPoolTable', 'SecondaryUserPoolTableFunction'],
    SolutionConstantsCustomResource: ['Custom::SolutionConstants', 'SolutionConstantsFunction'],
    StackSetCustomResource: ['Custom::StackSet', 'StackSetFunction'],
  },
  'stack-set-template': { StackSetConstants: ['Custom::StackSetConstants', 'StackSetConstantsFunction'] },
};

describe('Custom resources of the main template', () => {
  it('B11: that make what takes tags are updated when TagsRevision changes, and may read the tags of the stack', () => {
    const makesWhatTakesTags = ['SecondaryUserPoolTable', 'SolutionConstantsCustomResource', 'StackSetCustomResource'];
    expect(
      Object.entries(mainTemplate.Resources)
        .filter(([, { Properties }]) => JSON.stringify(Properties['TagsRevision']) === '{"Ref":"TagsRevision"}')
        .map(([id]) => id),
    ).to.deep.equal(makesWhatTakesTags);
    for (const id of makesWhatTakesTags) {
      const [, name = ''] = FOR_EVER[mainTemplate.name]?.[id] ?? [];
      const [role] = references(mainTemplate.Resources[name]?.Properties['Role']);
      expect(statementsOf(mainTemplate, role?.target ?? ''), id).to.deep.include({
        Sid: 'StackTags',
        Effect: 'Allow',
        Action: 'cloudformation:DescribeStacks',
        Resource: { Ref: 'AWS::StackId' },
      });
    }
  });

  it('O15: that make what outlives the stack tag it with the one launch that it is of', () => {
    for (const id of ['SecondaryUserPoolTable', 'StackSetCustomResource'])
      expect(mainTemplate.Resources[id]?.Properties['Tags'], id).to.deep.equal({
        Solution: 'cognito-user-profiles-export',
        MainStack: { Ref: 'AWS::StackName' },
        MainStackId: { Ref: 'AWS::StackId' },
        UserPool: { Ref: 'PrimaryUserPoolId' },
      });
  });
});

for (const template of templates) {
  describe(`Template ${template.name}: custom resources`, () => {
    it('A6: keep their names, types and functions for ever', () => {
      const found = Object.entries(template.Resources)
        .filter(([, { Type, Properties }]) => Type.startsWith('Custom::') || 'ServiceToken' in Properties)
        .map(([id, { Type, Properties }]) => [
          id,
          [Type, references(Properties['ServiceToken']).map(({ target }) => target)[0]],
        ]);
      expect(Object.fromEntries(found)).to.deep.equal(FOR_EVER[template.name]);
    });

    it('A6: have functions whose ARN follows from their logical id: without a name of their own and never replaced by a property', () => {
      for (const [, name] of Object.values(FOR_EVER[template.name] ?? {})) {
        expect(template.Resources[name]?.Type, name).to.equal('AWS::Lambda::Function');
        expect(template.Resources[name], name).to.not.have.property('Condition');
        for (const replacing of ['FunctionName', 'PackageType'])
          expect(template.Resources[name]?.Properties, name).to.not.have.property(replacing);
      }
    });
  });
}
