import { expect } from 'chai';
import { rolesOf, type TrustStatement } from '../../tools/least-privilege/policies/roles.ts';
import {
  list,
  mainTemplate,
  references,
  resourcesOf,
  stackSetTemplate,
  statementsOf,
  templates,
  type Statement,
  type Template,
} from '../support/templates.ts';

const SERVICES = [
  'cloudformation',
  'cognito-idp',
  'dynamodb',
  'events',
  'iam',
  'lambda',
  'logs',
  's3',
  'sns',
  'sqs',
  'ssm',
  'states',
  'sts',
];
/** Principals whose documentation shows no condition for taking a role: each with a comment in the template. */
const UNNARROWED = ['lambda.amazonaws.com', 'cognito-idp.amazonaws.com'];
const EXPLAINED: Record<string, string> = {
  'lambda.amazonaws.com': 'Lambda documents neither aws:SourceAccount nor aws:SourceArn',
  'cognito-idp.amazonaws.com': 'whether Cognito sends aws:SourceAccount',
};
const SOURCES: Record<string, string> = {
  'states.amazonaws.com': 'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:*',
  'events.amazonaws.com': 'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StackSet-CognitoUser*',
  'cloudformation.amazonaws.com':
    'arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stackset/CognitoUserProfilesExport-*',
};
const COGNITO_READS = /^cognito-idp:(Describe|List|Get)/;
const roles = (template: Template): string[] => resourcesOf(template, 'AWS::IAM::Role').map(([id]) => id);
const granted = (template: Template): { role: string; statement: Statement }[] =>
  roles(template).flatMap((role) => statementsOf(template, role).map((statement) => ({ role, statement })));
const actionsOf = (template: Template, role: string): string[] =>
  statementsOf(template, role).flatMap(({ Action }) => list(Action));
const resourcesText = (statement: Statement): string => JSON.stringify(statement.Resource);

