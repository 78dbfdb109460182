/** One file, although it is long: each step goes on where the one before has left the one stack. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  ListStackInstancesCommand,
} from '@aws-sdk/client-cloudformation';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreatePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  DisableKeyCommand,
  EnableKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteObjectsCommand, GetBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { buildAssets } from '../../deployment/packaging/assets.ts';
import type { FilledBuild } from '../../source/domain/operator/build/fill-build.ts';
import { rolesOf } from '../../source/domain/operator/permissions/roles.ts';
import { boundaryFor } from '../../tools/demo/organization/boundary.ts';
import { createCustomerKey } from '../../tools/deploy/customer-key.ts';
import { inventory } from '../../tools/deploy/inventory.ts';
import type { Inventory } from '../../tools/deploy/inventory.ts';
import { buildFor, publishAssets, stackOperation } from '../../tools/deploy/solution.ts';
import type { SolutionOptions, SolutionParameters } from '../../tools/deploy/solution.ts';
import { createStack, deleteStack, failuresOf, updateStack } from '../../tools/deploy/stack.ts';
import type { StackOutcome } from '../../tools/deploy/stack.ts';
import { tagsOf } from '../../tools/deploy/tags.ts';
import { uploadAssets } from '../../tools/deploy/upload.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { buildWithChanges } from '../support/changed-sources.ts';
import { endOf } from '../../tools/deploy/executions.ts';
import type { FinishedExecution } from '../../tools/deploy/executions.ts';
import { rejection } from '../support/rejection.ts';
import { steps } from '../support/steps.ts';
import { root, templates } from '../support/templates.ts';

const PRIMARY = 'us-east-1';
const SECONDARY = 'eu-west-1';
const REGIONS = [PRIMARY, SECONDARY];
const BUILD = buildFor('my-assets');
const STACK = 'UserBackup';
const ASSET_BUCKETS = REGIONS.map((region) => `${BUILD.bucket}-${region}`);

describe('Life of a launch, with IAM enforced', function () {
  this.timeout(600_000);
  /** Each continues where the one before has left the stack. */
  const step = steps();
  let cloud: LocalCloud;
  let assets: FilledBuild;
  let options: SolutionOptions;
  let parameters: SolutionParameters;
  let launched: StackOutcome;

  before(async () => {
    cloud = await startLocalCloud({ waitScale: 0.05 });
    options = {
      clientConfig: cloud.clientConfig,
      primaryRegion: PRIMARY,
      secondaryRegion: SECONDARY,
      build: BUILD,
      stackName: STACK,
    };
    assets = await buildAssets(root, BUILD);
    await publishAssets(options, assets);
    parameters = {
      PrimaryUserPoolId: await newPool(),
      SecondaryRegion: SECONDARY,
      NotificationEmail: 'ops@example.com',
    };
  });
  after(() => cloud?.stop());

  const newPool = async (): Promise<string> => {
    const { UserPool } = await new CognitoIdentityProviderClient(cloud.clientConfig(PRIMARY)).send(
      new CreateUserPoolCommand({ PoolName: 'users', AutoVerifiedAttributes: ['email'] }),
    );
    return UserPool?.Id ?? '';
  };
  const MEMBERS = ['ann@example.com', 'bob@example.com'];
  const addMembers = async (UserPoolId: string): Promise<void> => {
    const cognito = new CognitoIdentityProviderClient(cloud.clientConfig(PRIMARY));
    await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: 'staff' }));
    for (const email of MEMBERS) {
      const UserAttributes = [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
      ];
      await cognito.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username: email.split('@')[0],
          UserAttributes,
          MessageAction: 'SUPPRESS',
        }),
      );
      await cognito.send(
        new AdminAddUserToGroupCommand({ UserPoolId, Username: email.split('@')[0], GroupName: 'staff' }),
      );
    }
  };
  const firstExport = async (stack: StackOutcome): Promise<FinishedExecution> => {
    const sfn = new SFNClient(cloud.clientConfig(PRIMARY));
    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: stack.outputs['ExportWorkflowArn'] }),
    );
    expect(executions).to.have.length(1);
    expect(executions[0]?.name).to.match(/^launch-/);
    return endOf(sfn, executions[0]?.executionArn ?? '');
  };
  const launch = (changes: Partial<SolutionParameters> = {}): Promise<StackOutcome> =>
    createStack(stackOperation(options, { ...parameters, ...changes }));
  const update = (changes: Partial<SolutionParameters>): Promise<StackOutcome> => {
    parameters = { ...parameters, ...changes };
    return updateStack(stackOperation(options, parameters));
  };
  const uninstall = (stack: StackOutcome): Promise<StackOutcome> =>
    deleteStack({ clientConfig: cloud.clientConfig, region: PRIMARY }, stack.stackId);
  const inventoryOf = (region: string): Promise<Inventory> => inventory(cloud.clientConfig, region);

  /** Logical id to physical id, of the instance in a Region. */
  const instanceResources = async (region: string): Promise<Record<string, string>> => {
    const [instance] = (await inventoryOf(region)).stacks.filter((name) => name.startsWith('StackSet-'));
    const { StackResources = [] } = await new CloudFormationClient(cloud.clientConfig(region)).send(
      new DescribeStackResourcesCommand({ StackName: instance }),
    );
    return Object.fromEntries(
      StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    );
  };
  const functionIn = async (region: string, name: string) =>
    new LambdaClient(cloud.clientConfig(region)).send(
      new GetFunctionConfigurationCommand({ FunctionName: (await instanceResources(region))[name] }),
    );
  const definitionIn = async (region: string, stateMachineArn: string): Promise<unknown> => {
    const { definition = '' } = await new SFNClient(cloud.clientConfig(region)).send(
      new DescribeStateMachineCommand({ stateMachineArn }),
    );
    return JSON.parse(definition);
  };
  const scheduleExpression = async (): Promise<string | undefined> =>
    (
      await new EventBridgeClient(cloud.clientConfig(PRIMARY)).send(
        new DescribeRuleCommand({ Name: (await instanceResources(PRIMARY))['ExportSchedule'] }),
      )
    ).ScheduleExpression;
  const instanceStatuses = async (): Promise<Record<string, string | undefined>> => {
    const { Summaries = [] } = await new CloudFormationClient(cloud.clientConfig(PRIMARY)).send(
      new ListStackInstancesCommand({ StackSetName: launched.outputs['StackSetName'] }),
    );
    return Object.fromEntries(Summaries.map(({ Region = '', Status }) => [Region, Status]));
  };

  describe('that cannot work', () => {
    const refused = async (outcome: StackOutcome, ...words: string[]): Promise<void> => {
      expect(outcome.status).to.equal('ROLLBACK_COMPLETE');
      const [reason] = failuresOf(outcome);
      expect(reason).to.match(/^StackCheckerCustomResource: /);
      for (const word of words) expect(reason).to.include(word);
      for (const region of REGIONS) expect((await inventoryOf(region)).tables, region).to.deep.equal([]);
      await uninstall(outcome);
    };

    step('is refused for a pool that does not exist, before there is a table', async () => {
      await refused(await launch({ PrimaryUserPoolId: `${PRIMARY}_doesNotExist` }), `${PRIMARY}_doesNotExist`);
    });

    step('is refused for a pool of another Region', async () => {
      await refused(
        await launch({ PrimaryUserPoolId: 'eu-central-1_AbCdEfGhI' }),
        'PrimaryUserPoolId',
        'eu-central-1',
        PRIMARY,
      );
    });

    step('is refused when the files are missing in the backup Region', async () => {
      await emptyAssetBucket(SECONDARY, (key) => key.includes('stack-set-template-'));
      await refused(await launch(), `${BUILD.bucket}-${SECONDARY}`, 'upload');
      await uploadAssets(cloud.clientConfig, BUILD, assets, [SECONDARY]);
    });

    step(
      'B13: is refused for a key that is disabled in the backup Region, or whose replica has another policy',
      async () => {
        const key = await createCustomerKey(options, cloud.account);
        const kms = new KMSClient(cloud.clientConfig(SECONDARY));
        const replica = key.replace(PRIMARY, SECONDARY);
        await kms.send(new DisableKeyCommand({ KeyId: replica }));
        await refused(await launch({ KmsKeyArn: key }), replica, 'is in state Disabled: enable it');
        await kms.send(new EnableKeyCommand({ KeyId: replica }));
        const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId: replica }));
        const { Statement } = JSON.parse(Policy) as { Statement: unknown[] };
        await kms.send(
          new PutKeyPolicyCommand({ KeyId: replica, Policy: JSON.stringify({ Statement: Statement.slice(0, 1) }) }),
        );
        await refused(await launch({ KmsKeyArn: key }), replica, 'does not let CloudWatch Logs');
      },
    );

    step('is refused by a rule of the template when both Regions are the same', async () => {
      expect(await rejection(launch({ SecondaryRegion: PRIMARY })))
        .to.have.property('message')
        .that.includes('SecondaryRegion must be another Region');
    });

    step(
      'A9: is refused when a service that a restore needs is missing in the backup Region, and names it',
      async () => {
        await cloud.configure({ absentServices: [{ service: 'cognito-idp', region: SECONDARY }] });
        await refused(await launch(), SECONDARY, 'Amazon Cognito does not answer');
        await cloud.configure({ absentServices: [] });
      },
    );

    step('A5: gives up at once when the organization denies a resource, and leaves no bucket of the try', async () => {
      const before = await bucketsOf(SECONDARY);
      await cloud.configure({
        resourceRefusals: [
          {
            type: 'AWS::SQS::Queue',
            reason:
              'User is not authorized to perform: sqs:CreateQueue with an explicit deny in a service control policy',
          },
        ],
      });
      const outcome = await launch();
      expect(outcome.status).to.equal('ROLLBACK_COMPLETE');
      expect(failuresOf(outcome)[0])
        .to.match(/^StackSetCustomResource: /)
        .and.include('explicit deny');
      expect(await cloud.calls({ action: 'CreateStackInstances' })).to.have.length(1);
      await cloud.configure({ resourceRefusals: [] });
      await uninstall(outcome);
      expect(await bucketsOf(SECONDARY)).to.deep.equal(before);
    });

    step('rolls back cleanly when an instance fails, and says which resource and what is retained', async () => {
      await emptyAssetBucket(SECONDARY, (key) => key.includes('import-workflow-'));
      const outcome = await launch();
      expect(outcome.status).to.equal('ROLLBACK_COMPLETE');
      const [reason] = failuresOf(outcome);
      expect(reason)
        .to.match(/^StackSetCustomResource: /)
        .and.include(SECONDARY)
        .and.include('ImportWorkflow')
        .and.include('retained');
      await uninstall(outcome);
      for (const region of REGIONS) await expectOnlyData(region);
      await uploadAssets(cloud.clientConfig, BUILD, assets, [SECONDARY]);
    });
  });

  const emptyAssetBucket = async (region: string, which: (key: string) => boolean): Promise<void> => {
    const keys = [...assets.regional.keys()]
      .map((name) => `${BUILD.solutionName}/${BUILD.version}/${name}`)
      .filter(which);
    await new S3Client(cloud.clientConfig(region)).send(
      new DeleteObjectsCommand({
        Bucket: `${BUILD.bucket}-${region}`,
        Delete: { Objects: keys.map((Key) => ({ Key })) },
      }),
    );
  };
  const bucketsOf = async (region: string): Promise<readonly string[]> =>
    [...(await inventoryOf(region)).buckets].sort();
  /** After an uninstall: tables and buckets, and nothing else of ours. */
  const expectOnlyData = async (region: string): Promise<void> => {
    const { tables, buckets, ...rest } = await inventoryOf(region);
    expect(rest, region).to.deep.equal({
      stacks: [],
      stackSets: [],
      functions: [],
      roles: [],
      stateMachines: [],
      queues: [],
      topics: [],
      subscriptions: [],
      rules: [],
      alarms: [],
      logGroups: [],
      parameters: [],
    });
    expect(tables, region).to.not.be.empty;
    expect(buckets, region).to.include.members(ASSET_BUCKETS);
  };

  describe('that works', () => {
    step(
      "A5, B12, B13: ends in CREATE_COMPLETE with an instance in each Region, although a new role was not known at first, with a customer's key and the boundary that the organization demands",
      async () => {
        await addMembers(parameters.PrimaryUserPoolId);
        const before = await bucketsOf(PRIMARY);
        const boundary = boundaryFor(templates.flatMap(rolesOf), REGIONS);
        const { Policy } = await new IAMClient(cloud.clientConfig(PRIMARY)).send(
          new CreatePolicyCommand({ PolicyName: 'Boundary', PolicyDocument: JSON.stringify(boundary) }),
        );
        // What Step Functions says of a role that is seconds old; the try that it fails is made again.
        await cloud.configure({
          requiredTags: ['CostCenter'],
          requiredBoundary: Policy?.Arn ?? '',
          resourceRefusals: [
            {
              type: 'AWS::StepFunctions::StateMachine',
              region: SECONDARY,
              reason: 'The state machine IAM Role is not authorized to access the Log Destination',
              times: 1,
            },
          ],
        });
        options = { ...options, tags: { CostCenter: '7' } };
        const unbound = await launch();
        expect(failuresOf(unbound)[0]).to.include('permissions boundary');
        await uninstall(unbound);
        // B12, B13: kept by every later update.
        parameters = {
          ...parameters,
          PermissionsBoundaryArn: Policy?.Arn ?? '',
          KmsKeyArn: await createCustomerKey(options, cloud.account),
        };
        launched = await launch();
        await cloud.configure({ resourceRefusals: [], requiredTags: [], requiredBoundary: '' });
        expect(failuresOf(launched)).to.deep.equal([]);
        expect(launched.status).to.equal('CREATE_COMPLETE');
        expect(await instanceStatuses()).to.deep.equal({ [PRIMARY]: 'CURRENT', [SECONDARY]: 'CURRENT' });
        const [primary, secondary] = await Promise.all(REGIONS.map(instanceResources));
        const made = [primary, secondary].flatMap((ids) => [ids?.['MappingFileBucket'], ids?.['AccessLogBucket']]);
        expect((await bucketsOf(PRIMARY)).filter((bucket) => !before.includes(bucket))).to.have.members(made);
        const inBoth = ['ImportWorkflow', 'VerifyWorkflow', 'VerifyBackup', 'ComparePool', 'EventsDeadLetterQueue'];
        const primaryOnly = ['ExportWorkflow', 'ExportSchedule', 'ExportScheduleRole', 'ExportQueue', 'SyncUsers'];
        const secondaryOnly = ['VerifySchedule', 'VerifyScheduleRole'];
        const ofInterest = [...inBoth, ...primaryOnly, ...secondaryOnly];
        expect(ofInterest.filter((id) => id in (primary ?? {}))).to.deep.equal([...inBoth, ...primaryOnly]);
        expect(ofInterest.filter((id) => id in (secondary ?? {}))).to.deep.equal([...inBoth, ...secondaryOnly]);
      },
    );

    /** The CostCenter of one thing of each kind in a Region; those of the main stack only in the primary one. */
    const costCenters = async (region: string): Promise<Record<string, string | undefined>> => {
      const ids = await instanceResources(region);
      const arn = (service: string, name: string): string => `arn:aws:${service}:${region}:${cloud.account}:${name}`;
      const [stack = ''] = (await inventoryOf(region)).stacks.filter((name) => name.startsWith('StackSet-'));
      const [parameter = ''] = (await inventoryOf(PRIMARY)).parameters;
      const tags = await tagsOf(cloud.clientConfig, region, {
        stack,
        role: ids['ImportUsersRole'] ?? '',
        functionArn: arn('lambda', `function:${ids['ImportUsers'] ?? ''}`),
        logGroupArn: arn('logs', `log-group:${ids['ImportUsersLogGroup'] ?? ''}`),
        queueUrl: ids['NewUsers'] ?? '',
        topicArn: ids['WorkflowTopic'] ?? '',
        stateMachineArn: ids['ImportWorkflow'] ?? '',
        tableArn: arn('dynamodb', `table/${launched.outputs['BackupTableName'] ?? ''}`),
        ...(region === PRIMARY ? { stackSet: launched.outputs['StackSetName'] ?? '', parameter } : {}),
      });
      return Object.fromEntries(Object.entries(tags).map(([kind, { CostCenter }]) => [kind, CostCenter]));
    };
    const KINDS = ['stack', 'role', 'function', 'logGroup', 'queue', 'topic', 'stateMachine', 'table'];
    const expectCostCenter = async (value: string): Promise<void> => {
      const all = (kinds: readonly string[]) => Object.fromEntries(kinds.map((kind) => [kind, value]));
      expect(await costCenters(PRIMARY)).to.deep.equal(all([...KINDS, 'stackSet', 'parameter']));
      expect(await costCenters(SECONDARY)).to.deep.equal(all(KINDS));
    };

    step("B11: gives everything in both Regions the stack's tags, where the organization demands one", () =>
      expectCostCenter('7'),
    );

    step('B11: brings other tags to everything by an update with another TagsRevision', async () => {
      options = { ...options, tags: { CostCenter: '8' } };
      expect((await update({ TagsRevision: '2' })).status).to.equal('UPDATE_COMPLETE');
      await expectCostCenter('8');
    });

    step('O15: tags the buckets that outlive the stack with the launch that they are of', async () => {
      for (const region of REGIONS) {
        const ids = await instanceResources(region);
        for (const Bucket of [ids['MappingFileBucket'], ids['AccessLogBucket']]) {
          const { TagSet = [] } = await new S3Client(cloud.clientConfig(region)).send(
            new GetBucketTaggingCommand({ Bucket }),
          );
          expect(Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]))).to.include({
            MainStack: STACK,
            MainStackId: launched.stackId,
          });
        }
      }
    });

    step('protects the table in both Regions', async () => {
      for (const region of REGIONS) {
        const client = new DynamoDBClient(cloud.clientConfig(region));
        const TableName = launched.outputs['BackupTableName'];
        const { Table } = await client.send(new DescribeTableCommand({ TableName }));
        expect(Table, region).to.deep.include({ TableStatus: 'ACTIVE', DeletionProtectionEnabled: true });
        const { Tags = [] } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn }));
        expect(
          Tags.map(({ Key }) => Key),
          region,
        ).to.include.members(['Solution', 'MainStack', 'MainStackId', 'UserPool']);
        // MiniStack ignores PITR in a template (templates/backup-table.spec.ts checks it there) and does not keep the period.
        if (region === PRIMARY) continue;
        const { ContinuousBackupsDescription } = await client.send(new DescribeContinuousBackupsCommand({ TableName }));
        expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription, region).to.include({
          PointInTimeRecoveryStatus: 'ENABLED',
        });
      }
    });

    step('deploys the workflows as they are written', async () => {
      const deployed = [
        [PRIMARY, 'ExportWorkflowArn', 'export'],
        [PRIMARY, 'PrimaryImportWorkflowArn', 'import'],
        [SECONDARY, 'SecondaryImportWorkflowArn', 'import'],
        [PRIMARY, 'PrimaryVerifyWorkflowArn', 'verify'],
        [SECONDARY, 'SecondaryVerifyWorkflowArn', 'verify'],
      ] as const;
      for (const [region, output, workflow] of deployed) {
        const resources = await instanceResources(region);
        const source = readFileSync(join(root, `source/state-machines/${workflow}-workflow.asl.json`), 'utf8');
        const expected = source.replaceAll(
          /\$\{(\w+)FunctionArn\}/g,
          (_, name: string) => `arn:aws:lambda:${region}:${cloud.account}:function:${resources[name]}`,
        );
        expect(await definitionIn(region, launched.outputs[output] ?? ''), output).to.deep.equal(JSON.parse(expected));
      }
    });

    step('starts the first export', async () => {
      expect(await firstExport(launched)).to.include({ status: 'SUCCEEDED' });
    });
  });

  describe('that is updated', () => {
    step('brings changed parameters to both Regions', async () => {
      expect(await scheduleExpression()).to.equal('rate(1 day)');
      const outcome = await update({
        AllowMfa: 'YES',
        CognitoTPS: '25',
        ExportFrequency: 'EVERY_7_DAYS',
        SnsPreference: 'ERRORS_ONLY',
        NotificationEmail: 'new@example.com',
        SnapshotRetentionDays: '0',
        MaxChangePercent: '10',
        UncountedAttributes: 'custom:last_login,custom:visits',
      });
      expect(failuresOf(outcome)).to.deep.equal([]);
      expect(outcome.status).to.equal('UPDATE_COMPLETE');
      expect(await scheduleExpression()).to.equal('rate(7 days)');
      for (const region of REGIONS) {
        expect((await functionIn(region, 'ImportUsers')).Environment?.Variables, region).to.include({
          COGNITO_TPS: '25',
        });
        expect((await functionIn(region, 'MessageBroker')).Environment?.Variables, region).to.include({
          SNS_PREFERENCE: 'ERRORS_ONLY',
        });
        expect((await functionIn(region, 'VerifyBackup')).Environment?.Variables, region).to.include({
          SNAPSHOT_RETENTION_DAYS: '0',
        });
        expect((await inventoryOf(region)).subscriptions, region).to.deep.equal(['new@example.com']);
      }
      // Exports run in the primary Region only.
      expect((await functionIn(PRIMARY, 'CheckUserPoolConfig')).Environment?.Variables).to.include({
        ALLOW_MFA: 'YES',
      });
      expect((await functionIn(PRIMARY, 'BackupTableCleanup')).Environment?.Variables).to.include({
        MAX_CHANGE_PERCENT: '10',
        UNCOUNTED_ATTRIBUTES: 'custom:last_login,custom:visits',
      });
    });

    step('takes effect with changed code and a changed workflow under the same version', async () => {
      const before = await Promise.all(REGIONS.map((region) => functionIn(region, 'CheckStateMachine')));
      const changed = await buildWithChanges(BUILD, {
        functionFile: 'source/lambda/common/check-state-machine.ts',
        workflowFile: 'source/state-machines/import-workflow.asl.json',
        comment: 'changed',
      });
      await publishAssets(options, changed);
      expect((await update({})).status).to.equal('UPDATE_COMPLETE');
      for (const [index, region] of REGIONS.entries()) {
        expect((await functionIn(region, 'CheckStateMachine')).CodeSha256, region).to.not.equal(
          before[index]?.CodeSha256,
        );
        const output = region === PRIMARY ? 'PrimaryImportWorkflowArn' : 'SecondaryImportWorkflowArn';
        expect(await definitionIn(region, launched.outputs[output] ?? ''), region).to.have.property(
          'Comment',
          'changed',
        );
      }
    });

    step('A6: cannot give a custom resource another function: CloudFormation refuses it', async () => {
      const main = 'cognito-user-profiles-export-reference-architecture.template';
      const text = Buffer.from(assets.global.get(main) ?? []).toString();
      const changed = text.replace(
        'ServiceToken: !GetAtt SolutionConstantsFunction.Arn',
        'ServiceToken: !GetAtt StackCheckerFunction.Arn',
      );
      expect(changed).to.not.equal(text);
      await publishAssets(options, { ...assets, global: new Map([...assets.global, [main, Buffer.from(changed)]]) });
      const outcome = await update({});
      expect(outcome.status).to.equal('UPDATE_ROLLBACK_COMPLETE');
      expect(failuresOf(outcome)[0]).to.equal(
        'SolutionConstantsCustomResource: Modifying service token is not allowed.',
      );
      await publishAssets(options, assets);
    });

    for (const name of ['SecondaryRegion', 'PrimaryUserPoolId', 'KmsKeyArn'] as const) {
      step(`refuses another ${name} and rolls that update back`, async () => {
        const old = parameters;
        const others = { SecondaryRegion: 'eu-central-1', PrimaryUserPoolId: await newPool(), KmsKeyArn: '' };
        const outcome = await update({ [name]: others[name], CognitoTPS: '5' });
        parameters = old;
        expect(outcome.status).to.equal('UPDATE_ROLLBACK_COMPLETE');
        expect(failuresOf(outcome)[0]).to.match(new RegExp(`^StackCheckerCustomResource: .*${name} cannot be changed`));
        expect(await instanceStatuses()).to.deep.equal({ [PRIMARY]: 'CURRENT', [SECONDARY]: 'CURRENT' });
        expect((await functionIn(SECONDARY, 'ImportUsers')).Environment?.Variables).to.include({ COGNITO_TPS: '25' });
      });
    }

    step('can still change its other parameters when the pool is gone', async () => {
      await new CognitoIdentityProviderClient(cloud.clientConfig(PRIMARY)).send(
        new DeleteUserPoolCommand({ UserPoolId: parameters.PrimaryUserPoolId }),
      );
      expect((await update({ CognitoTPS: '15' })).status).to.equal('UPDATE_COMPLETE');
      expect((await functionIn(SECONDARY, 'ImportUsers')).Environment?.Variables).to.include({ COGNITO_TPS: '15' });
    });
  });

  describe('that is uninstalled', () => {
    step('leaves tables and buckets in both Regions, and nothing else', async () => {
      const outcome = await uninstall(launched);
      expect(failuresOf(outcome)).to.deep.equal([]);
      expect(outcome.status).to.equal('DELETE_COMPLETE');
      for (const region of REGIONS) {
        await expectOnlyData(region);
        expect((await inventoryOf(region)).tables, region).to.include(launched.outputs['BackupTableName']);
      }
      expect((await inventoryOf(PRIMARY)).buckets).to.include.members([
        launched.outputs['PrimaryBucketName'],
        launched.outputs['SecondaryBucketName'],
      ]);
    });

    step(
      'can be launched again under the same name for a new pool, which is restored from the retained table',
      async () => {
        parameters = { ...parameters, PrimaryUserPoolId: await newPool() };
        const again = await launch();
        expect(failuresOf(again)).to.deep.equal([]);
        expect(again.status).to.equal('CREATE_COMPLETE');
        expect(again.outputs['BackupTableName']).to.not.equal(launched.outputs['BackupTableName']);
        expect(again.outputs['StackSetName']).to.not.equal(launched.outputs['StackSetName']);

        await firstExport(again);
        const sfn = new SFNClient(cloud.clientConfig(PRIMARY));
        const input = JSON.stringify({
          NewUserPoolId: parameters.PrimaryUserPoolId,
          BackupTableName: launched.outputs['BackupTableName'],
        });
        const { executionArn = '' } = await sfn.send(
          new StartExecutionCommand({ stateMachineArn: again.outputs['PrimaryImportWorkflowArn'], input }),
        );
        expect(await endOf(sfn, executionArn)).to.deep.include({ status: 'SUCCEEDED', error: '' });
        const { Users = [] } = await new CognitoIdentityProviderClient(cloud.clientConfig(PRIMARY)).send(
          new ListUsersInGroupCommand({ UserPoolId: parameters.PrimaryUserPoolId, GroupName: 'staff' }),
        );
        expect(
          Users.map(({ Attributes = [] }) => Attributes.find(({ Name }) => Name === 'email')?.Value).sort(),
        ).to.deep.equal(MEMBERS);
        expect((await uninstall(again)).status).to.equal('DELETE_COMPLETE');
      },
    );
  });
});
