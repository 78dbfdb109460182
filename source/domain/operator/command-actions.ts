import { SETTINGS_NAME, SNAPSHOTS_PREFIX, THINNED_MANIFESTS_PREFIX } from '../backup/snapshot/names.ts';
import { ADOPTED_PREFIX } from '../backup/snapshot/place.ts';
import { LAST_DRILL_KEY } from '../drill/report.ts';
import { CALL_PERMIT_KEYS } from '../state/call-permit.ts';
import { LAST_KEY } from '../verify/backup/last.ts';
import { VERIFICATIONS_PREFIX } from '../verify/verify-event.ts';
import { EXECUTION_PROGRESS_PREFIX } from '../workflow/progress.ts';

/** On what an action is needed; the operator policy names the resources of the installation. */
export type ActedOn =
  | 'everything'
  | 'main stack'
  | "StackSet's stacks"
  | 'ExportWorkflow'
  | 'ImportWorkflow'
  | 'VerifyWorkflow'
  | 'DrillWorkflow'
  | 'state machines'
  | 'executions'
  | 'mapping-file buckets'
  | 'backup table'
  | 'table of the retired solution'
  | 'user pool'
  | 'topics'
  | 'dead-letter queues'
  | 'event rules';

/** An AWS action that a command calls. */
export interface CalledAction {
  /** As IAM names it. */
  readonly action: string;
  readonly on: ActedOn;
  /** Of a bucket: below which keys, `*` standing for anything. */
  readonly keys?: readonly string[];
  /** The keys for who may not see users: the command then tells what it can without. */
  readonly keysWithoutUsers?: readonly string[];
  /** Why it is on everything. */
  readonly reason?: string;
}

const PROGRESS = `${EXECUTION_PROGRESS_PREFIX}*`;
const RESTORES = 'restores/*';
const SNAPSHOTS = `${SNAPSHOTS_PREFIX}*`;
const ADOPTED = `${ADOPTED_PREFIX}${SNAPSHOTS_PREFIX}*`;
const THINNED = `${THINNED_MANIFESTS_PREFIX}*`;
const SETTINGS = `${SNAPSHOTS_PREFIX}*/${SETTINGS_NAME}`;
const MANIFESTS = [`${SNAPSHOTS_PREFIX}*/manifest.json`, THINNED];
/** Who holds it may call Cognito for a comparison. */
const PERMIT = CALL_PERMIT_KEYS.VerifyWorkflow;
const VERIFICATIONS = `${VERIFICATIONS_PREFIX}*`;

const bucket = (read: readonly string[], listed: readonly string[] = read): readonly CalledAction[] => [
  { action: 's3:GetObject', on: 'mapping-file buckets', keys: read },
  { action: 's3:ListBucket', on: 'mapping-file buckets', keys: listed },
];

/** How every command finds the installation that is meant. */
const FINDING: readonly CalledAction[] = [
  {
    action: 'cloudformation:DescribeStacks',
    on: 'everything',
    reason: 'without --stack the launch is looked for among all stacks of the Region',
  },
  { action: 'sts:GetCallerIdentity', on: 'everything', reason: 'IAM takes no resource; it needs no permission either' },
];
const FOLLOWING: readonly CalledAction[] = [{ action: 'states:DescribeExecution', on: 'executions' }];

/** What restores single users: reads who is meant, stores what is asked for, and follows the workflow. */
const selecting = (read: readonly string[], listed: readonly string[]): readonly CalledAction[] => [
  ...FINDING,
  ...FOLLOWING,
  { action: 'states:StartExecution', on: 'ImportWorkflow' },
  { action: 's3:PutObject', on: 'mapping-file buckets', keys: ['restores/*/selections/*/request.json'] },
  { action: 'cognito-idp:ListPointInTimeRecoveries', on: 'user pool' },
  ...bucket([PROGRESS, 'restores/*/selections/*', ...read], [PROGRESS, RESTORES, ...listed]),
];

/** What `new-pool` reads of a pool, and makes in the one that it has made. */
const MAKING_A_POOL = [
  'DescribeUserPool',
  'GetUserPoolMfaConfig',
  'ListUserPoolClients',
  'DescribeUserPoolClient',
  'ListResourceServers',
  'ListIdentityProviders',
  'DescribeIdentityProvider',
  'GetUICustomization',
  'DescribeManagedLoginBrandingByClient',
  'DescribeRiskConfiguration',
  'GetLogDeliveryConfiguration',
  'ListTerms',
  'DescribeTerms',
  'AddCustomAttributes',
  'SetUserPoolMfaConfig',
  'CreateResourceServer',
  'CreateIdentityProvider',
  'CreateUserPoolClient',
  'CreateManagedLoginBranding',
  'UpdateManagedLoginBranding',
  'SetUICustomization',
  'CreateTerms',
  'SetRiskConfiguration',
  'SetLogDeliveryConfiguration',
];

/**
 * What each command calls on AWS, by the command's name; a test holds it against what the commands do call. The operator
 * policy of docs/security.md is made of it.
 */
