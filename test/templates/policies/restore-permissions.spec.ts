import { expect } from 'chai';
import { actionsOf } from '../../support/policies.ts';
import { list, stackSetTemplate, statementsOf } from '../../support/templates.ts';

/** What every function of the restore may do beside Cognito's actions: its log, the state of the restore, its own key. */
const COMMON = ['dynamodb:GetItem', 'kms:Decrypt', 'kms:GenerateDataKey', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const OBJECTS = ['s3:GetObject', 's3:ListBucket', 's3:PutObject'];
const TAGGED_PARTS = ['s3:AbortMultipartUpload', 's3:PutObjectTagging'];

/** What the functions of the restore could do before they restored single users and groups. */
const BEFORE_SELECTIONS: Readonly<Record<string, readonly string[]>> = {
  CheckStateMachineRole: [
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'kms:Decrypt',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'states:DescribeExecution',
  ],
  CheckNewUserPoolRole: [
    ...COMMON,
    ...OBJECTS,
    'cognito-idp:DescribeUserPool',
    'cognito-idp:ListGroups',
    'cognito-idp:ListPointInTimeRecoveries',
    'cognito-idp:ListUsers',
  ],
  ScanTableRole: [
    ...COMMON,
    ...OBJECTS,
    ...TAGGED_PARTS,
    'cognito-idp:DescribeUserPool',
    'cognito-idp:GetCSVHeader',
    'cognito-idp:ListGroups',
    'cognito-idp:ListUsers',
    'cognito-idp:ListUsersInGroup',
    'dynamodb:Scan',
    's3:DeleteObject',
    'sqs:SendMessage',
  ],
  ImportUsersRole: [
    ...COMMON,
    ...OBJECTS,
    'cognito-idp:CreateUserImportJob',
    'cognito-idp:DescribeUserImportJob',
    'cognito-idp:ListPointInTimeRecoveries',
    'cognito-idp:ListUserImportJobs',
    'cognito-idp:ListUsers',
    'cognito-idp:StartUserImportJob',
    'iam:PassRole',
    'logs:GetLogEvents',
    'sqs:DeleteMessage',
    'sqs:ReceiveMessage',
    'sqs:SendMessage',
  ],
  UpdateUsersRole: [
    ...COMMON,
    ...OBJECTS,
    ...TAGGED_PARTS,
    'cognito-idp:AdminAddUserToGroup',
    'cognito-idp:AdminCreateUser',
    'cognito-idp:AdminDisableUser',
    'cognito-idp:AdminRemoveUserFromGroup',
    'cognito-idp:AdminSetUserPassword',
    'cognito-idp:AdminUpdateUserAttributes',
    'cognito-idp:CreateGroup',
    'cognito-idp:ListGroups',
    'cognito-idp:ListPointInTimeRecoveries',
    'cognito-idp:ListUsers',
    'cognito-idp:ListUsersInGroup',
    'cognito-idp:UpdateGroup',
    'sqs:DeleteMessage',
    'sqs:ReceiveMessage',
  ],
};
/** What came since, and why. */
const SINCE: Readonly<Record<string, string>> = {
  'iam:PassRole':
    'gives groups the roles of GroupRoleArns, where GroupRoles is MAP (test/templates/group-roles.spec.ts)',
  'cognito-idp:AdminEnableUser':
    'takes back that an account was disabled which is not ours, or which a selection enables',
  'cognito-idp:ListIdentityProviders': 'tells which links of the backup can be made',
  'cognito-idp:DescribeIdentityProvider': 'tells which attributes a sign-in sets, and which only a restore brings back',
  'cognito-idp:AdminLinkProviderForUser': 'links identities to accounts that the restore made; 17.3',
  'cognito-idp:GetUserPoolMfaConfig': 'reads how a pool with MFA is set, before anything is written',
  'cognito-idp:DescribeUserPool': 'in a drill, and of pools of drills only: that the pool is its own',
};
/** Actions by which a message leaves, a user is lost, or far more is read than a restore needs. */
const NEVER =
  /:(?:\*|AdminDeleteUser\w*|AdminResetUserPassword|AdminGetUser|DeleteGroup|DeleteUserPool|UpdateUserPool|AdminInitiateAuth|AdminSetUserSettings)$/;

describe('16.2: permissions of the restore', () => {
  for (const [role, before] of Object.entries(BEFORE_SELECTIONS)) {
    it(`16.2: ${role} may do no more than before selections, what is argued excepted`, () => {
      const more = actionsOf(stackSetTemplate, role).filter((action) => !before.includes(action) && !(action in SINCE));
      expect(more).to.deep.equal([]);
    });

    it(`16.2: ${role} may do all of it still, by no pattern`, () => {
      const actions = actionsOf(stackSetTemplate, role);
      expect(actions).to.include.members([...before]);
      expect(actions.filter((action) => action.includes('*') || NEVER.test(action))).to.deep.equal([]);
    });

    it(`16.2: ${role} reads and writes in a selection where a restore did, and nowhere else`, () => {
      const objects = statementsOf(stackSetTemplate, role)
        .filter(({ Action }) => list(Action).some((action) => /^s3:(?:Put|Delete)/.test(action)))
        .flatMap(({ Resource }) => [...JSON.stringify(Resource).matchAll(/MappingFileBucket\.Arn\}\/([^"]+)"/g)])
        .map(([, keys = '']) => keys);
      const allowed = ['restores/*', 'progress/*', 'exports/cognito-calls.json', 'verifications/cognito-calls.json'];
      expect(objects.filter((keys) => !allowed.includes(keys))).to.deep.equal([]);
    });
  }
});
