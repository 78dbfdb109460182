import type { NotifySettings } from '../../../source/domain/workflow/notices/notify.ts';

/** An execution of ExportWorkflow in the primary Region. */
export const EXPORT_ARN = 'arn:aws:states:eu-west-1:000000000000:execution:ExportWorkflow-0123456789ab:run-1';
/** An execution of ImportWorkflow in the backup Region. */
export const IMPORT_ARN = 'arn:aws:states:eu-central-1:000000000000:execution:ImportWorkflow-0123456789ab:run-2';
/** When the executions of these events began, as Step Functions gives it. */
export const EXECUTION_START = '2026-03-01T00:00:00Z';
/** Every notice is world.sent. */
export const NOTICE_SETTINGS: NotifySettings = {
  preference: 'INFO_AND_ERRORS',
  primaryRegion: 'eu-west-1',
  userPoolId: 'eu-west-1_Source',
  tableName: 'main-BackupTable-1',
  exportWorkflowArn: 'arn:aws:states:eu-west-1:000000000000:stateMachine:ExportWorkflow-0123456789ab',
};

/** Users, groups and memberships, as a manifest counts them. */
export const noticeCounts = (users: number, groups: number, memberships: number) => ({ users, groups, memberships });

/** What an export of 2,000 users ends with. */
export const EXPORT_RESULT = {
  done: true,
  manifest: {
    runId: '20260301T000000Z-12345678',
    userPoolId: 'eu-west-1_Source',
    counts: noticeCounts(2000, 12, 2400),
    added: noticeCounts(5, 1, 7),
    changed: noticeCounts(3, 0, 0),
    deleted: noticeCounts(2, 0, 1),
    skipped: { federatedUsers: 3, federatedMemberships: 1 },
  },
};
const IMPORT_COUNTS = {
  usersInBackup: 2000,
  usersRestored: 2000,
  usersExcluded: 0,
  usersMissing: 0,
  usersBlocked: 0,
  usersDifferent: 0,
  usersWithoutPassword: 0,
  usersWithoutVerifiedAddress: 0,
  usersCreatedOneByOne: 40,
  groups: 12,
  groupsMissingOrDifferent: 0,
  memberships: 2400,
  membershipsMissing: 0,
  membershipsWithoutUser: 0,
  unknownUsers: 0,
  unknownGroups: 0,
  unknownMemberships: 0,
  importJobs: 2,
};
const REPORT = { bucket: 'mapping', keys: ['restores/p/r/report/report.json', 'restores/p/r/report/failures.csv'] };

/** A workflow whose state caught an error. */
export const workflowFailed = (error: object, workflow = 'ExportWorkflow', executionArn = EXPORT_ARN) => ({
  event: 'failed',
  workflow,
  executionArn,
  startTime: EXECUTION_START,
  error,
});

/** ExportWorkflow at its end, with nothing to warn of. */
export const exportFinished = () => ({
  event: 'finished',
  workflow: 'ExportWorkflow',
  executionArn: EXPORT_ARN,
  startTime: EXECUTION_START,
  result: EXPORT_RESULT,
});

/** ImportWorkflow at its end; `over` holds the counts in which it is not a complete restore of 2,000 users. */
export const importFinished = (outcome: string, over: object = {}) => ({
  event: 'finished',
  workflow: 'ImportWorkflow',
  executionArn: IMPORT_ARN,
  startTime: EXECUTION_START,
  result: { done: true, outcome, counts: { ...IMPORT_COUNTS, ...over }, report: REPORT },
});

/** What EventBridge says of an execution of ImportWorkflow that has ended, however it did. */
export const executionEnded = (status: string, over: object = {}) => ({
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  detail: {
    executionArn: IMPORT_ARN,
    stateMachineArn: 'arn:aws:states:eu-central-1:000000000000:stateMachine:ImportWorkflow-0123456789ab',
    name: 'run-2',
    status,
    startDate: Date.parse(EXECUTION_START),
    stopDate: Date.parse(EXECUTION_START) + 7_500_000,
    input: '{"canary": 1}',
    output: null,
    ...over,
  },
});

/** A failure as Step Functions hands on what a function threw. */
export const lambdaError = (errorType: string, errorMessage: string) => ({
  Error: errorType,
  Cause: JSON.stringify({ errorType, errorMessage, trace: ['at canary'] }),
});