export const COMMAND_ACTIONS: Readonly<Record<string, readonly CalledAction[]>> = {
  status: [
    ...FINDING,
    { action: 'cloudformation:ListStackResources', on: "StackSet's stacks" },
    ...FOLLOWING,
    { action: 'states:ListExecutions', on: 'state machines' },
    { action: 'dynamodb:GetItem', on: 'backup table' },
    { action: 'dynamodb:DescribeTable', on: 'backup table' },
    { action: 'cognito-idp:DescribeUserPool', on: 'user pool' },
    {
      action: 'events:ListRuleNamesByTarget',
      on: 'everything',
      reason: 'a rule that somebody made by hand can have any name',
    },
    { action: 'events:DescribeRule', on: 'event rules' },
    { action: 'sns:ListSubscriptionsByTopic', on: 'topics' },
    { action: 'sqs:GetQueueAttributes', on: 'dead-letter queues' },
    { action: 'cloudwatch:DescribeAlarms', on: 'everything', reason: 'an alarm can be asked for by composite ones' },
    ...bucket([LAST_KEY, LAST_DRILL_KEY], [LAST_KEY, LAST_DRILL_KEY, SNAPSHOTS]),
  ],
  export: [...FINDING, ...FOLLOWING, { action: 'states:StartExecution', on: 'ExportWorkflow' }, ...bucket([PROGRESS])],
  import: [
    ...FINDING,
    ...FOLLOWING,
    { action: 'states:StartExecution', on: 'ImportWorkflow' },
    ...bucket(
      [PROGRESS, 'restores/*/report.json', `${SNAPSHOTS_PREFIX}*/manifest.json`],
      [PROGRESS, RESTORES, SNAPSHOTS],
    ),
  ],
  'new-pool': [
    ...FINDING,
    { action: 'dynamodb:GetItem', on: 'backup table' },
    ...bucket([...MANIFESTS, SETTINGS], [SNAPSHOTS, THINNED]),
    {
      action: 'cognito-idp:CreateUserPool',
      on: 'everything',
      reason: 'IAM takes no resource for it',
    },
    {
      action: 'cognito-idp:ListUserPools',
      on: 'everything',
      reason: 'IAM takes no resource for it',
    },
    {
      action: 'cognito-idp:DescribeUserPoolDomain',
      on: 'everything',
      reason: 'IAM takes no resource for a domain',
    },
    ...MAKING_A_POOL.map((action) => ({ action: `cognito-idp:${action}`, on: 'user pool' as const })),
  ],
  'restore-user': selecting([SNAPSHOTS, THINNED], [SNAPSHOTS, THINNED]),
  'restore-group': selecting([SNAPSHOTS, THINNED], [SNAPSHOTS, THINNED]),
  undo: selecting([], []),
  verify: [...FINDING, ...FOLLOWING, { action: 'states:StartExecution', on: 'VerifyWorkflow' }, ...bucket([PROGRESS])],
  drill: [...FINDING, ...FOLLOWING, { action: 'states:StartExecution', on: 'DrillWorkflow' }, ...bucket([PROGRESS])],
  attach: [
    ...FINDING,
    ...FOLLOWING,
    { action: 'states:ListExecutions', on: 'state machines' },
    ...bucket([PROGRESS, 'restores/*/report.json'], [PROGRESS, RESTORES]),
  ],
  report: [
    ...FINDING,
    ...FOLLOWING,
    { action: 'states:ListExecutions', on: 'state machines' },
    ...bucket([RESTORES, VERIFICATIONS]),
  ],
  runs: [...FINDING, ...bucket([...MANIFESTS, LAST_KEY], [SNAPSHOTS, THINNED, LAST_KEY])],
  diff: [
    ...FINDING,
    ...bucket([SNAPSHOTS, THINNED, ADOPTED, PERMIT]),
    { action: 's3:PutObject', on: 'mapping-file buckets', keys: [PERMIT] },
    { action: 'cognito-idp:DescribeUserPool', on: 'user pool' },
    { action: 'cognito-idp:ListUsers', on: 'user pool' },
    { action: 'cognito-idp:ListGroups', on: 'user pool' },
    { action: 'cognito-idp:ListUsersInGroup', on: 'user pool' },
  ],
  show: [...FINDING, ...bucket([SNAPSHOTS, THINNED])],
  history: [...FINDING, ...bucket([SNAPSHOTS, THINNED])],
  damage: [
    ...FINDING,
    {
      action: 's3:GetObject',
      on: 'mapping-file buckets',
      keys: [SNAPSHOTS, THINNED],
      keysWithoutUsers: MANIFESTS,
    },
    { action: 's3:ListBucket', on: 'mapping-file buckets', keys: [SNAPSHOTS, THINNED] },
    { action: 'cognito-idp:DescribeUserPool', on: 'user pool' },
  ],
  adopt: [
    ...FINDING,
    { action: 'dynamodb:Query', on: 'table of the retired solution' },
    { action: 'dynamodb:GetItem', on: 'table of the retired solution' },
    { action: 'dynamodb:Scan', on: 'table of the retired solution' },
    ...bucket([ADOPTED]),
    { action: 's3:PutObject', on: 'mapping-file buckets', keys: [ADOPTED] },
  ],
};
