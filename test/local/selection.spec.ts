import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
  DeleteGroupCommand,
  ListGroupsCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { UserType } from '@aws-sdk/client-cognito-identity-provider';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { selectionKeys } from '../../source/domain/import/plan/selection-keys.ts';
import type { SelectionReport } from '../../source/domain/import/selection/report.ts';
import { endOf, firstExecution, startExecution } from '../../tools/deploy/executions.ts';
import type { FinishedExecution } from '../../tools/deploy/executions.ts';
import { buildFor, publishAssets, stackOperation } from '../../tools/deploy/solution.ts';
import type { SolutionOptions } from '../../tools/deploy/solution.ts';
import { createStack, failuresOf } from '../../tools/deploy/stack.ts';
import type { StackOutcome } from '../../tools/deploy/stack.ts';
import { DEMO_GROUPS } from '../../tools/demo/seed/groups.ts';
import { createDemoPool, loadPool } from '../../tools/demo/seed/load.ts';
import { demoUsers } from '../../tools/demo/seed/users.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';

const PRIMARY = 'us-east-1';
const ID = '20260401T000000Z-0a1b2c3d';
const UNDO = '20260401T000000Z-0a1b2c3e';

describe('A selection on the local cloud, with IAM enforced', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  let cognito: CognitoIdentityProviderClient;
  let UserPoolId: string;
  let launched: StackOutcome;

  before(async () => {
    cloud = await startLocalCloud({ waitScale: 0.01 });
    const options: SolutionOptions = {
      clientConfig: cloud.clientConfig,
      primaryRegion: PRIMARY,
      secondaryRegion: 'eu-west-1',
      build: buildFor('my-assets'),
      stackName: 'UserBackup',
    };
    cognito = new CognitoIdentityProviderClient(cloud.clientConfig(PRIMARY));
    UserPoolId = await createDemoPool(cognito, 'customers');
    await loadPool({ cloud, region: PRIMARY, poolId: UserPoolId }, DEMO_GROUPS, demoUsers(20, DEMO_GROUPS));
    await publishAssets(options);
    launched = await createStack(
      stackOperation(options, {
        PrimaryUserPoolId: UserPoolId,
        SecondaryRegion: 'eu-west-1',
        NotificationEmail: 'ops@example.com',
        CognitoTPS: '25',
      }),
    );
    expect(launched.status, failuresOf(launched).join('\n')).to.equal('CREATE_COMPLETE');
    const exported = await endOf(steps(), await firstExecution(steps(), output('ExportWorkflowArn')));
    expect(exported.status, exported.cause).to.equal('SUCCEEDED');
  });
  after(() => cloud?.stop());

  const steps = (): SFNClient => new SFNClient(cloud.clientConfig(PRIMARY));
  const s3 = (): S3Client => new S3Client(cloud.clientConfig(PRIMARY));
  const output = (name: string): string => launched.outputs[name] ?? '';
  const users = async (): Promise<UserType[]> => (await cognito.send(new ListUsersCommand({ UserPoolId }))).Users ?? [];
  const attribute = (user: UserType | undefined, name: string): string | undefined =>
    user?.Attributes?.find(({ Name }) => Name === name)?.Value;

  async function select(id: string, request: object): Promise<FinishedExecution> {
    const { request: Key } = selectionKeys(UserPoolId, id);
    const Body = JSON.stringify({ users: [], groups: [], existing: 'update', ...request });
    await s3().send(new PutObjectCommand({ Bucket: output('PrimaryBucketName'), Key, Body }));
    const input = { NewUserPoolId: UserPoolId, Selection: Key };
    return endOf(steps(), await startExecution(steps(), output('PrimaryImportWorkflowArn'), input));
  }
  async function report(id: string): Promise<SelectionReport> {
    const { report: Key } = selectionKeys(UserPoolId, id);
    const { Body } = await s3().send(new GetObjectCommand({ Bucket: output('PrimaryBucketName'), Key }));
    return JSON.parse((await Body?.transformToString()) ?? '') as SelectionReport;
  }

  it('16.2: brings a deleted user, a changed one and a deleted group back into the pool that is backed up, and undoes it', async () => {
    const [gone, changed] = (await users()).filter(
      ({ Enabled, UserStatus }) => Enabled === true && UserStatus === 'CONFIRMED',
    ) as [UserType, UserType];
    const name = attribute(changed, 'name') ?? '';
    expect(name).not.to.equal('');
    const [group] = (await cognito.send(new ListGroupsCommand({ UserPoolId }))).Groups ?? [];
    await cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username: gone.Username }));
    const Username = changed.Username;
    const UserAttributes = [{ Name: 'name', Value: 'Bad' }];
    await cognito.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes }));
    await cognito.send(new AdminDisableUserCommand({ UserPoolId, Username }));
    await cognito.send(new DeleteGroupCommand({ UserPoolId, GroupName: group?.GroupName }));

    const ended = await select(ID, {
      users: [gone, changed].map((user) => ({ sub: attribute(user, 'sub') })),
      groups: [{ name: group?.GroupName }],
    });
    expect(ended.status, `${ended.error}: ${ended.cause}`).to.equal('SUCCEEDED');
    const { users: counts, groups } = await report(ID);
    expect(counts).to.include({ created: 1, updated: 1, failed: 0 });
    expect(groups).to.include({ created: 1 });
    const after = await users();
    const back = after.find((user) => attribute(user, 'email') === attribute(gone, 'email'));
    expect(attribute(back, 'email_verified')).to.equal(attribute(gone, 'email_verified'));
    expect(back?.UserStatus).to.equal('CONFIRMED');
    const mended = after.find((user) => user.Username === Username);
    expect([attribute(mended, 'name'), mended?.Enabled]).to.deep.equal([name, true]);

    const undone = await select(UNDO, { undo: ID });
    expect(undone.status, `${undone.error}: ${undone.cause}`).to.equal('SUCCEEDED');
    const again = (await users()).find((user) => user.Username === Username);
    expect([attribute(again, 'name'), again?.Enabled]).to.deep.equal(['Bad', false]);
    expect((await cloud.snsMessages()).map(({ subject }) => subject).join('\n')).to.include(
      'Selection complete: 1 user created, 1 updated',
    );
  });
});
