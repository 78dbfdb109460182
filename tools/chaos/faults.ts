import type { FaultRule, SimulationConfig } from '../local-cloud/index.ts';
import type { SeededRandom } from '../demo/seed/random.ts';

/** One kind of thing that goes wrong: rules and settings of the gateway, made with the seed's own random numbers. */
export interface FaultKind {
  readonly name: string;
  readonly during: 'export' | 'import' | 'both';
  readonly rules?: (random: SeededRandom) => readonly FaultRule[];
  readonly settings?: (
    random: SeededRandom,
  ) => Partial<Pick<SimulationConfig, 'importJobs' | 'replicationLagMs' | 'quotas'>>;
}

/** Part of the name of every function of the workflows: they belong to the StackSet's instances. */
export const FUNCTIONS = 'StackSet-';

const LISTINGS = ['ListUsers', 'ListUsersInGroup', 'ListGroups', 'ListUserImportJobs'];
/** The services that the functions call, with the errors by which each throttles and fails. */
export const SERVICES = [
  {
    service: 'cognito-idp',
    throttle: { code: 'TooManyRequestsException', status: 400 },
    failure: { code: 'InternalErrorException', status: 500 },
  },
  {
    service: 'dynamodb',
    throttle: { code: 'ProvisionedThroughputExceededException', status: 400 },
    failure: { code: 'InternalServerError', status: 500 },
  },
  { service: 's3', throttle: { code: 'SlowDown', status: 503 }, failure: { code: 'InternalError', status: 500 } },
  {
    service: 'sqs',
    throttle: { code: 'RequestThrottled', status: 400 },
    failure: { code: 'InternalFailure', status: 500 },
  },
  { service: 'sns', throttle: { code: 'Throttled', status: 429 }, failure: { code: 'InternalError', status: 500 } },
  {
    service: 'states',
    throttle: { code: 'ThrottlingException', status: 400 },
    failure: { code: 'InternalFailure', status: 500 },
  },
  {
    service: 'logs',
    throttle: { code: 'ThrottlingException', status: 400 },
    failure: { code: 'ServiceUnavailableException', status: 503 },
  },
] as const;

/** Actions of which a run of twelve failures in a row outlasts the retries of the SDK, so that the function fails. */
const OUTAGES: Readonly<Record<'export' | 'import', readonly (readonly [string, string])[]>> = {
  export: [
    ['cognito-idp', 'DescribeUserPool'],
    ['cognito-idp', 'ListUsers'],
    ['cognito-idp', 'ListGroups'],
    ['cognito-idp', 'ListUsersInGroup'],
    ['dynamodb', 'GetItem'],
    ['dynamodb', 'PutItem'],
    ['dynamodb', 'BatchGetItem'],
    ['dynamodb', 'BatchWriteItem'],
    ['dynamodb', 'Scan'],
    ['dynamodb', 'TransactWriteItems'],
    ['s3', 'PutObject'],
    ['s3', 'GetObject'],
    ['s3', 'ListObjectsV2'],
    ['s3', 'DeleteObjects'],
    ['sqs', 'SendMessageBatch'],
    ['sqs', 'ReceiveMessage'],
    ['sns', 'Publish'],
  ],
  import: [
    ['cognito-idp', 'DescribeUserPool'],
    ['cognito-idp', 'GetCSVHeader'],
    ['cognito-idp', 'CreateUserImportJob'],
    ['cognito-idp', 'StartUserImportJob'],
    ['cognito-idp', 'DescribeUserImportJob'],
    ['cognito-idp', 'CreateGroup'],
    ['cognito-idp', 'AdminCreateUser'],
    ['cognito-idp', 'AdminSetUserPassword'],
    ['cognito-idp', 'AdminDisableUser'],
    ['cognito-idp', 'AdminAddUserToGroup'],
    ['cognito-idp', 'ListUsers'],
    ['cognito-idp', 'ListUsersInGroup'],
    ['cognito-idp', 'ListGroups'],
    ['dynamodb', 'GetItem'],
    ['dynamodb', 'Scan'],
    ['s3', 'PutObject'],
    ['s3', 'GetObject'],
    ['s3', 'ListObjectsV2'],
    ['s3', 'DeleteObjects'],
    ['sqs', 'SendMessageBatch'],
    ['sqs', 'ReceiveMessage'],
    ['sqs', 'DeleteMessageBatch'],
    ['logs', 'GetLogEvents'],
    ['sns', 'Publish'],
  ],
};

/** Calls per second that an account has left when its own traffic takes most of Cognito's quotas: half of CognitoTPS. */
const LOW_QUOTAS = {
  UserList: 12,
  UserUpdate: 12,
  UserCreation: 12,
  UserPoolRead: 12,
  UserPoolResourceRead: 12,
  UserPoolResourceUpdate: 12,
};

