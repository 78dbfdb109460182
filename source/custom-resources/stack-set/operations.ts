/** One StackSet operation from its start to its end, tried again while the roles are not yet known. */
import type { Clock } from '../../domain/ports.ts';
import { pollUntil } from '../framework/poll.ts';
import type { Work } from '../framework/types.ts';
import { mayBeRoleDelay, ROLE_PATIENCE_MS, ROLE_PAUSE_MS } from './role-delay.ts';
import type { StackSets, Started } from './stack-sets.ts';

const UNFINISHED = new Set(['RUNNING', 'QUEUED', 'STOPPING']);

/** A request at work on one StackSet. */
export interface Operations {
  readonly sets: StackSets;
  readonly clock: Clock;
  readonly name: string;
  readonly work: Work;
  /** Number of the latest try of each operation: handed over, so that the next invocation joins the same one. */
  readonly tries: Record<string, number>;
}
/** CloudFormation, and the clock of the pauses. */
export type OperationDeps = Pick<Operations, 'sets' | 'clock'>;

/** The work of one invocation on the StackSet `name`, with the tries that the invocation before it handed over. */
export const operationsOf = ({ sets, clock }: OperationDeps, name: string, work: Work): Operations => {
  const tries = Object.entries(work.handover ?? {}).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return { sets, clock, name, work, tries: Object.fromEntries(tries) };
};

/** `timeUp`: go on in a further invocation. */
export type OperationEnd = 'succeeded' | 'timeUp';

/** Polls while the invocation has time. */
export const waitFor = <T>({ clock, work }: Operations, look: () => Promise<T | undefined>): Promise<T | undefined> =>
  pollUntil(look, { clock, timeLeft: work.timeLeft });

/**
 * Runs `start` as the operation `<request>-<what>-<try>` and waits for its end. The id makes a second delivery, and the
 * next invocation, join the operation instead of starting another. Throws an Error with CloudFormation's reason.
 */
export const runStackSetOperation = (
  operations: Operations,
  what: string,
  start: (operationId: string) => Promise<Started>,
): Promise<OperationEnd> =>
  whileRolesAreUnknown(operations, what, async (attempt) => {
    const { sets, name, work } = operations;
    const operationId = `${work.requestId}-${what}-${attempt}`;
    if (!(await waitFor(operations, async () => ((await start(operationId)) === 'running' ? true : undefined))))
      return 'timeUp';
    const status = await waitFor(operations, async () =>
      unlessUnfinished(await sets.operationStatus(name, operationId)),
    );
    if (status === undefined) return 'timeUp';
    if (status === 'SUCCEEDED') return 'succeeded';
    throw new Error(
      `Operation "${what}" of StackSet ${name} ended ${status}. ${await explain(sets, name, operationId)}`,
    );
  });

/** Does `run` again after errors that a role made just before may explain; any other error is thrown. */
export async function whileRolesAreUnknown(
  { clock, work, tries }: Operations,
  what: string,
  run: (attempt: number) => Promise<OperationEnd>,
): Promise<OperationEnd> {
  // A further invocation comes long after the roles were made.
  const patientUntil = work.handover === undefined ? clock.now() + ROLE_PATIENCE_MS : 0;
  for (let attempt = tries[what] ?? 1; ; attempt += 1) {
    tries[what] = attempt;
    try {
      return await run(attempt);
    } catch (error) {
      if (
        clock.now() >= patientUntil ||
        work.timeLeft() <= ROLE_PAUSE_MS ||
        !(error instanceof Error) ||
        !mayBeRoleDelay(error.message)
      )
        throw error;
    }
    await clock.sleep(ROLE_PAUSE_MS);
  }
}

const unlessUnfinished = (status: string): string | undefined => (UNFINISHED.has(status) ? undefined : status);

/** Names the resource that failed first in each Region: the operation's own reason often tells only that one did. */
async function explain(sets: StackSets, name: string, operationId: string): Promise<string> {
  const failures = await sets.operationFailures(name, operationId);
  if (failures.length === 0) return 'CloudFormation gives no reason.';
  const stacks = new Map((await sets.instances(name)).map(({ region, stackId }) => [region, stackId]));
  const reasons = await Promise.all(
    failures.map(async ({ region, reason }) => {
      const stackId = stacks.get(region);
      const first = stackId === undefined ? undefined : await sets.firstFailure(region, stackId);
      return `${region}: ${first ?? (reason || 'no reason given')}`;
    }),
  );
  return reasons.join(' | ');
}
