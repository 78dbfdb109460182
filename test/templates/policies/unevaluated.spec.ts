import { expect } from 'chai';
import { rolesOf } from '../../../source/domain/operator/permissions/roles.ts';
import { mainTemplate, stackSetTemplate, statementsOf } from '../../support/templates.ts';

describe('Policies that the local cloud does not evaluate', () => {
  it('of state machines: invoke their functions, deliver their logs, nothing else', () => {
    const machineRoles = rolesOf(stackSetTemplate).filter(({ trust }) =>
      JSON.stringify(trust).includes('states.amazonaws.com'),
    );
    expect(machineRoles.map(({ id }) => id)).to.deep.equal([
      'ExportWorkflowRole',
      'ImportWorkflowRole',
      'VerifyWorkflowRole',
      'DrillWorkflowRole',
    ]);
    for (const { id, statements } of machineRoles) {
      expect(
        statements.map(({ Sid }) => Sid),
        id,
      ).to.deep.equal(['InvokeFunctions', 'LogDelivery']);
      expect(statements[0]?.Action, id).to.equal('lambda:InvokeFunction');
      // What the guide of Step Functions asks for (logging to CloudWatch Logs).
      expect(statements[1], id).to.deep.include({
        Resource: '*',
        Action: [
          'logs:CreateLogDelivery',
          'logs:GetLogDelivery',
          'logs:UpdateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:DescribeResourcePolicies',
          'logs:DescribeLogGroups',
        ],
      });
    }
  });

  it('A3: of the administration role: find and take the execution role, nothing else', () => {
    expect(
      statementsOf(mainTemplate, 'StackSetAdministrationRole').map(({ Action, Resource }) => ({ Action, Resource })),
    ).to.deep.equal(
      ['sts:AssumeRole', 'iam:GetRole'].map((Action) => ({
        Action,
        Resource: { 'Fn::GetAtt': ['StackSetExecutionRole', 'Arn'] },
      })),
    );
  });
});
