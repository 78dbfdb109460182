/** One StackSet operation from its start to its end, tried again while the roles are not yet known. */
import type { Clock } from '../../domain/ports.ts';
import { pollUntil } from '../framework/poll.ts';
import type { Handover, Work } from '../framework/types.ts';
import { mayBeRoleDelay, ROLE_PATIENCE_MS, ROLE_PAUSE_MS } from './role-delay.ts';
import type { StackSets, Started } from './stack-sets.ts';

const UNFINISHED = new Set(['RUNNING', 'QUEUED', 'STOPPING']);
/** What StackSets says of the Regions that it stopped because of another one. */
const CANCELLED = /^Cancelled since/i;

/** A request at work on one StackSet. */
export interface Operations {
  readonly sets: StackSets;
  readonly clock: Clock;
  readonly name: string;
  readonly work: Work;
  /** Names of the StackSet's two roles; none where no operation is tried again for them. */
  readonly roles: readonly string[];
  /** Number of the latest try of each operation: handed over, so that the next invocation joins the same one. */
  readonly tries: Record<string, number>;
  /** Buckets that failed tries have left and that could not be removed. */
  readonly leftBuckets: Set<string>;
}
/** CloudFormation, and the clock of the pauses. */
export type OperationDeps = Pick<Operations, 'sets' | 'clock'>;

const LEFT = 'leftBuckets';
const SEPARATOR = ',';

/** The work of one invocation on the StackSet `name`, with what the invocation before it handed over. */
export const operationsOf = (
  { sets, clock }: OperationDeps,
  name: string,
  work: Work,
  roles: readonly string[] = [],
): Operations => {
  const { [LEFT]: left = '', ...others } = work.handover ?? {};
  const tries = Object.entries(others).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const leftBuckets = new Set(String(left).split(SEPARATOR).filter(Boolean));
  return { sets, clock, name, work, roles, tries: Object.fromEntries(tries), leftBuckets };
};

/** What the next invocation needs to know of this one. */
export const handoverOf = ({ tries, leftBuckets }: Operations): Handover =>
  leftBuckets.size === 0 ? tries : { ...tries, [LEFT]: [...leftBuckets].join(SEPARATOR) };

/** `timeUp`: go on in a further invocation. */
export type OperationEnd = 'succeeded' | 'timeUp';

/** A StackSet operation ended otherwise than SUCCEEDED; `reasons`: why, of each Region that failed by itself. */
class OperationFailed extends Error {
  override readonly name = 'OperationFailed';
  constructor(
    message: string,
    readonly reasons: readonly string[],
  ) {
    super(message);
  }
}

/** Polls while the invocation has time. */
export const waitFor = <T>({ clock, work }: Operations, look: () => Promise<T | undefined>): Promise<T | undefined> =>
  pollUntil(look, { clock, timeLeft: work.timeLeft });

/**
 * Runs `start` as the operation `<request>-<what>-<try>` and waits for its end. The id makes a second delivery, and the
 * next invocation, join the operation instead of starting another. `beforeRetry` clears what a failed try has left.
 * Throws an Error with CloudFormation's reason.
 */
export const runStackSetOperation = (
  operations: Operations,
  what: string,
  start: (operationId: string) => Promise<Started>,
  beforeRetry?: (attempt: number) => Promise<OperationEnd>,
): Promise<OperationEnd> =>
  whileRolesAreUnknown(
    operations,
    what,
    async (attempt) => {
      const { sets, name, work } = operations;
      const operationId = `${work.requestId}-${what}-${attempt}`;
      if (!(await waitFor(operations, async () => ((await start(operationId)) === 'running' ? true : undefined))))
        return 'timeUp';
      const status = await waitFor(operations, async () =>
        unlessUnfinished(await sets.operationStatus(name, operationId)),
      );
      if (status === undefined) return 'timeUp';
      if (status === 'SUCCEEDED') return 'succeeded';
      const failures = await failuresOf(sets, name, operationId);
      throw new OperationFailed(
        `Operation "${what}" of StackSet ${name} ended ${status}. ${failures.map(({ region, reason }) => `${region}: ${reason}`).join(' | ') || 'CloudFormation gives no reason.'}`,
        failures.map(({ reason }) => reason).filter((reason) => !CANCELLED.test(reason)),
      );
    },
    beforeRetry,
  );

/** Does `run` again after errors that a role made just before may explain; any other error is thrown. */
export async function whileRolesAreUnknown(
  { clock, work, tries, roles }: Operations,
  what: string,
  run: (attempt: number) => Promise<OperationEnd>,
  beforeRetry?: (attempt: number) => Promise<OperationEnd>,
): Promise<OperationEnd> {
  // A further invocation comes long after the roles were made.
  const patientUntil = work.handover === undefined ? clock.now() + ROLE_PATIENCE_MS : 0;
  for (let attempt = tries[what] ?? 1; ; attempt += 1) {
    tries[what] = attempt;
    try {
      return await run(attempt);
    } catch (error) {
      if (clock.now() >= patientUntil || work.timeLeft() <= ROLE_PAUSE_MS || !isRoleDelay(error, roles)) throw error;
    }
    tries[what] = attempt + 1;
    if ((await beforeRetry?.(attempt)) === 'timeUp') return 'timeUp';
    await clock.sleep(ROLE_PAUSE_MS);
  }
}

/** Every Region that failed must have failed for such a reason: another one would still be there at the next try. */
function isRoleDelay(error: unknown, roles: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  const reasons = error instanceof OperationFailed ? error.reasons : [error.message];
  return reasons.length > 0 && reasons.every((reason) => mayBeRoleDelay(reason, roles));
}

const unlessUnfinished = (status: string): string | undefined => (UNFINISHED.has(status) ? undefined : status);

/** Names the resource that failed first in each Region: the operation's own reason often tells only that one did. */
async function failuresOf(
  sets: StackSets,
  name: string,
  operationId: string,
): Promise<readonly { readonly region: string; readonly reason: string }[]> {
  const failures = await sets.operationFailures(name, operationId);
  if (failures.length === 0) return [];
  const stacks = new Map((await sets.instances(name)).map(({ region, stackId }) => [region, stackId]));
  return Promise.all(
    failures.map(async ({ region, reason }) => {
      const stackId = stacks.get(region);
      const first = stackId === undefined ? undefined : await sets.firstFailure(region, stackId);
      return { region, reason: first ?? (reason || 'no reason given') };
    }),
  );
}
