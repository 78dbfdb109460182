import { expect } from 'chai';
import { grantsOf, rolesOf } from '../../../../../source/domain/operator/permissions/roles.ts';
import { withoutStatement } from '../../../../../tools/least-privilege/policies/remove-statement.ts';
import { parseTemplate } from '../../../../../source/domain/operator/permissions/template.ts';
import { templates } from '../../../../support/templates.ts';

const TEXT = `
Resources:
  WorkRole:
    Type: AWS::IAM::Role
    Condition: IsPrimaryRegion
    Properties:
      Description: Permissions of Work
      AssumeRolePolicyDocument:
        Statement:
          - { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: 'sts:AssumeRole' }
      Policies:
        - PolicyName: Work
          PolicyDocument:
            Statement:
              # Why it reads.
              - Sid: Read
                Effect: Allow
                Action: [s3:GetObject, s3:ListBucket]
                Resource: !Sub '\${Bucket.Arn}/*'
              - !If
                - HasKmsKey
                - { Sid: Key, Effect: Allow, Action: 'kms:Decrypt', Resource: '*' }
                - !Ref AWS::NoValue
              - Sid: Guard
                Effect: Deny
                Action: s3:PutObject
                Resource: !GetAtt Bucket.Arn
  Work:
    Type: AWS::Lambda::Function
    DependsOn: [WorkPolicy, Other]
    Properties:
      Role: !GetAtt WorkRole.Arn
  WorkPolicy:
    Type: AWS::IAM::Policy
    Properties:
      Roles: [!Ref WorkRole]
      PolicyDocument:
        Statement:
          - { Sid: Invoke, Effect: Allow, Action: 'lambda:InvokeFunction', Resource: !GetAtt Work.Arn }
`;
const template = parseTemplate('small', TEXT);

describe('Roles of a template', () => {
  it('come with their statements from both places, their functions and what each allows', () => {
    const [role, ...others] = rolesOf(template);
    expect(others).to.deep.equal([]);
    expect(role).to.deep.include({
      id: 'WorkRole',
      condition: 'IsPrimaryRegion',
      description: 'Permissions of Work',
      functions: ['Work'],
    });
    expect(role?.statements.map(({ Sid }) => Sid)).to.deep.equal(['Read', 'Key', 'Guard', 'Invoke']);
    // B13: a statement that the role has only sometimes.
    expect(role?.statements.map(({ onlyIf }) => onlyIf)).to.deep.equal([undefined, 'HasKmsKey', undefined, undefined]);
    expect(grantsOf(rolesOf(template)).map(({ sid, action }) => `${sid} ${action}`)).to.deep.equal([
      'Read s3:GetObject',
      'Read s3:ListBucket',
      'Key kms:Decrypt',
      'Invoke lambda:InvokeFunction',
    ]);
  });

  it('lose one statement, with everything else and its tags as it was', () => {
    const less = withoutStatement(template, 'WorkRole', 'Guard');
    expect(less).to.include("!Sub '${Bucket.Arn}/*'").and.include('# Why it reads.').and.not.include('Guard');
    const sidsOf = (text: string): unknown => rolesOf(parseTemplate('less', text))[0]?.statements.map(({ Sid }) => Sid);
    expect(sidsOf(less)).to.deep.equal(['Read', 'Key', 'Invoke']);
    const keyless = withoutStatement(template, 'WorkRole', 'Key');
    expect(sidsOf(keyless)).to.deep.equal(['Read', 'Guard', 'Invoke']);
    expect(keyless).to.not.include('HasKmsKey');
  });

  it('lose a policy of its own with its last statement, also where something depends on it', () => {
    const less = parseTemplate('less', withoutStatement(template, 'WorkRole', 'Invoke'));
    expect(Object.keys(less.Resources)).to.deep.equal(['WorkRole', 'Work']);
    expect(less.Resources['Work']?.DependsOn).to.deep.equal(['Other']);
  });

  it('say when there is no such statement', () => {
    expect(() => withoutStatement(template, 'WorkRole', 'Write')).to.throw(
      'The role WorkRole of small has no statement Write.',
    );
  });

  it('can lose a statement of the real templates and nothing more', () => {
    for (const real of templates) {
      for (const { id, statements } of rolesOf(real).slice(-1)) {
        const [first] = statements;
        const less = rolesOf(parseTemplate(real.name, withoutStatement(real, id, first?.Sid ?? '')));
        expect(grantsOf(less).length, id).to.equal(grantsOf(rolesOf(real)).length - [first?.Action].flat().length);
      }
    }
  });
});
