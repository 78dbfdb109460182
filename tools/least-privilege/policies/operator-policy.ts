/** Policies for people who use the command line, by what they do. Placeholders in capitals are the reader's own names. */
import { tablePrefixOf } from '../../../source/domain/backup/table-name.ts';
import { statementsOf } from '../../../source/domain/operator/permissions/roles.ts';
import { COMMAND_ACTIONS } from '../../../source/domain/operator/command-actions.ts';
import type { ActedOn } from '../../../source/domain/operator/command-actions.ts';
import { list } from '../../../source/domain/operator/permissions/template.ts';
import type { Template } from '../../../source/domain/operator/permissions/template.ts';

/** A statement that is printed: ARNs are plain texts. */
export interface OperatorStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** One policy, with what it is for. */
export interface OperatorPolicy {
  readonly name: string;
  readonly commands: readonly string[];
  readonly statements: readonly OperatorStatement[];
  /** What it needs beside them where `KmsKeyArn` is set, and only there. */
  readonly withKey?: OperatorStatement;
}

/** Why a statement has to name every resource; of those of COMMAND_ACTIONS the reason stands there. */
const REASONS_FOR_EVERYTHING: Readonly<Record<string, string>> = {
  FindLaunches: 'a launch is looked for among all stacks of the Region',
  Lists: 'lists of everything',
  FindDeployed: 'these support no resource-level permissions',
  CheckTemplate: 'these concern a template, which is no resource yet',
};
/** IAM asks for no permission. */
const WITHOUT_PERMISSION = 'sts:GetCallerIdentity';

const arn = (service: string, resource: string): string => `arn:aws:${service}:*:ACCOUNT:${resource}`;
const MAPPING_FILES = 'arn:aws:s3:::stackset-cognitouser*';
const ASSETS = 'arn:aws:s3:::ASSET-BUCKET-*';
const TABLE = arn('dynamodb', `table/${tablePrefixOf('STACK')}*`);
const OWN_BUCKETS = { StringEquals: { 'aws:ResourceAccount': 'ACCOUNT' } };
const machine = (workflow: string): string => arn('states', `stateMachine:${workflow}Workflow-*`);

const allow = (
  Sid: string,
  Action: readonly string[],
  Resource: OperatorStatement['Resource'],
  Condition?: OperatorStatement['Condition'],
): OperatorStatement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

/** The ARNs of what a command acts on. */
const WHERE: Readonly<Record<ActedOn, readonly string[]>> = {
  everything: ['*'],
  'main stack': [arn('cloudformation', 'stack/STACK/*')],
  "StackSet's stacks": [arn('cloudformation', 'stack/StackSet-CognitoUserProfilesExport-*')],
  ExportWorkflow: [machine('Export')],
  ImportWorkflow: [machine('Import')],
  VerifyWorkflow: [machine('Verify')],
  DrillWorkflow: [machine('Drill')],
  'state machines': [machine('Export'), machine('Import'), machine('Verify'), machine('Drill')],
  executions: ['Export', 'Import', 'Verify', 'Drill'].map((name) => arn('states', `execution:${name}Workflow-*`)),
  'mapping-file buckets': [MAPPING_FILES],
  'backup table': [TABLE],
  'table of the retired solution': [arn('dynamodb', 'table/RETIRED-TABLE')],
  'user pool': [arn('cognito-idp', 'userpool/*')],
  topics: [arn('sns', 'StackSet-CognitoUser*')],
  'dead-letter queues': [arn('sqs', 'StackSet-CognitoUser*')],
  'event rules': [arn('events', 'rule/*')],
};

/**
 * What these commands call, one statement for each kind of resource; what needs no permission is left out.
 * @param users whether the users in the backup may be seen
 */
function calling(commands: readonly string[], users: 'seen' | 'unseen'): readonly OperatorStatement[] {
  const called = commands.flatMap((command) => COMMAND_ACTIONS[command] ?? []);
  const groups = new Map<string, { on: ActedOn; action?: string; actions: Set<string>; keys: Set<string> }>();
  for (const { action, on, keys = [], keysWithoutUsers = keys } of called) {
    if (action === WITHOUT_PERMISSION) continue;
    // In a bucket objects and list are told apart: other ARNs, other conditions.
    const name = on === 'mapping-file buckets' ? action : on;
    const group = groups.get(name) ?? { on, actions: new Set(), keys: new Set() };
    group.actions.add(action);
    for (const key of users === 'seen' ? keys : keysWithoutUsers) group.keys.add(key);
    groups.set(name, group);
  }
  return [...groups].map(([name, { on, actions, keys }]) => {
    const sid = sidOf(name);
    const sorted = [...actions].sort();
    if (name === 's3:GetObject' || name === 's3:PutObject')
      return allow(
        sid,
        sorted,
        [...keys].map((key) => `${MAPPING_FILES}/${key}`),
        OWN_BUCKETS,
      );
    if (name === 's3:ListBucket')
      return allow(sid, sorted, WHERE[on], { ...OWN_BUCKETS, StringLike: { 's3:prefix': [...keys] } });
    return allow(sid, sorted, on === 'everything' ? '*' : WHERE[on]);
  });
}