for (const template of templates) {
  describe(`Template ${template.name}: policies`, () => {
    it('name a reason beside every resource "*"', () => {
      const silent = template.text
        .split('\n')
        .map((line, index) => ({ line, number: index + 1 }))
        .filter(({ line }) => /^\s*(Resource:|-) '\*'\s*$/.test(line) && !/Principal/.test(line));
      expect(
        silent.map(({ number }) => number),
        'lines',
      ).to.deep.equal([]);
    });

    it('name a reason beside every action that is a wildcard, unless it is denied', () => {
      const lines = template.text.split('\n');
      const silent = lines
        .map((line, index) => ({
          line,
          number: index + 1,
          before: lines.slice(Math.max(0, index - 3), index).join(' '),
        }))
        .filter(
          ({ line, before }) =>
            /(Action:|-) [\w-]+:\w*\*/.test(line) && !line.includes('#') && !before.includes('Effect: Deny'),
        );
      expect(
        silent.map(({ number }) => number),
        'lines',
      ).to.deep.equal([]);
    });

    it('allow actions of known services by name, wildcards only for the stacks of the StackSet', () => {
      const actions = granted(template).flatMap(({ role, statement }) =>
        list(statement.Action).map((action) => ({ role, action, sid: statement.Sid })),
      );
      expect(actions.filter(({ action }) => !SERVICES.includes(action.split(':')[0] ?? ''))).to.deep.equal([]);
      const wild = actions.filter(({ action }) => action.includes('*'));
      expect(wild).to.deep.equal(
        template === mainTemplate ? [{ role: 'StackSetExecutionRole', action: 'cloudformation:*', sid: 'Stacks' }] : [],
      );
    });

    it('have a Sid for every statement, unique within its role', () => {
      for (const role of roles(template)) {
        const sids = statementsOf(template, role).map(({ Sid }) => Sid);
        expect(sids.every(Boolean), role).to.equal(true);
        expect(new Set(sids).size, role).to.equal(sids.length);
      }
    });

    it('and roles have generated names, so that CAPABILITY_IAM is all that a launch needs', () => {
      const iam = Object.entries(template.Resources).filter(([, { Type }]) => Type.startsWith('AWS::IAM::'));
      expect(
        iam.map(([, { Type }]) => Type).filter((type) => type !== 'AWS::IAM::Role' && type !== 'AWS::IAM::Policy'),
      ).to.deep.equal([]);
      expect(iam.filter(([, { Properties }]) => 'RoleName' in Properties).map(([id]) => id)).to.deep.equal([]);
    });

    it('pass roles only to the service that they are for', () => {
      const passes = granted(template).filter(({ statement }) => list(statement.Action).includes('iam:PassRole'));
      expect(passes).to.not.be.empty;
      for (const { role, statement } of passes)
        expect(JSON.stringify(statement.Condition), role).to.include('iam:PassedToService');
    });

    it('let each role be taken by one principal, narrowed to this account and the kind of source where AWS documents it', () => {
      for (const { id, trust } of rolesOf(template)) {
        expect(trust, id).to.have.length(1);
        const [{ Effect, Principal, Action, Condition } = {} as TrustStatement] = trust;
        expect([Effect, Action], id).to.deep.equal(['Allow', 'sts:AssumeRole']);
        const [service = ''] = list(Principal['Service'] as string | string[] | undefined);
        if (UNNARROWED.includes(service)) expect(Condition, id).to.equal(undefined);
        else if (service === '')
          expect([id, references(Principal).map(({ target }) => target)]).to.deep.equal([
            'StackSetExecutionRole',
            ['StackSetAdministrationRole'],
          ]);
        else {
          expect(Condition?.['StringEquals'], id).to.deep.equal({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
          const source = (Condition?.['ArnLike'] ?? Condition?.['StringLike'])?.['aws:SourceArn'];
          expect(JSON.stringify(source), id).to.equal(JSON.stringify({ 'Fn::Sub': SOURCES[service] }));
        }
      }
    });

    it('say why where a trust policy has no condition', () => {
      const unexplained = rolesOf(template)
        .filter(({ trust }) =>
          trust.some(({ Condition, Principal }) => Condition === undefined && 'Service' in Principal),
        )
        .map(({ trust }) => trust[0]?.Principal['Service'] as string)
        .filter((service) => !new RegExp(`# (.*\\n *# )?.*${EXPLAINED[service]}`).test(template.text));
      expect(unexplained).to.deep.equal([]);
    });

    it('never name a partition, an account or a Region', () => {
      const fixed = granted(template).filter(({ statement }) =>
        /arn:aws[:-]|\d{12}|us-east-1/.test(resourcesText(statement)),
      );
      expect(fixed).to.deep.equal([]);
    });
  });
}

describe('Policies of the workflows', () => {
  const EXPORT = [
    'CheckUserPoolConfigRole',
    'SyncUsersRole',
    'ListGroupsRole',
    'SyncGroupRole',
    'SyncUsersInGroupRole',
    'BackupTableCleanupRole',
  ];
  const IMPORT = ['CheckNewUserPoolRole', 'ScanTableRole', 'ImportUsersRole', 'UpdateUsersRole'];
  const VERIFY = ['VerifyBackupRole', 'ComparePoolRole'];
  const READ_SNAPSHOTS = ['CheckNewUserPoolRole', 'ScanTableRole'];
  const prefixes = (role: string): string[] => prefixesIn(statementsOf(stackSetTemplate, role));
  const prefixesIn = (statements: Statement[]): string[] =>
    [...JSON.stringify(statements).matchAll(/MappingFileBucket\.Arn\}\/(\w+)\/\*/g)].map(([, prefix = '']) => prefix);
  const cognito = (role: string): string[] =>
    actionsOf(stackSetTemplate, role).filter((action) => action.startsWith('cognito-idp:'));

  it('let the export only read, and only the pool that is backed up', () => {
    for (const role of EXPORT) {
      expect(
        cognito(role).filter((action) => !COGNITO_READS.test(action)),
        role,
      ).to.deep.equal([]);
      const pools = statementsOf(stackSetTemplate, role)
        .filter(({ Action }) => list(Action).some((action) => action.startsWith('cognito-idp:')))
        .map(resourcesText);
      expect(
        pools.filter((resource) => !resource.includes('userpool/${PrimaryUserPoolId}')),
        role,
      ).to.deep.equal([]);
    }
  });

  it('let the import write only to pools of its Region and account', () => {
    for (const role of IMPORT) {
      const pools = statementsOf(stackSetTemplate, role)
        .filter(({ Action }) => list(Action).some((action) => action.startsWith('cognito-idp:')))
        .map(resourcesText);
      expect(pools, role).to.deep.equal([
        '{"Fn::Sub":"arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/*"}',
      ]);
    }
    expect(cognito('CheckNewUserPoolRole').filter((action) => !COGNITO_READS.test(action))).to.deep.equal([]);
    expect(cognito('ScanTableRole').filter((action) => !COGNITO_READS.test(action))).to.deep.equal([]);
  });

  it('let no function but MessageBroker publish, and MessageBroker see neither table nor pools', () => {
    const publishers = roles(stackSetTemplate).filter((role) =>
      actionsOf(stackSetTemplate, role).includes('sns:Publish'),
    );
    expect(publishers).to.deep.equal(['MessageBrokerRole']);
    expect(
      actionsOf(stackSetTemplate, 'MessageBrokerRole').filter((action) => /^(dynamodb|cognito-idp):/.test(action)),
    ).to.deep.equal([]);
  });

  it('keep each workflow to its own part of the bucket', () => {
    for (const role of EXPORT)
      expect(new Set(prefixes(role)), role).to.deep.equal(
        new Set(role === 'BackupTableCleanupRole' ? ['exports', 'snapshots'] : ['exports']),
      );
    for (const role of IMPORT)
      expect(new Set(prefixes(role)), role).to.deep.equal(
        new Set(READ_SNAPSHOTS.includes(role) ? ['restores', 'snapshots'] : ['restores']),
      );
    for (const role of VERIFY)
      expect(new Set(prefixes(role)), role).to.deep.equal(
        new Set(role === 'VerifyBackupRole' ? ['snapshots', 'verifications'] : ['verifications']),
      );
  });

  it('let only the export and the verification of the backup write snapshots', () => {
    const writers = roles(stackSetTemplate).filter((role) =>
      statementsOf(stackSetTemplate, role).some(
        (statement) =>
          list(statement.Action).some((action) => /^s3:(Put|Delete)/.test(action)) &&
          resourcesText(statement).includes('/snapshots/'),
      ),
    );
    expect(writers).to.deep.equal(['BackupTableCleanupRole', 'VerifyBackupRole']);
  });

  it('let the verification write neither to pools nor to the table', () => {
    for (const role of VERIFY) {
      expect(
        cognito(role).filter((action) => !COGNITO_READS.test(action)),
        role,
      ).to.deep.equal([]);
      expect(
        new Set(actionsOf(stackSetTemplate, role).filter((action) => action.startsWith('dynamodb:'))),
        role,
      ).to.deep.equal(new Set(['dynamodb:GetItem', 'dynamodb:Scan']));
    }
  });

  it('reach the table of the other Region only to read single items of it', () => {
    const other = granted(stackSetTemplate).filter(({ statement }) =>
      /:dynamodb:\$\{(Primary|Secondary)Region\}/.test(resourcesText(statement)),
    );
    expect(other.map(({ role, statement }) => [role, statement.Action])).to.deep.equal([
      ['BackupTableCleanupRole', 'dynamodb:GetItem'],
      ['VerifyBackupRole', 'dynamodb:GetItem'],
    ]);
  });

  it('let each list only what it may read', () => {
    for (const role of [...EXPORT, ...IMPORT, ...VERIFY]) {
      const listed = statementsOf(stackSetTemplate, role)
        .filter(({ Action }) => list(Action).includes('s3:ListBucket'))
        .flatMap(({ Condition }) =>
          list((Condition as { StringLike: { 's3:prefix': string | string[] } }).StringLike['s3:prefix']),
        );
      const reads = statementsOf(stackSetTemplate, role)
        .filter(({ Action }) => list(Action).includes('s3:GetObject'))
        .flatMap((statement) => prefixesIn([statement]));
      expect(listed.sort(), role).to.deep.equal(reads.map((prefix) => `${prefix}/*`).sort());
    }
  });
});

const NOT_THIS_ACCOUNT =
  '{"StringNotEquals":{"aws:ResourceAccount":{"Ref":"AWS::AccountId"}},"Null":{"aws:ResourceAccount":"false"}}';

describe('Policies that the local cloud does not evaluate', () => {
  it('of state machines: invoke their functions, deliver their logs, nothing else', () => {
    const machineRoles = rolesOf(stackSetTemplate).filter(({ trust }) =>
      JSON.stringify(trust).includes('states.amazonaws.com'),
    );
    expect(machineRoles.map(({ id }) => id)).to.deep.equal([
      'ExportWorkflowRole',
      'ImportWorkflowRole',
      'VerifyWorkflowRole',
    ]);
    for (const { id, statements } of machineRoles) {
      expect(
        statements.map(({ Sid }) => Sid),
        id,
      ).to.deep.equal(['InvokeFunctions', 'LogDelivery']);
      expect(statements[0]?.Action, id).to.equal('lambda:InvokeFunction');
      // What the guide of Step Functions asks for (logging to CloudWatch Logs).
      expect(statements[1], id).to.deep.include({
        Resource: '*',
        Action: [
          'logs:CreateLogDelivery',
          'logs:GetLogDelivery',
          'logs:UpdateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:DescribeResourcePolicies',
          'logs:DescribeLogGroups',
        ],
      });
    }
  });

  it('of the administration role: take the execution role, nothing else', () => {
    expect(
      statementsOf(mainTemplate, 'StackSetAdministrationRole').map(({ Action, Resource }) => ({ Action, Resource })),
    ).to.deep.equal([{ Action: 'sts:AssumeRole', Resource: { 'Fn::GetAtt': ['StackSetExecutionRole', 'Arn'] } }]);
  });
});

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
    };
    const types = [...new Set(Object.values(stackSetTemplate.Resources).map(({ Type }) => Type))].filter(
      (type) => !type.startsWith('Custom::'),
    );
    const allowed = new Set(statements.flatMap(({ Action }) => list(Action)).map((action) => action.split(':')[0]));
    expect(types.filter((type) => !allowed.has(services[type.split('::')[1] ?? '']))).to.deep.equal([]);
  });

  it('reaches only what belongs to the StackSet: all else is a template, a subscription, or a list, and says why', () => {
    const OURS =
      /(StackSet-CognitoUser|stackset-cognitouser|Workflow-\$\{SolutionConstantsCustomResource\.InstanceId\}|bucket-name-placeholder-)/;
    const everything = statements
      .filter(({ Resource }) => Resource === '*')
      .map(({ Sid, Action }) => [Sid, list(Action)]);
    expect(Object.fromEntries(everything)).to.deep.equal({
      Templates: ['cloudformation:GetTemplateSummary', 'cloudformation:ValidateTemplate', 'cloudformation:ListStacks'],
      BucketsOfStackSets: ['s3:GetObject', 's3:PutObject'],
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

  it('can neither delete buckets nor reach the backup table or user pools', () => {
    const inThisAccount = statements.filter(({ Condition }) => JSON.stringify(Condition ?? {}) !== NOT_THIS_ACCOUNT);
    const actions = inThisAccount.flatMap(({ Action }) => list(Action));
    expect(
      actions.filter((action) => /^(dynamodb|cognito-idp):|s3:DeleteBucket$|s3:.*Object$/.test(action)),
    ).to.deep.equal(['s3:GetObject']);
  });

  it('lets StackSets reach buckets of its own, as the User Guide demands, and no other bucket', () => {
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
    ];
    expect(needed.filter((action) => !actions.includes(action))).to.deep.equal([]);
  });
});
