import { Fault } from '../../errors.ts';
import { isWorkflow } from '../lease.ts';
import type { SolutionWorkflow } from '../lease.ts';
import type { AlarmNotice } from './alarm-event.ts';
import { fieldsOf, textOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { parseAlarm } from './alarm-event.ts';

/** A state's error as a Catch gives it: `Cause` is text, for functions the JSON of what they threw. */
export interface CaughtError {
  readonly Error?: string;
  readonly Cause?: string;
}

/** What MessageBroker is told: by the workflows, by the launch, and by EventBridge about executions that ended badly and alarms. */
export type NoticeEvent =
  | {
      readonly event: 'failed';
      readonly workflow: SolutionWorkflow;
      readonly executionArn: string;
      readonly startedAt: number;
      readonly error: CaughtError;
    }
  | {
      /** It waits for AWS's own recovery of the pool, and goes on by itself. */
      readonly event: 'paused';
      readonly workflow: SolutionWorkflow;
      readonly executionArn: string;
      readonly startedAt: number;
      readonly error: CaughtError;
    }
  | {
      readonly event: 'finished';
      readonly workflow: SolutionWorkflow;
      readonly executionArn: string;
      readonly startedAt: number;
      readonly result: Readonly<Record<string, unknown>>;
    }
  | {
      readonly event: 'ended';
      readonly workflow: SolutionWorkflow;
      readonly executionArn: string;
      readonly startedAt: number;
      readonly endedAt: number;
      readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
      readonly error: CaughtError;
    }
  | {
      readonly event: 'skipped';
      readonly workflow: SolutionWorkflow;
      readonly executionArn: string;
      readonly startedAt: number;
      /** What a start by hand would have been refused with. */
      readonly error: CaughtError;
    }
  | {
      readonly event: 'launch-export-refused';
      readonly workflow: SolutionWorkflow;
      readonly stateMachineArn: string;
      readonly error: string;
    }
  | AlarmNotice;

/** That an execution ended, however; except one that had nothing to do. */
export type EndNotice = Exclude<NoticeEvent, { event: 'launch-export-refused' | 'skipped' | 'paused' | 'alarm' }>;

/** Machines are named `<workflow>-<instance id>`. */
const workflowOf = (stateMachineArn: string): unknown => stateMachineArn.split(':').at(-1)?.split('-')[0];

/** @throws Fault BadState for an event that nobody should send */
export function parseNotice(event: unknown): NoticeEvent {
  const fields = fieldsOf(event);
  return (
    (fields['detail-type'] === 'Step Functions Execution Status Change'
      ? parseStatusChange(fieldsOf(fields.detail))
      : fields['detail-type'] === 'CloudWatch Alarm State Change'
        ? parseAlarm(fields)
        : parseOwn(fields)) ?? unknownEvent()
  );
}

const unknownEvent = (): never => {
  throw new Fault('BadState', 'MessageBroker got an event of an unknown kind.');
};

function parseOwn({
  event,
  workflow,
  executionArn,
  startTime,
  stateMachineArn,
  error,
  result,
}: Fields): NoticeEvent | undefined {
  if (!isWorkflow(workflow)) return undefined;
  if (event === 'launch-export-refused')
    return { event, workflow, stateMachineArn: textOf(stateMachineArn) ?? '', error: textOf(error) ?? 'unknown' };
  if (typeof executionArn !== 'string' || typeof startTime !== 'string') return undefined;
  const startedAt = Date.parse(startTime);
  if (event === 'failed' || event === 'skipped' || event === 'paused')
    return { event, workflow, executionArn, startedAt, error: caught(fieldsOf(error).Error, fieldsOf(error).Cause) };
  return event === 'finished' ? { event, workflow, executionArn, startedAt, result: fieldsOf(result) } : undefined;
}

/** EventBridge's "Step Functions Execution Status Change": times are milliseconds since the epoch. */
function parseStatusChange({
  executionArn,
  stateMachineArn,
  status,
  startDate,
  stopDate,
  error,
  cause,
}: Fields): NoticeEvent | undefined {
  const workflow = workflowOf(textOf(stateMachineArn) ?? '');
  if (!isWorkflow(workflow) || typeof executionArn !== 'string' || typeof startDate !== 'number') return undefined;
  if (status !== 'FAILED' && status !== 'TIMED_OUT' && status !== 'ABORTED') return undefined;
  const endedAt = typeof stopDate === 'number' ? stopDate : startDate;
  return { event: 'ended', workflow, executionArn, startedAt: startDate, endedAt, status, error: caught(error, cause) };
}

function caught(error: unknown, cause: unknown): CaughtError {
  const Error = textOf(error);
  const Cause = textOf(cause);
  return { ...(Error === undefined ? {} : { Error }), ...(Cause === undefined ? {} : { Cause }) };
}
