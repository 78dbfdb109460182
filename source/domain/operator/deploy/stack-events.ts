/** What the events of a stack tell an operator. */

/** One event of a stack. */
export interface ProgressEvent {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  /** Of the stack itself, not of a resource in it. */
  readonly ofStack: boolean;
}

/** CloudFormation stops what is under way when something else has failed: these say nothing about why. */
const CONSEQUENCE = /^Resource (creation|update|deletion) cancelled$|^The following resource\(s\) failed/i;
/** Custom resources answer through CloudFormation, which puts words of its own around the reason. */
const CUSTOM_RESOURCE =
  /^(?:CloudFormation did not receive|Received response status \[FAILED\] from custom resource\. Message returned: )/;
const REQUEST_ID = /\s*\(RequestId: [0-9a-f-]+\)$/;

/** A resource and why it failed. */
export interface StackFailure {
  readonly logicalId: string;
  readonly reason: string;
}

/** The events since the last operation on the stack began, oldest first. */
export function lastOperation(events: readonly ProgressEvent[]): readonly ProgressEvent[] {
  const began = events.findLastIndex(
    ({ ofStack, status }) =>
      ofStack && /^(CREATE|UPDATE|DELETE|IMPORT|REVIEW)_IN_PROGRESS$/.test(status) && !status.startsWith('REVIEW'),
  );
  return began === -1 ? events : events.slice(began);
}

/** What made the last operation fail: the first failure that is no consequence of another one. */
export function stackFailure(events: readonly ProgressEvent[]): StackFailure | undefined {
  const failed = lastOperation(events).filter(({ status }) => status.endsWith('_FAILED'));
  const cause =
    failed.find(({ ofStack, reason }) => !ofStack && reason !== '' && !CONSEQUENCE.test(reason)) ??
    failed.find(({ reason }) => reason !== '');
  return cause === undefined ? undefined : { logicalId: cause.logicalId, reason: withoutFrame(cause.reason) };
}

const withoutFrame = (reason: string): string =>
  reason
    .replace(CUSTOM_RESOURCE, (frame) => (frame.startsWith('CloudFormation') ? frame : ''))
    .replace(REQUEST_ID, '')
    .trim();