/** `StackSet's stacks` -> `StackSetsStacks`. */
const sidOf = (name: string): string =>
  name
    .replaceAll("'", '')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** Of a statement of the StackSet's execution role: what CloudFormation does for a type is the same for both templates. */
function actionsOf(main: Template, sid: string): readonly string[] {
  const statement = statementsOf(main, 'StackSetExecutionRole').find(({ Sid }) => Sid === sid);
  if (statement === undefined) throw new Error(`The StackSet's execution role has no statement ${sid}.`);
  return list(statement.Action);
}

/** CloudFormation makes the main stack with the permissions of who asks for it. */
const launching = (main: Template): readonly OperatorStatement[] => [
  allow('FindLaunches', ['cloudformation:DescribeStacks'], '*'),
  allow('Stacks', ['cloudformation:ListStackResources'], [...WHERE['main stack'], ...WHERE["StackSet's stacks"]]),
  allow(
    'Launch',
    [
      'cloudformation:CreateChangeSet',
      'cloudformation:DescribeChangeSet',
      'cloudformation:ExecuteChangeSet',
      'cloudformation:DeleteChangeSet',
      'cloudformation:ListChangeSets',
      'cloudformation:DescribeStackEvents',
      'cloudformation:GetTemplate',
      'cloudformation:DeleteStack',
    ],
    arn('cloudformation', 'stack/STACK/*'),
  ),
  allow(
    'StackSet',
    ['cloudformation:DescribeStackSet', 'cloudformation:ListStackInstances'],
    arn('cloudformation', 'stackset/CognitoUserProfilesExport-*'),
  ),
  // Before the workflows are gone, pools of drills are.
  allow('EndDrills', ['states:StopExecution', 'states:DescribeExecution'], arn('states', 'execution:DrillWorkflow-*')),
  allow('CleanUpDrills', ['states:StartExecution'], machine('Drill')),
  allow(
    'RecordsOfDrills',
    ['s3:GetObject'],
    [`${MAPPING_FILES}/drills/pools/*`, `${MAPPING_FILES}/progress/*`],
    OWN_BUCKETS,
  ),
  allow('FindRecordsOfDrills', ['s3:ListBucket'], MAPPING_FILES, {
    ...OWN_BUCKETS,
    StringLike: { 's3:prefix': ['drills/pools/*', 'progress/*'] },
  }),
  allow(
    'AssetBuckets',
    ['s3:CreateBucket', 's3:ListBucket', 's3:PutBucketPublicAccessBlock', 's3:PutBucketTagging', 's3:GetBucketTagging'],
    ASSETS,
  ),
  allow('Assets', ['s3:PutObject', 's3:GetObject'], `${ASSETS}/*`),
  allow('RolesOfTheStack', actionsOf(main, 'Roles'), 'arn:aws:iam::ACCOUNT:role/STACK-*'),
  allow('PassRolesOfTheStack', ['iam:PassRole'], 'arn:aws:iam::ACCOUNT:role/STACK-*', {
    StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' },
  }),
  allow('FunctionsOfTheStack', actionsOf(main, 'Functions'), arn('lambda', 'function:STACK-*')),
  allow('LogGroupsOfTheStack', actionsOf(main, 'LogGroups'), arn('logs', 'log-group:STACK-*')),
  allow('FindDeployed', actionsOf(main, 'FindLogGroups'), '*'),
  allow(
    'TableOfTheStack',
    [
      'dynamodb:CreateTable',
      'dynamodb:UpdateTable',
      'dynamodb:DescribeTable',
      'dynamodb:DescribeContinuousBackups',
      'dynamodb:UpdateContinuousBackups',
      'dynamodb:DescribeContributorInsights',
      'dynamodb:DescribeKinesisStreamingDestination',
      'dynamodb:DescribeTimeToLive',
      'dynamodb:GetResourcePolicy',
      'dynamodb:ListTagsOfResource',
      'dynamodb:TagResource',
      'dynamodb:UntagResource',
    ],
    TABLE,
  ),
  allow('CheckTemplate', ['cloudformation:ValidateTemplate', 'cloudformation:GetTemplateSummary'], '*'),
];

const deletingData: readonly OperatorStatement[] = [
  allow('DeleteTable', ['dynamodb:DeleteTable', 'dynamodb:DeleteTableReplica'], TABLE),
  allow(
    'DeleteBuckets',
    ['s3:ListBucketVersions', 's3:DeleteBucket', 's3:GetBucketTagging'],
    [MAPPING_FILES, ASSETS],
    OWN_BUCKETS,
  ),
  allow(
    'DeleteObjects',
    ['s3:DeleteObject', 's3:DeleteObjectVersion'],
    [`${MAPPING_FILES}/*`, `${ASSETS}/*`],
    OWN_BUCKETS,
  ),
  allow(
    'DeleteLogGroups',
    ['logs:DeleteLogGroup'],
    [
      arn('logs', 'log-group:STACK-*'),
      arn('logs', 'log-group:StackSet-CognitoUser*'),
      arn('logs', 'log-group:/aws/vendedlogs/states/*Workflow-*'),
    ],
  ),
  allow('Lists', ['s3:ListAllMyBuckets', 'dynamodb:ListTables'], '*'),
];

