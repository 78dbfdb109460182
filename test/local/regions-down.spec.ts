import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProviderClient, ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { differences, poolContents, tableContents } from '../../tools/chaos/check/contents.ts';
import { restoreProblems } from '../../tools/chaos/check/restore.ts';
import { verificationProblems } from '../../tools/chaos/check/verified.ts';
import { churn } from '../../tools/chaos/churn.ts';
import { cognitoIn, stepFunctionsIn } from '../../tools/deploy/clients.ts';
import { ALLOWED, deploy } from '../../tools/chaos/deployment.ts';
import type { Deployment } from '../../tools/chaos/deployment.ts';
import { execute } from '../../tools/deploy/executions.ts';
import type { FinishedExecution } from '../../tools/deploy/executions.ts';
import { FUNCTIONS } from '../../tools/chaos/faults.ts';
import { PRIMARY, SECONDARY } from '../../tools/deploy/regions.ts';
import type { Region } from '../../tools/deploy/regions.ts';
import { createPoolFor } from '../../tools/chaos/sign-in.ts';
import { readPool } from '../../tools/demo/compare/read-pool.ts';
import { SeededRandom } from '../../tools/demo/seed/random.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';

describe('A Region that is down', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  let deployment: Deployment;

  before(async () => {
    cloud = await startLocalCloud({ waitScale: 0.02 });
    deployment = await deploy(cloud, 'username', 25);
  });
  after(() => cloud?.stop());
  afterEach(() => cloud.configure({ regionsDown: [] }));

  const run = async (region: Region, workflow: string, input: object): Promise<FinishedExecution> =>
    execute(stepFunctionsIn(cloud, region), workflow, input);
  const lastRun = ({ output }: FinishedExecution): { manifest?: { runId: string }; replica?: { state: string } } =>
    output ?? {};

  it('the backup Region: an export completes, says what is behind, and the replica catches up', async () => {
    await churn(deployment, new SeededRandom(1), 8);
    await cloud.configure({ regionsDown: [SECONDARY] });
    const ended = await run(PRIMARY, deployment.exportWorkflow, ALLOWED);
    expect(ended).to.include({ status: 'SUCCEEDED' });
    const { manifest, replica } = lastRun(ended);
    expect(replica).to.include({ region: SECONDARY, state: 'unreachable' });
    const message = (await cloud.snsMessages()).find(
      ({ topicArn, message: text }) => topicArn === deployment.topic[PRIMARY] && text.includes(manifest?.runId ?? '?'),
    );
    expect(message?.subject).to.match(/BUT/);
    expect(message?.message).to.include(SECONDARY);
    const pool = await poolContents(deployment);
    expect(differences(pool, await tableContents(deployment, PRIMARY), 'in the primary Region')).to.deep.equal([]);

    await cloud.configure({ regionsDown: [] });
    let behind: string[] = [''];
    for (const end = Date.now() + 120_000; behind.length > 0 && Date.now() < end; await sleep(250))
      behind = differences(pool, await tableContents(deployment, SECONDARY), 'in the backup Region');
    expect(behind).to.deep.equal([]);
    expect(await verificationProblems(deployment)).to.deep.equal([]);
  });

  it('the primary Region, control plane and data plane: a restore in the backup Region is whole, and its message arrives', async () => {
    const source = await readPool(cognitoIn(deployment.cloud, PRIMARY), deployment.poolId);
    await cloud.configure({ regionsDown: [PRIMARY] });
    const config = { ...cloud.clientConfig(PRIMARY), maxAttempts: 1 };
    const probes: Record<string, () => Promise<unknown>> = {
      cognito: () => new CognitoIdentityProviderClient(config).send(new ListUserPoolsCommand({ MaxResults: 1 })),
      dynamodb: () => new DynamoDBClient(config).send(new ListTablesCommand({})),
      s3: () => new S3Client(config).send(new ListBucketsCommand({})),
      sqs: () => new SQSClient(config).send(new ListQueuesCommand({})),
      sns: () => new SNSClient(config).send(new ListTopicsCommand({})),
      states: () => new SFNClient(config).send(new ListStateMachinesCommand({})),
      lambda: () => new LambdaClient(config).send(new ListFunctionsCommand({})),
      logs: () => new CloudWatchLogsClient(config).send(new DescribeLogGroupsCommand({})),
      events: () => new EventBridgeClient(config).send(new ListRulesCommand({})),
      ssm: () => new SSMClient(config).send(new DescribeParametersCommand({})),
      cloudformation: () => new CloudFormationClient(config).send(new ListStacksCommand({})),
      iam: () => new IAMClient(config).send(new ListRolesCommand({})),
    };
    for (const [service, call] of Object.entries(probes))
      expect(
        await call().then(
          () => 'answered',
          () => 'refused',
        ),
        service,
      ).to.equal('refused');

    const before = (await cloud.calls()).at(-1)?.sequence ?? 0;
    const poolId = await createPoolFor(cognitoIn(deployment.cloud, SECONDARY), deployment.signIn, 'restored');
    const ended = await run(SECONDARY, deployment.importWorkflow[SECONDARY], { NewUserPoolId: poolId });
    expect(ended).to.include({ status: 'SUCCEEDED' });
    expect(
      (await cloud.snsMessages()).filter(
        ({ topicArn, message }) => topicArn === deployment.topic[SECONDARY] && message.includes(poolId),
      ),
    ).to.have.length(1);
    const answered = (await cloud.calls({ after: before })).filter(
      ({ region, caller, status }) => region === PRIMARY && status !== 0 && caller?.includes(FUNCTIONS) === true,
    );
    expect(answered).to.deep.equal([]);
    const { report } = (ended.output ?? {}) as { report?: { keys: string[] } };
    const keys = [...(report?.keys ?? [])].sort((one, other) => order(one) - order(other));
    expect(await restoreProblems(deployment, source, { region: SECONDARY, poolId, keys })).to.deep.equal([]);
  });
});

/** report.json, failures.csv, sub-map.csv */
const order = (key: string): number =>
  ['report.json', 'failures.csv', 'sub-map.csv'].findIndex((name) => key.endsWith(name));
