import type { Pacer } from '../domain/pacing/pacer.ts';
import type { SolutionWorkflow } from '../domain/workflow/lease.ts';
import { startTimeIn } from '../domain/workflow/progress.ts';
import type { ToldInvocation } from '../domain/workflow/progress.ts';

/** The invocation whose progress is told; its pacer, where it calls Cognito, counts the calls. `event`: the execution's state. */
export function toldInvocation({
  workflow,
  executionArn,
  event,
  pacer,
}: {
  readonly workflow: SolutionWorkflow;
  readonly executionArn: string;
  readonly event: unknown;
  readonly pacer: Pick<Pacer, 'grants' | 'callsPerSecond'> | undefined;
}): ToldInvocation {
  const startTime = startTimeIn(event);
  return {
    workflow,
    executionArn,
    ...(startTime === undefined ? {} : { startTime }),
    callsMade: () => pacer?.grants ?? 0,
    ...(pacer === undefined ? {} : { callsPerSecond: () => pacer.callsPerSecond }),
  };
}
