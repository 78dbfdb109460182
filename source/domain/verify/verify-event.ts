import * as v from 'valibot';
import { workflowState } from '../state/workflow-state.ts';

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

const started = v.object({ executionArn: v.string(), options: v.looseObject({ percent: v.number() }) });
const looked = v.object({
  backup: v.optional(v.object({ differences: v.optional(v.fallback(v.number(), 0), 0) }), {}),
});
const comparing = v.object({
  options: v.object({ userPoolId: v.string() }),
  backup: v.object({ runId: v.string() }),
});

/** Fault BadState when the event is not what the workflow hands over. The options themselves were checked at the start. */
const parseVerifyEvent = (event: unknown): VerifyEvent => workflowState(started, event);

/** The event of VerifyBackup; at its first look it has no answer of its own yet. */
export const parseLookEvent = (event: unknown): LookEvent => ({
  ...parseVerifyEvent(event),
  waitedAfter: workflowState(looked, event).backup.differences,
});

/** The event of ComparePool. */
export function parseCompareEvent(event: unknown): CompareEvent {
  const parsed = parseVerifyEvent(event);
  const { options, backup } = workflowState(comparing, event);
  return { ...parsed, userPoolId: options.userPoolId, runId: backup.runId };
}

/** Everything that verifications store lies below. */
export const VERIFICATIONS_PREFIX = 'verifications/';
/** Everything that one execution stores lies below this prefix: its name, since drills may have the same names, behind their word. */
export function verificationFolder(executionArn: string): string {
  const [machine = '', name = ''] = executionArn.split(':').slice(-2);
  return `${VERIFICATIONS_PREFIX}${machine.startsWith('DrillWorkflow-') ? 'drill-' : ''}${name}/`;
}