const seeded = (random: SeededRandom): number => random.integer(1, 2 ** 30);
export const SHORT_PAGES = 'short pages';
/** Small pools have tokens only with small pages. */
export const shortPages = (random: SeededRandom): FaultRule => ({
  label: SHORT_PAGES,
  service: 'cognito-idp',
  action: ['ListUsers', 'ListUsersInGroup', 'ListGroups'],
  caller: FUNCTIONS,
  fault: { kind: 'alter', members: { Limit: random.integer(9, 25) } },
});
const JOB_FORGOTTEN = 'killed when an import job was just created';
/** The next invocation finds the job by its name. */
export const jobForgotten: FaultRule = {
  label: JOB_FORGOTTEN,
  service: 'cognito-idp',
  action: 'CreateUserImportJob',
  caller: FUNCTIONS,
  times: 1,
  fault: { kind: 'kill', when: 'after' },
};
/** A group whose creation was answered to nobody is there when it is created again: then it is updated. */
export const groupTwice: FaultRule = {
  label: 'lost answer of CreateGroup',
  service: 'cognito-idp',
  action: 'CreateGroup',
  caller: FUNCTIONS,
  calls: [2],
  fault: { kind: 'drop-answer' },
};
const outage = (during: 'export' | 'import'): FaultKind => ({
  name: 'a call that fails twelve times in a row',
  during,
  rules: (random) =>
    Array.from({ length: 2 }, () => random.pick(OUTAGES[during])).map(([service, action]): FaultRule => {
      const first = random.integer(1, 6);
      return {
        service,
        action,
        caller: FUNCTIONS,
        calls: Array.from({ length: 12 }, (_, index) => first + index),
        fault: { kind: 'reset' },
      };
    }),
});

export const THROTTLED = 'throttled calls';
export const FAILED = 'server errors (5xx)';
export const CUT = 'cut connections';
/** What every action of every service must have met; see coverage.ts. */
export const EVERYWHERE = [THROTTLED, FAILED, CUT] as const;
export type Everywhere = (typeof EVERYWHERE)[number];

/** The first call of every single action goes wrong in this way. */
export const firstOfEachAction = (what: Everywhere): FaultRule[] =>
  what === CUT
    ? [{ label: CUT, caller: FUNCTIONS, calls: [1], perAction: true, fault: { kind: 'reset' } }]
    : SERVICES.map(({ service, throttle, failure }): FaultRule => ({
        label: what,
        service,
        caller: FUNCTIONS,
        calls: [1],
        perAction: true,
        fault: { kind: 'error', ...(what === THROTTLED ? throttle : failure) },
      }));

/** A rule for calls of the functions; what it draws for `where` comes before what it draws for the fault. */
const rule = (where: Omit<FaultRule, 'caller' | 'fault'>, fault: FaultRule['fault']): FaultRule => ({
  caller: FUNCTIONS,
  ...where,
  fault,
});
/** Strikes now and then, by random numbers of its own. */
const sometimes = (random: SeededRandom, probability: number) => ({ probability, seed: seeded(random) });
const cognito = (action: string) => ({ service: 'cognito-idp', action });

/** Half of the entries of this action's batches are left undone. */
const partial = (
  name: string,
  during: FaultKind['during'],
  where: Omit<FaultRule, 'caller' | 'fault'>,
  probability: number,
): FaultKind => ({
  name,
  during,
  rules: (random) => [rule({ ...where, ...sometimes(random, probability) }, { kind: 'partial', share: 0.5 })],
});

/** Continued listings go wrong in this way, on pages that are short enough to be continued. */
const tokens = (name: string, fault: FaultRule['fault']): FaultKind => ({
  name,
  during: 'both',
  rules: (random) => [
    ...LISTINGS.map((action) =>
      rule({ ...cognito(action), withToken: true, ...sometimes(random, 0.3), times: 2 }, fault),
    ),
    shortPages(random),
  ],
});

/** What the import jobs do, in the gateway's settings. */
const jobs = (
  name: string,
  importJobs: (random: SeededRandom) => NonNullable<SimulationConfig['importJobs']>,
): FaultKind => ({ name, during: 'import', settings: (random) => ({ importJobs: importJobs(random) }) });

/** The first start of a job goes wrong in this way. */
const firstStart = (fault: FaultRule['fault']): FaultRule[] => [
  rule({ ...cognito('StartUserImportJob'), times: 1 }, fault),
];
const ANOTHER_JOB: FaultRule['fault'] = {
  kind: 'error',
  code: 'PreconditionNotMetException',
  message: 'Another user import job is already active in this account.',
  status: 400,
};

