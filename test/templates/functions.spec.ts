import { join } from 'node:path';
import { expect } from 'chai';
import { functionSources } from '../../deployment/packaging/sources.ts';
import { environmentKeysOf } from '../support/function-environment.ts';
import { list, references, resourcesOf, root, statementsOf, templates, where } from '../support/templates.ts';
import type { Resource } from '../support/templates.ts';

interface FunctionProperties {
  Description: string;
  Runtime: string;
  Architectures: string[];
  Handler: string;
  MemorySize: number;
  Timeout: number;
  Role: unknown;
  Code: { S3Bucket: unknown; S3Key: string };
  LoggingConfig: { LogGroup: unknown };
  Environment: { Variables: Record<string, unknown> };
}
interface InvokeConfig {
  FunctionName: unknown;
  Qualifier: string;
  MaximumEventAgeInSeconds: number;
  MaximumRetryAttempts: number;
  DestinationConfig?: { OnFailure: unknown };
}
const functions = templates.flatMap((template) =>
  resourcesOf(template, 'AWS::Lambda::Function').map(([id, { Properties, Condition }]) => ({
    template,
    id,
    Condition,
    ...(Properties as unknown as FunctionProperties),
  })),
);
const sources = functionSources(root);
const assetOf = (key: string): string => /^%%ASSET:(.+)\.zip%%$/.exec(key)?.[1] ?? '';
/** Set for every function; the logger reads the POWERTOOLS ones itself. */
const COMMON = ['POWERTOOLS_LOG_LEVEL', 'POWERTOOLS_SERVICE_NAME', 'SOLUTION_VERSION', 'USER_AGENT'];
/** Set by Lambda. */
const LAMBDAS_OWN = ['AWS_REGION', 'AWS_LAMBDA_FUNCTION_NAME'];
const sorted = (values: Iterable<string>): string[] => [...values].sort();

