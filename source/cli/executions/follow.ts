import { describeExecution } from '../../adapters/operator/executions.ts';
import { bucketReader } from '../../adapters/operator/stored.ts';
import type { ExecutionFacts, Machine } from '../../domain/operator/execution.ts';
import { followedStatus, forwardOnly } from '../../domain/operator/following.ts';
import type { PartOfWork } from '../../domain/operator/following.ts';
import { executionProgressIn, executionProgressKey } from '../../domain/workflow/progress.ts';
import { duration } from '../../domain/workflow/notices/text.ts';
import { CliError, isCliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { explained, isUnreachable } from '../explain.ts';
import { abortOf } from '../interruption.ts';

/** Short at first, since a refusal comes within seconds. */
const POLL_MS = [1_000, 1_000, 2_000, 2_000, 3_000, 5_000];
/** A laptop that slept, or a network that changed, is no reason to give up. */
const SILENCE_MS = 10 * 60_000;

/** What is followed, and the command by which somebody can go on with that. */
export interface FollowedExecution {
  readonly machine: Machine;
  readonly executionArn: string;
  readonly attach: string;
  /** Where the command follows several executions, one after the other: which one this is. */
  readonly part?: PartOfWork;
}

const ALL: PartOfWork = { part: 0, of: 1 };

/**
 * Shows how an execution comes along until it has ended; Ctrl-C lets go of it.
 * @throws CliError when it can no longer be asked about; the execution goes on all the same
 */
export const followToEnding = (
  context: CliContext,
  followed: FollowedExecution,
): Promise<ExecutionFacts | 'detached'> => context.interruption.follow((signal) => untilEnd(context, followed, signal));

async function untilEnd(
  context: CliContext,
  followed: FollowedExecution,
  signal: AbortSignal,
): Promise<ExecutionFacts | 'detached'> {
  const { clock, output } = context;
  const aborted = abortOf(signal);
  let answeredAt = clock.now();
  let shown: number | undefined;
  for (let poll = 0; !signal.aborted; poll += 1) {
    try {
      const { execution, status } = await look(context, followed);
      answeredAt = clock.now();
      if (execution.status !== 'RUNNING') return execution;
      const next = forwardOnly(status, followed.part ?? ALL, shown);
      shown = next.percentDone ?? shown;
      output.status(next);
    } catch (error) {
      if (!isUnreachable(error) || clock.now() - answeredAt > SILENCE_MS) throw lost(followed, error);
      output.status({ text: `No answer for ${duration(clock.now() - answeredAt)}; trying again` });
    }
    if (!signal.aborted)
      await Promise.race([clock.sleep(POLL_MS[Math.min(poll, POLL_MS.length - 1)] as number), aborted]);
  }
  return 'detached';
}

async function look({ clients, clock }: CliContext, { machine, executionArn }: FollowedExecution) {
  const execution = await describeExecution(clients.stepFunctions(machine.region), executionArn);
  if (execution === undefined)
    throw new CliError('notFound', {
      thing: `Execution ${executionArn}`,
      found: `Step Functions in ${machine.region} knows none of this ARN`,
      next: 'Check it: executions are forgotten 90 days after their end.',
    });
  const stored = await bucketReader(clients.s3(machine.region), machine.bucket).get(executionProgressKey(executionArn));
  const progress = stored === undefined ? undefined : executionProgressIn(stored.body);
  const mine = progress?.executionArn === executionArn ? progress : undefined;
  return { execution, status: followedStatus(mine, { now: clock.now(), startedAt: execution.startedAt }) };
}

/** The execution does not need the one who follows it. */
function lost({ executionArn, machine, attach }: FollowedExecution, error: unknown): CliError {
  if (isCliError(error) && error.kind === 'notFound') return error;
  const { text } = explained(`Execution ${executionArn}`, error);
  return new CliError(
    'failed',
    {
      thing: text.thing,
      found: `${text.found}; it is unknown how it goes on in ${machine.region}`,
      next: `The execution does not need this command. ${text.next} Then: ${attach}`,
    },
    { cause: error },
  );
}
