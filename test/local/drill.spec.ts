/** A drill on the local cloud with IAM enforced, started and read by the command line. `npm run drill` runs it alone, some two minutes. */
import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolCommand,
  ListUserPoolsCommand,
  paginateListUsers,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetRoleCommand, IAMClient, ListRolesCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { expect } from 'chai';
import { THROW_AWAY_TAG } from '../../source/domain/backup/throw-away-pool.ts';
import { cognitoIn, stepFunctionsIn } from '../../tools/deploy/clients.ts';
import { endOf, startExecution, succeeded } from '../../tools/deploy/executions.ts';
import { PRIMARY } from '../../tools/deploy/regions.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { makeDemoPool, startCliLaunch } from '../support/local/cli-launch.ts';
import type { CliLaunch } from '../support/local/cli-launch.ts';
import { runPackedCli } from '../support/local/packed-cli.ts';

const USERS = 90;

describe('17.6: a drill on the local cloud, with IAM enforced', function () {
  this.timeout(900_000);
  let launch: CliLaunch;
  let cloud: LocalCloud;
  let pool: string;

  before(async () => {
    launch = await startCliLaunch({
      makePool: (made) => makeDemoPool(made, USERS),
      parameters: { DrillSchedule: 'WEEKLY' },
      policies: ['Read only', 'Operate'],
    });
    ({ cloud, pool } = launch);
    succeeded('The first export', launch.firstExport);
  });
  after(() => launch?.stop());

  const cli = async (typed: string, code = 0): Promise<string> => {
    const ended = await runPackedCli(launch, typed.split(' '));
    expect(ended.code, `${typed}\n${ended.out}${ended.err}`).to.equal(code);
    return ended.out;
  };
  const pools = async (): Promise<readonly string[]> => {
    const { UserPools = [] } = await cognitoIn(cloud, PRIMARY).send(new ListUserPoolsCommand({ MaxResults: 60 }));
    return UserPools.map(({ Name = '' }) => Name);
  };
  const names = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { Users = [] } of paginateListUsers({ client: cognitoIn(cloud, PRIMARY) }, { UserPoolId: pool }))
      for (const { Username = '' } of Users) found.push(Username);
    return found;
  };

  it('17.6: the drill is good, says what it costs and takes, and its result stands in status', async () => {
    const [before, users] = [await pools(), await names()];
    expect(await cli('status')).to.match(/last drill\s+none/);
    const told = await cli('drill --users 50');
    expect(told).to.include('At most 50 users may count as active');
    expect(told).to.match(/restored and compared/);
    const status = await cli('status');
    expect(status).to.match(/last drill\s+good, .* ago \(\d+ users/);
    expect(await pools()).to.deep.equal(before);
    expect(await names()).to.have.members([...users]);
  });

  it("17.6: the function's role makes no pool without the tag, deletes none without it, and tags none", async () => {
    const as = await drillPoolRole();
    const denied = async (work: Promise<unknown>): Promise<void> => {
      const error = await work.then(
        () => undefined,
        (thrown: unknown) => thrown as Error,
      );
      expect(error?.name).to.match(/AccessDenied|NotAuthorized/);
    };
    const untagged = { PoolName: 'mine' };
    await denied(as.send(new CreateUserPoolCommand(untagged)));
    await denied(as.send(new CreateUserPoolCommand({ ...untagged, UserPoolTags: { [THROW_AWAY_TAG]: 'another' } })));
    await denied(as.send(new DeleteUserPoolCommand({ UserPoolId: pool })));
    await denied(as.send(new DescribeUserPoolCommand({ UserPoolId: pool })));
  });

  it('17.6: a drill that is stopped leaves a pool, which a start that only cleans up deletes', async () => {
    const sfn = stepFunctionsIn(cloud, PRIMARY);
    const before = await pools();
    let stopped = false;
    const ended = await endOf(sfn, await startExecution(sfn, launch.launched.drillWorkflow[PRIMARY], {}), {
      pollMs: 100,
      running: async ({ executionArn }) => {
        if (stopped || (await pools()).length === before.length) return;
        stopped = true;
        await sfn.send(new StopExecutionCommand({ executionArn }));
      },
    });
    expect(stopped, `${ended.status} ${ended.error}: ${ended.cause}`).to.equal(true);
    expect(await pools()).to.have.length(before.length + 1);
    await cli('drill --clean-up');
    expect(await pools()).to.deep.equal(before);
  });

  /** Cognito as the function DrillPool may call it. */
  async function drillPoolRole(): Promise<CognitoIdentityProviderClient> {
    const config = cloud.clientConfig(PRIMARY);
    const iam = new IAMClient(config);
    const { Roles = [] } = await iam.send(new ListRolesCommand({ MaxItems: 1000 }));
    const RoleName = Roles.find(({ RoleName: name = '' }) => name.includes('DrillPoolRole'))?.RoleName ?? '';
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    await iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName,
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: cloud.account }, Action: 'sts:AssumeRole' }],
        }),
      }),
    );
    const { Credentials } = await new STSClient(config).send(
      new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'drill' }),
    );
    return new CognitoIdentityProviderClient({
      ...config,
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      },
    });
  }
});
