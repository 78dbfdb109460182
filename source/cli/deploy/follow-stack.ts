import { describeStacks } from '../../adapters/operator/stacks.ts';
import { stackEvents } from '../../adapters/operator/stack-changes.ts';
import { stackFailure, lastOperation } from '../../domain/operator/deploy/stack-events.ts';
import type { ProgressEvent } from '../../domain/operator/deploy/stack-events.ts';
import type { CliContext } from '../context.ts';
import { abortOf } from '../interruption.ts';
import type { Status } from '../output/output.ts';

const POLL_MS = 3_000;

/** How an operation on a stack ended, or that the command was detached from it. */
export interface StackEnd {
  /** DELETE_COMPLETE also when the stack is no longer listed. */
  readonly status: string;
  /** What went wrong first, in the last operation. */
  readonly failure?: { readonly logicalId: string; readonly reason: string };
}

/** What is followed. */
export interface FollowedStack {
  readonly region: string;
  readonly stackId: string;
  /** How many resources are on their way, for the percentage. */
  readonly resources?: number;
  /** Ids of the events before the operation; without them whatever is under way is joined. */
  readonly before?: ReadonlySet<string>;
}

/** The events that there are before an operation is started. */
export const eventsBefore = async (
  { clients }: Pick<CliContext, 'clients'>,
  { region, stackId }: FollowedStack,
): Promise<ReadonlySet<string>> =>
  new Set((await stackEvents(clients.cloudFormation(region), stackId)).map(({ id }) => id));

/** Follows a stack until CloudFormation is done with it; Ctrl-C leaves CloudFormation to go on. */
export function followStack(
  { clients, clock, interruption, output }: Pick<CliContext, 'clients' | 'clock' | 'interruption' | 'output'>,
  { region, stackId, resources, before }: FollowedStack,
): Promise<StackEnd | 'detached'> {
  const client = clients.cloudFormation(region);
  const known = new Set(before);
  const events: ProgressEvent[] = [];
  const told = new Set<string>();
  return interruption.follow(async (signal) => {
    const aborted = abortOf(signal);
    for (;;) {
      const [stack] = await describeStacks(client, stackId);
      for (const event of await stackEvents(client, stackId, known)) {
        known.add(event.id);
        events.push(event);
      }
      const operation = lastOperation(events);
      for (const event of operation.filter(({ id }) => !told.has(id))) {
        told.add(event.id);
        output.status(statusOf(event, finished(operation), resources));
      }
      const status = stack?.status ?? 'DELETE_COMPLETE';
      // An operation that was asked for a moment ago may not show in the status yet, but in no event either.
      const begun = before === undefined || events.some(({ ofStack }) => ofStack) || status === 'DELETE_COMPLETE';
      if (begun && !status.endsWith('_IN_PROGRESS')) {
        const failure = stackFailure(events);
        return { status, ...(failure === undefined ? {} : { failure }) };
      }
      if (!signal.aborted) await Promise.race([clock.sleep(POLL_MS), aborted]);
      if (signal.aborted) return 'detached';
    }
  });
}

function statusOf({ logicalId, type, status, reason, ofStack }: ProgressEvent, done: number, resources = 0): Status {
  const failed = status.endsWith('_FAILED');
  return {
    text: `${status} ${logicalId}${failed && reason !== '' ? `: ${reason}` : ''}`,
    ...(resources === 0 ? {} : { percentDone: Math.min(99, (100 * done) / resources) }),
    data: { logicalId, type, status },
    lasting: failed || ofStack,
  };
}

const finished = (events: readonly ProgressEvent[]): number =>
  new Set(events.filter(({ status, ofStack }) => !ofStack && status.endsWith('_COMPLETE')).map((one) => one.logicalId))
    .size;
