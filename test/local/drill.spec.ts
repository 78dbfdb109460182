/** A drill on the local cloud with IAM enforced, started and read by the command line. `npm run drill` runs it alone, some two minutes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { writePackageFolder } from '../../deployment/packaging/package-folder.ts';
import { THROW_AWAY_TAG } from '../../source/domain/backup/throw-away-pool.ts';
import { cognitoIn, stepFunctionsIn } from '../../tools/deploy/clients.ts';
import { endOf, firstExecution, startExecution } from '../../tools/deploy/executions.ts';
import { PRIMARY } from '../../tools/deploy/regions.ts';
import { launchSolution, parametersFor, publishAssets, solutionFor } from '../../tools/deploy/solution.ts';
import type { LaunchedSolution } from '../../tools/deploy/solution.ts';
import { DEMO_GROUPS } from '../../tools/demo/seed/groups.ts';
import { createDemoPool, loadPool } from '../../tools/demo/seed/load.ts';
import { demoUsers } from '../../tools/demo/seed/users.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { operatorOf } from '../support/local/operator.ts';
import { runPackedCli } from '../support/local/packed-cli.ts';
import { root } from '../support/templates.ts';

const USERS = 90;

describe('17.6: a drill on the local cloud, with IAM enforced', function () {
  this.timeout(900_000);
  let folder: string;
  let cloud: LocalCloud;
  let launched: LaunchedSolution;
  let keys: Awaited<ReturnType<typeof operatorOf>>;
  let pool: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drill-'));
    [cloud] = await Promise.all([startLocalCloud({ waitScale: 0.01 }), writePackageFolder(root, join(folder, 'dist'))]);
    pool = await createDemoPool(cognitoIn(cloud, PRIMARY), 'customers');
    await loadPool({ cloud, region: PRIMARY, poolId: pool }, DEMO_GROUPS, demoUsers(USERS, DEMO_GROUPS));
    const solution = solutionFor(cloud, 'my-assets', 'CliLaunch');
    await publishAssets(solution);
    launched = await launchSolution(solution, parametersFor(pool, { CognitoTPS: '25', DrillSchedule: 'WEEKLY' }));
    const sfn = stepFunctionsIn(cloud, PRIMARY);
    const exported = await endOf(sfn, await firstExecution(sfn, launched.exportWorkflow));
    expect(exported.status, exported.cause).to.equal('SUCCEEDED');
    keys = await operatorOf(cloud, 'Read only', 'Operate');
  });
  after(async () => {
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const cli = async (typed: string, code = 0): Promise<string> => {
    const ended = await runPackedCli({ folder, cloud, keys }, typed.split(' '));
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
    const ended = await endOf(sfn, await startExecution(sfn, launched.drillWorkflow[PRIMARY], {}), {
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