/** Everything that is injected by rule. A rule that comes first decides, so what is always on comes last. */
export const FAULT_KINDS: readonly FaultKind[] = [
  outage('export'),
  outage('import'),
  {
    name: THROTTLED,
    during: 'both',
    rules: (random) =>
      SERVICES.map(({ service, throttle }) =>
        rule({ service, ...sometimes(random, service === 'cognito-idp' ? 0.02 : 0.1) }, { kind: 'error', ...throttle }),
      ),
    settings: () => ({ quotas: LOW_QUOTAS }),
  },
  {
    name: FAILED,
    during: 'both',
    rules: (random) =>
      SERVICES.map(({ service, failure }) =>
        rule({ service, ...sometimes(random, 0.1) }, { kind: 'error', ...failure }),
      ),
  },
  { name: CUT, during: 'both', rules: (random) => [rule(sometimes(random, 0.1), { kind: 'reset' })] },
  { name: 'lost answers', during: 'both', rules: (random) => [rule(sometimes(random, 0.1), { kind: 'drop-answer' })] },
  {
    name: 'slow answers',
    during: 'both',
    rules: (random) => [rule(sometimes(random, 0.05), { kind: 'delay', ms: random.integer(200, 1_500) })],
  },
  {
    name: 'killed functions',
    during: 'both',
    rules: (random) =>
      (['before', 'after'] as const).map((when) =>
        rule({ ...sometimes(random, 0.02), times: 3 }, { kind: 'kill', when }),
      ),
  },
  // A restore reads the table by scans and writes nothing to it but its lease.
  partial('UnprocessedItems of batch writes', 'export', { service: 'dynamodb', action: 'BatchWriteItem' }, 0.7),
  partial('UnprocessedKeys of batch reads', 'export', { service: 'dynamodb', action: 'BatchGetItem' }, 0.7),
  partial('Failed entries of SQS', 'both', { service: 'sqs', action: ['SendMessageBatch', 'DeleteMessageBatch'] }, 0.6),
  {
    name: 'messages twice and again',
    during: 'both',
    rules: (random) => [
      rule({ service: 'sqs', action: 'SendMessageBatch' }, { kind: 'twice' }),
      rule(
        { service: 'sqs', action: 'ReceiveMessage', ...sometimes(random, 0.5), times: 5 },
        { kind: 'alter', members: { VisibilityTimeout: 0 } },
      ),
    ],
  },
  {
    name: 'late messages',
    during: 'both',
    rules: (random) => [
      rule({ service: 'sqs', action: 'SendMessageBatch' }, { kind: 'late', seconds: random.integer(2, 6) }),
    ],
  },
  tokens('expired pagination tokens', {
    kind: 'error',
    code: 'InvalidParameterException',
    message: 'Invalid pagination token given.',
    status: 400,
  }),
  tokens('repeated pagination tokens', { kind: 'repeat-token' }),
  {
    name: 'empty pages with a token',
    during: 'both',
    rules: (random) => [
      rule({ service: 'cognito-idp', action: LISTINGS, ...sometimes(random, 0.25) }, { kind: 'empty-page' }),
    ],
  },
  { name: SHORT_PAGES, during: 'both', rules: (random) => [shortPages(random)] },
  {
    name: 'lagging replica',
    during: 'export',
    settings: (random) => ({ replicationLagMs: random.integer(500, 4_000) }),
  },
  jobs('import jobs that end Failed half-way', (random) => ({
    endEarly: { afterRows: random.integer(1, 60), as: 'Failed', jobs: random.integer(1, 4) },
  })),
  jobs('import jobs that are stopped half-way', (random) => ({
    endEarly: { afterRows: random.integer(1, 60), as: 'Stopped', jobs: random.integer(1, 3) },
  })),
  jobs('import jobs that fail for too many refused rows', () => ({ tooMany: { rows: 1, share: 0 } })),
  jobs('late job logs', (random) => ({ logDelayMs: random.integer(1_000, 12_000) })),
  jobs('incomplete job logs', (random) => ({
    dropEveryNthLogLine: random.integer(1, 4),
    endEarly: { afterRows: random.integer(5, 50), as: 'Failed', jobs: 1 },
  })),
  jobs('import jobs that take their time', (random) => ({
    usersPerSecond: random.integer(10, 30),
    pendingMs: random.integer(0, 3_000),
  })),
  {
    name: 'lost answer of StartUserImportJob',
    during: 'import',
    rules: () => firstStart({ kind: 'drop-answer' }),
  },
  { name: JOB_FORGOTTEN, during: 'import', rules: () => [jobForgotten] },
  { name: 'another active import job', during: 'import', rules: () => firstStart(ANOTHER_JOB) },
  {
    name: 'import jobs that expire before they start',
    during: 'import',
    rules: () => firstStart(ANOTHER_JOB),
    settings: () => ({ importJobs: { expiresAfterMs: 10_000 } }),
  },
];
