import { expect } from 'chai';
import { mainTemplate, retained, where } from '../support/templates.ts';

describe('Backup table', () => {
  const table = mainTemplate.Resources['BackupTable'];

  it('stays when the stack goes, is protected, recoverable, encrypted, on demand, with a stream', () => {
    expect(retained(table)).to.deep.equal(['Retain', 'Retain']);
    expect(table?.Type).to.equal('AWS::DynamoDB::Table');
    expect(where('HasKmsKey', false, table?.Properties)).to.deep.include({
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
      DeletionProtectionEnabled: true,
      SSESpecification: { SSEEnabled: true },
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'type', KeyType: 'RANGE' },
      ],
    });
    expect(table?.Properties).to.not.have.property('TableName');
  });

  it('gets tags in both Regions, which replication does not carry', () => {
    const { Tags } = mainTemplate.Resources['SecondaryUserPoolTable']?.Properties ?? {};
    expect(Tags).to.deep.equal({
      Solution: 'cognito-user-profiles-export',
      MainStack: { Ref: 'AWS::StackName' },
      MainStackId: { Ref: 'AWS::StackId' },
      UserPool: { Ref: 'PrimaryUserPoolId' },
    });
  });

  it('is made only after the parameters were checked', () => {
    expect(table?.DependsOn).to.equal('StackCheckerCustomResource');
  });
});
