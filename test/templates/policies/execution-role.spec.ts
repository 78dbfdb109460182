import { expect } from 'chai';
import { rolesOf } from '../../../source/domain/operator/permissions/roles.ts';
import { list, mainTemplate, resourcesOf, stackSetTemplate, statementsOf } from '../../support/templates.ts';

const NOT_THIS_ACCOUNT =
  '{"StringNotEquals":{"aws:ResourceAccount":{"Ref":"AWS::AccountId"}},"Null":{"aws:ResourceAccount":"false"}}';

describe('Policy of the StackSet execution role', () => {
  const statements = statementsOf(mainTemplate, 'StackSetExecutionRole');

  it('fits the limit of 10,240 characters of inline policies', () => {
    // References become names and ids; 60 characters each is more than any of them needs.
    const size = JSON.stringify(statements)
      .replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
      .replaceAll(/\$\{[^}]+\}/g, 'x'.repeat(16)).length;
    expect(size).to.be.below(10_240);
  });

  it('holds actions of the service of every type of resource that the StackSet template creates', () => {
    const services: Record<string, string> = {
      Logs: 'logs',
      IAM: 'iam',
      Lambda: 'lambda',
      SNS: 'sns',
      S3: 's3',
      SQS: 'sqs',
      Events: 'events',
      StepFunctions: 'states',
      CloudWatch: 'cloudwatch',
    };
    const types = [...new Set(Object.values(stackSetTemplate.Resources).map(({ Type }) => Type))].filter(
      (type) => !type.startsWith('Custom::'),
    );
    const allowed = new Set(statements.flatMap(({ Action }) => list(Action)).map((action) => action.split(':')[0]));
    expect(types.filter((type) => !allowed.has(services[type.split('::')[1] ?? '']))).to.deep.equal([]);
  });

  it('reaches only what belongs to the StackSet: all else is a template, a subscription, or a list, and says why', () => {
    const OURS =
      /(StackSet-CognitoUser|stackset-cognitouser|(Workflow|dashboard\/CognitoUserProfilesExport)-\$\{SolutionConstantsCustomResource\.InstanceId\}|bucket-name-placeholder-)/;
    const everything = statements
      .filter(({ Resource }) => Resource === '*')
      .map(({ Sid, Action }) => [Sid, list(Action)]);
    expect(Object.fromEntries(everything)).to.deep.equal({
      Templates: ['cloudformation:GetTemplateSummary', 'cloudformation:ValidateTemplate', 'cloudformation:ListStacks'],
      BucketsOfStackSets: ['s3:*'],
      Subscriptions: ['sns:GetSubscriptionAttributes', 'sns:SetSubscriptionAttributes', 'sns:Unsubscribe'],
      FindLogGroups: ['logs:DescribeLogGroups', 'logs:DescribeResourcePolicies'],
    });
    for (const { Sid, Resource } of statements.filter((statement) => statement.Resource !== '*')) {
      const arns = list(Resource).map((resource) => (resource as { 'Fn::Sub'?: string })['Fn::Sub'] ?? '');
      expect(
        arns.filter((arn) => !OURS.test(arn)),
        Sid,
      ).to.deep.equal([]);
    }
  });

  it('may touch every state machine of the template in each Region where it is made', () => {
    const machines = resourcesOf(stackSetTemplate, 'AWS::StepFunctions::StateMachine').flatMap(
      ([id, { Condition }]) => [`AWS::Region ${id}`, ...(Condition === undefined ? [`SecondaryRegion ${id}`] : [])],
    );
    const allowed = list(statements.find(({ Sid }) => Sid === 'StateMachines')?.Resource).map((resource) =>
      /:states:\$\{([\w:]+)\}:.+:stateMachine:(\w+)-\$/
        .exec((resource as { 'Fn::Sub': string })['Fn::Sub'])
        ?.slice(1)
        .join(' '),
    );
    expect(allowed).to.have.members(machines);
  });

  it('passes roles to exactly the services that take one in the StackSet template', () => {
    const passed = (
      statements.find(({ Sid }) => Sid === 'PassRoles')?.Condition as {
        StringEquals: { 'iam:PassedToService': string[] };
      }
    ).StringEquals['iam:PassedToService'];
    // Cognito gets its role from ImportUsers, not from CloudFormation.
    const services = rolesOf(stackSetTemplate)
      .flatMap(({ trust }) => trust.map(({ Principal }) => Principal['Service']))
      .filter((service) => service !== 'cognito-idp.amazonaws.com');
    expect(new Set(passed)).to.deep.equal(new Set(services));
  });

  it('A5: can delete no bucket but an empty one of a failed try, and reach neither the backup table nor user pools', () => {
    const inThisAccount = statements.filter(({ Condition }) => JSON.stringify(Condition ?? {}) !== NOT_THIS_ACCOUNT);
    const actions = inThisAccount.flatMap(({ Action }) => list(Action));
    expect(
      actions.filter((action) => /^(dynamodb|cognito-idp):|s3:DeleteBucket$|s3:.*Object$/.test(action)),
    ).to.deep.equal(['s3:GetObject', 's3:DeleteBucket']);
    expect(inThisAccount.find(({ Action }) => Action === 's3:DeleteBucket')?.Resource).to.deep.equal({
      'Fn::Sub': 'arn:${AWS::Partition}:s3:::stackset-cognitouser*-mappingfilebucket-*',
    });
    expect(
      statementsOf(mainTemplate, 'StackSetFunctionRole').find(({ Action }) => Action === 's3:DeleteBucket')?.Resource,
    ).to.deep.equal({ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::stackset-cognitouser*-accesslogbucket-*' });
  });

  it('A3: lets StackSets do in buckets of its own all that the User Guide demands, and reach no bucket of this account', () => {
    const everywhere = statements.filter(
      ({ Action, Resource }) => Resource === '*' && list(Action).some((action) => action.startsWith('s3:')),
    );
    expect(everywhere.map(({ Sid, Condition }) => [Sid, JSON.stringify(Condition)])).to.deep.equal([
      ['BucketsOfStackSets', NOT_THIS_ACCOUNT],
    ]);
  });

  // What CloudFormation's own handlers need (permissions in the resource types' schemas) and the emulator does not ask for.
  it('lets CloudFormation find and read back what it creates', () => {
    const actions = statements.flatMap(({ Action }) => list(Action));
    const needed = [
      's3:ListBucket',
      's3:TagResource',
      's3:GetBucketWebsite',
      's3:GetReplicationConfiguration',
      'lambda:GetFunctionScalingConfig',
      'lambda:GetRuntimeManagementConfig',
      'logs:DescribeResourcePolicies',
      'states:DescribeStateMachine',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:ListTagsForResource',
      'cloudwatch:GetDashboard',
    ];
    expect(needed.filter((action) => !actions.includes(action))).to.deep.equal([]);
  });
});