/**
 * Whoever reads or stores what is encrypted by a customer's key needs the key, too, through the service that holds it (KMS
 * Developer Guide, kms:ViaService): `Decrypt` of tables and objects, `GenerateDataKey` for an object that is stored.
 */
function onTheKey(statements: readonly OperatorStatement[]): OperatorStatement {
  const actions = new Set(statements.flatMap(({ Action }) => Action));
  const services = ENCRYPTED.filter(({ reads }) => reads.some((action) => actions.has(action)));
  return allow(
    'CustomerKey',
    ['kms:Decrypt', ...(actions.has('s3:PutObject') ? ['kms:GenerateDataKey'] : [])],
    arn('kms', 'key/KEY'),
    { StringLike: { 'kms:ViaService': services.map(({ service }) => `${service}.*.amazonaws.com`) } },
  );
}
const ENCRYPTED = [
  { service: 's3', reads: ['s3:GetObject'] },
  { service: 'dynamodb', reads: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan'] },
] as const;

/** What Cognito asks for beside its own actions: tags, and what a pool sends with or is encrypted by. */
const makingPools: readonly OperatorStatement[] = [
  allow('TagNewPool', ['cognito-idp:TagResource'], WHERE['user pool']),
  allow('PassRoleForSms', ['iam:PassRole'], 'arn:aws:iam::ACCOUNT:role/*', {
    StringEquals: { 'iam:PassedToService': 'cognito-idp.amazonaws.com' },
  }),
  allow(
    'RoleForMail',
    ['iam:CreateServiceLinkedRole'],
    'arn:aws:iam::ACCOUNT:role/aws-service-role/email.cognito-idp.amazonaws.com/*',
  ),
  allow('KeyOfPool', ['kms:CreateGrant', 'kms:DescribeKey'], arn('kms', 'key/*'), {
    StringLike: { 'kms:ViaService': 'cognito-idp.*.amazonaws.com' },
  }),
];

/** The policies, each complete in itself. */
export const operatorPolicies = (main: Template): readonly OperatorPolicy[] => {
  const policy = (name: string, commands: readonly string[], users: 'seen' | 'unseen' = 'unseen'): OperatorPolicy => {
    const statements = calling(commands, users);
    return { name, commands, statements, withKey: onTheKey(statements) };
  };
  const reading = ['status', 'attach', 'report', 'runs', 'damage'];
  return [
    policy('Read only', reading),
    policy('Operate', [...reading, 'export', 'verify', 'drill']),
    // The snapshots that diff, show and history read are the users themselves.
    policy(
      'Restore',
      [...reading, 'diff', 'show', 'history', 'import', 'restore-user', 'restore-group', 'undo', 'verify'],
      'seen',
    ),
    {
      name: 'New pool',
      commands: ['new-pool', 'runs'],
      statements: [...calling(['new-pool', 'runs'], 'unseen'), ...makingPools],
    },
    // Once: whoever reads the retired table sees everybody in it.
    policy('Adopt', ['adopt'], 'seen'),
    { name: 'Deploy', commands: ['deploy', 'uninstall'], statements: launching(main) },
    { name: 'Delete data', commands: ['uninstall --delete-data'], statements: deletingData },
  ];
};

/** The policies as a reader copies them. Markdown. */
export const operatorPolicyText = (main: Template): string =>
  operatorPolicies(main)
    .map(({ name, commands, statements, withKey }) =>
      [
        `### ${name}`,
        `For ${commands.map((command) => `\`${command}\``).join(', ')}.${reasonsIn(commands, statements)}`,
        asBlock({ Version: '2012-10-17', Statement: statements }),
        ...(withKey === undefined ? [] : ['With `KmsKeyArn` this statement, too:', asBlock(withKey)]),
      ].join('\n\n'),
    )
    .join('\n\n');

const asBlock = (value: unknown): string => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;

function reasonsIn(commands: readonly string[], statements: readonly OperatorStatement[]): string {
  const ofCommands = commands
    .flatMap((command) => COMMAND_ACTIONS[command] ?? [])
    .flatMap(({ action, reason }) =>
      reason === undefined || action === WITHOUT_PERMISSION ? [] : [`\`${action}\`: ${reason}`],
    );
  const own = statements.flatMap(({ Sid, Resource }) =>
    Resource === '*' && REASONS_FOR_EVERYTHING[Sid] !== undefined ? [`\`${Sid}\`: ${REASONS_FOR_EVERYTHING[Sid]}`] : [],
  );
  const reasons = [...new Set([...ofCommands, ...own])];
  return reasons.length === 0 ? '' : ` Why on \`*\`: ${reasons.join('; ')}.`;
}