describe('Functions of the templates', () => {
  it('are all the function files, and nothing else', () => {
    expect(sorted(functions.map(({ Code }) => assetOf(Code.S3Key)))).to.deep.equal(sorted(sources.keys()));
  });

  it('have the names of the contract', () => {
    expect(
      sorted(functions.filter(({ template }) => template.name === 'stack-set-template').map(({ id }) => id)),
    ).to.deep.equal(
      sorted([
        'CheckStateMachine',
        'CheckUserPoolConfig',
        'KeepSettings',
        'SyncUsers',
        'ListGroups',
        'SyncGroup',
        'SyncUsersInGroup',
        'BackupTableCleanup',
        'MessageBroker',
        'CheckNewUserPool',
        'ScanTable',
        'ImportUsers',
        'UpdateUsers',
        'VerifyBackup',
        'ComparePool',
        'DrillPool',
        'StackSetConstantsFunction',
        'WatchBackup',
      ]),
    );
  });

  it('that are invoked asynchronously give up in time: MessageBroker into its dead-letter queue, custom resources with CloudFormation, WatchBackup when the next look is due', () => {
    const configs = templates.flatMap((template) =>
      resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => ({
        template,
        ...(Properties as unknown as InvokeConfig),
      })),
    );
    const customResources = templates.flatMap((template) =>
      Object.values(template.Resources)
        .filter(({ Type }) => Type.startsWith('Custom::'))
        .map(({ Properties, DependsOn }) => ({
          id: references(Properties['ServiceToken'])[0]?.target,
          age: Properties['ServiceTimeout'],
          dependsOn: [DependsOn ?? []].flat(),
        })),
    );
    expect(configs.map(({ FunctionName }) => references(FunctionName)[0]?.target)).to.have.members([
      'MessageBroker',
      'WatchBackup',
      ...customResources.map(({ id }) => id),
    ]);
    for (const {
      FunctionName,
      Qualifier,
      MaximumEventAgeInSeconds,
      MaximumRetryAttempts,
      DestinationConfig,
    } of configs) {
      const id = references(FunctionName)[0]?.target ?? '';
      expect([Qualifier, MaximumRetryAttempts], id).to.deep.equal(['$LATEST', 2]);
      if (id === 'MessageBroker')
        expect(references(DestinationConfig?.OnFailure)[0]?.target).to.equal('MessageBrokerDeadLetterQueue');
      else if (id === 'WatchBackup')
        expect([MaximumEventAgeInSeconds, DestinationConfig]).to.deep.equal([3600, undefined]);
      else {
        const custom = customResources.find((resource) => resource.id === id);
        expect(MaximumEventAgeInSeconds, id).to.equal(custom?.age);
        expect(custom?.dependsOn, id).to.include(`${id}InvokeConfig`);
        // The request carries the presigned ResponseURL.
        expect(DestinationConfig, id).to.equal(undefined);
      }
    }
  });

  it('hold no secrets in their environment: names, numbers and addresses only', () => {
    const names = new Set(functions.flatMap(({ Environment }) => Object.keys(Environment.Variables)));
    expect([...names].filter((name) => /SECRET|PASSWORD|TOKEN|CREDENTIAL|PRIVATE|_KEY/.test(name))).to.deep.equal([]);
    const noEcho = templates
      .flatMap(({ Parameters }) => Object.entries(Parameters))
      .filter(([, parameter]) => 'NoEcho' in parameter)
      .map(([name]) => name);
    expect(noEcho, 'parameters that are secrets').to.deep.equal([]);
  });

  it('reserve no concurrency', () => {
    expect(
      functions.filter((properties) => 'ReservedConcurrentExecutions' in properties).map(({ id }) => id),
    ).to.deep.equal([]);
  });

  for (const { template, id, Condition, ...properties } of functions) {
    describe(id, () => {
      const target = (value: unknown): string => references(value)[0]?.target ?? '';
      const resource = (logicalId: string): Resource | undefined => template.Resources[logicalId];

      it('runs on the current runtime with a description, a timeout and memory for its work', () => {
        expect(properties).to.deep.include({
          Runtime: 'nodejs24.x',
          Architectures: [{ Ref: 'FunctionArchitecture' }],
          Handler: 'index.handler',
        });
        expect(properties.Description).to.have.length.within(20, 256);
        expect(properties.Timeout).to.be.within(60, 900);
        expect(properties.MemorySize).to.be.within(256, 1024);
        expect(properties.Code.S3Bucket).to.deep.equal({ 'Fn::Sub': 'bucket-name-placeholder-${AWS::Region}' });
      });

      it('has a log group of its own, with retention, without a fixed name, gone with the stack', () => {
        const logGroup = target(properties.LoggingConfig.LogGroup);
        expect(logGroup).to.equal(`${id}LogGroup`);
        expect(where('HasKmsKey', false, resource(logGroup))).to.deep.include({
          Type: 'AWS::Logs::LogGroup',
          DeletionPolicy: 'Delete',
          Properties: { RetentionInDays: 90 },
        });
        expect(resource(logGroup)?.Condition).to.equal(Condition);
      });

      it('has a role of its own that may log there and may create no log group', () => {
        const role = target(properties.Role);
        expect(role).to.equal(`${id}Role`);
        expect(resource(role)?.Condition).to.equal(Condition);
        const statements = statementsOf(template, role);
        expect(statements).to.deep.include({
          Sid: 'Log',
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': [`${id}LogGroup`, 'Arn'] },
        });
        expect(statements.flatMap(({ Action }) => list(Action))).to.not.include('logs:CreateLogGroup');
      });

      it('gets exactly the environment that its source reads', () => {
        const path = sources.get(assetOf(properties.Code.S3Key));
        expect(path, 'source of the function').to.be.a('string');
        const reads = sorted(
          [...environmentKeysOf(join(root, path ?? ''))].filter(
            (key) => !LAMBDAS_OWN.includes(key) && !COMMON.includes(key),
          ),
        );
        const gets = Object.keys(properties.Environment.Variables);
        expect(sorted(gets.filter((key) => !COMMON.includes(key)))).to.deep.equal(reads);
        expect(gets).to.include.members(COMMON);
        expect(properties.Environment.Variables['POWERTOOLS_SERVICE_NAME']).to.equal(assetOf(properties.Code.S3Key));
      });
    });
  }
});
