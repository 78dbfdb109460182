import { expect } from 'chai';
import { rolesOf } from '../../../source/domain/operator/permissions/roles.ts';
import { THROW_AWAY_TAG, throwAwayPrefix } from '../../../source/domain/backup/throw-away-pool.ts';
import { list, mainTemplate, stackSetTemplate, statementsOf } from '../../support/templates.ts';

const OF_LAUNCH = { 'Fn::GetAtt': ['StackSetConstants', 'InstanceId'] };
const statements = statementsOf(stackSetTemplate, 'DrillPoolRole');
const cognito = statements.filter(({ Action }) => list(Action).some((action) => action.startsWith('cognito-idp:')));

describe('17.6: permissions of drills', () => {
  it('17.6: only DrillPool may make and delete user pools, and nobody may tag them', () => {
    for (const template of [mainTemplate, stackSetTemplate])
      for (const { id, statements: own } of rolesOf(template)) {
        const actions = own.flatMap(({ Action }) => list(Action));
        expect(actions, id).to.not.include.members(['cognito-idp:TagResource']);
        expect(
          actions.filter((action) => /cognito-idp:(?:\*|UpdateUserPool$|UntagResource)/.test(action)),
          id,
        ).to.deep.equal([]);
        if (id === 'DrillPoolRole') continue;
        expect(
          actions.filter((action) =>
            /cognito-idp:(?:Create|Delete)UserPool$|StopUserImportJob|SetUserPoolMfa/.test(action),
          ),
          id,
        ).to.deep.equal([]);
      }
  });

  it('17.6: a pool is made with the tag of this launch and no other tag', () => {
    const [make] = cognito.filter(({ Action }) => list(Action).includes('cognito-idp:CreateUserPool'));
    expect(make).to.deep.include({
      Action: 'cognito-idp:CreateUserPool',
      Condition: {
        StringEquals: { [`aws:RequestTag/${THROW_AWAY_TAG}`]: OF_LAUNCH },
        'ForAllValues:StringEquals': { 'aws:TagKeys': THROW_AWAY_TAG },
      },
    });
  });

  it('17.6: whatever else it does to a pool needs that tag, but for the list of pools', () => {
    const others = cognito.filter(({ Sid }) => Sid !== 'MakePool' && Sid !== 'FindPool');
    expect(others.map(({ Sid }) => Sid)).to.deep.equal(['OwnPools']);
    expect(others[0]?.Condition).to.deep.equal({
      StringEquals: { [`aws:ResourceTag/${THROW_AWAY_TAG}`]: OF_LAUNCH },
    });
    expect(list(others[0]?.Action).filter((action) => /Admin|Group|UpdateUserPool$/.test(action))).to.deep.equal([]);
  });

  it('17.6: the functions of the restore may look at the description of pools of drills only', () => {
    for (const role of ['ImportUsersRole', 'UpdateUsersRole']) {
      const [own] = statementsOf(stackSetTemplate, role).filter(({ Sid }) => Sid === 'DrillPool');
      expect(own, role).to.deep.include({
        Action: 'cognito-idp:DescribeUserPool',
        Condition: { StringEquals: { [`aws:ResourceTag/${THROW_AWAY_TAG}`]: OF_LAUNCH } },
      });
    }
  });

  it('17.6: it writes to no item of the table but the lease of drills', () => {
    const [lease] = statements.filter(({ Action }) => list(Action).includes('dynamodb:PutItem'));
    expect(lease?.Condition).to.deep.equal({
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': { 'Fn::Sub': 'LEASE#DrillWorkflow#${AWS::Region}' } },
    });
  });

  it('17.6: a name of the pool fits Cognito, with the longest id of a launch', () => {
    expect(`${throwAwayPrefix('0'.repeat(12))}${'f'.repeat(16)}`).to.match(/^[\w\s+=,.@-]{1,128}$/);
  });
});
