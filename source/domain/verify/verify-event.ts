import { Fault } from '../errors.ts';

/** What a start of VerifyWorkflow may ask for; defaults filled in. */
export interface VerifyOptions {
  /** A pool of this Region that is compared with the backup. */
  readonly userPoolId?: string;
  /** Share of the snapshot's objects that are read, 1 to 100. */
  readonly percent: number;
  /** Who started it: `Schedule`, or what the operator gave. */
  readonly trigger?: string;
  /** Calls per second to Cognito, 1 to 25. */
  readonly cognitoTps?: number;
}

/** The state of VerifyWorkflow, as every function after CheckStateMachine gets it. */
export interface VerifyEvent {
  readonly executionArn: string;
  readonly options: VerifyOptions;
}

/** What VerifyBackup gets: the state has its own last answer in it. */
export interface LookEvent extends VerifyEvent {
  /** Differences after which the state machine has waited. */
  readonly waitedAfter: number;
}

/** After VerifyBackup, where a pool is to be compared. */
export interface CompareEvent extends VerifyEvent {
  readonly userPoolId: string;
  /** The run that VerifyBackup found in order. */
  readonly runId: string;
}

const wrong = (what: string): Fault =>
  new Fault(
    'BadState',
    `The state machine's event has no ${what}: the workflow's definition and its functions do not belong together.`,
  );

/** Fault BadState when the event is not what the workflow hands over. The options themselves were checked at the start. */
function parseVerifyEvent(event: unknown): VerifyEvent {
  const { executionArn, options } = (event ?? {}) as Partial<VerifyEvent>;
  if (typeof executionArn !== 'string') throw wrong('executionArn');
  if (typeof options?.percent !== 'number') throw wrong('options.percent');
  return { executionArn, options };
}

export function parseLookEvent(event: unknown): LookEvent {
  const { backup } = (event ?? {}) as { readonly backup?: { readonly differences?: unknown } };
  return { ...parseVerifyEvent(event), waitedAfter: typeof backup?.differences === 'number' ? backup.differences : 0 };
}

export function parseCompareEvent(event: unknown): CompareEvent {
  const { backup } = (event ?? {}) as { readonly backup?: { readonly runId?: unknown } };
  const parsed = parseVerifyEvent(event);
  const { userPoolId } = parsed.options;
  if (userPoolId === undefined) throw wrong('options.userPoolId');
  if (typeof backup?.runId !== 'string') throw wrong('backup.runId');
  return { ...parsed, userPoolId, runId: backup.runId };
}

/** Everything that one execution stores lies below this prefix; the name is the last part of its ARN. */
export const verificationFolder = (executionArn: string): string =>
  `verifications/${executionArn.split(':').at(-1) ?? ''}/`;
