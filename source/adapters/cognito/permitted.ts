import type { Pacer } from '../../domain/pacing/pacer.ts';
import type { ObjectStore } from '../../domain/ports.ts';
import type { Measure, Measured } from '../../domain/watch/metrics.ts';
import { untilEnd } from '../../domain/state/call-permit.ts';
import { permitOf } from '../../domain/state/drill-permit.ts';
import type { SolutionWorkflow } from '../../domain/workflow/lease.ts';
import type { Invocation } from '../invocation.ts';

/** The invocation that calls Cognito, and at which ceiling. */
interface CallingInvocation extends Pick<Invocation, 'clock' | 'log' | 'claim'> {
  readonly workflow: SolutionWorkflow;
  readonly executionArn: string;
  /** Where it differs from the pacer's own. */
  readonly callsPerSecond?: number;
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  /** Halts when the execution has lost its lease. */
  readonly assertLease: () => Promise<void>;
  readonly measure: Measure;
}

/**
 * Does the work of an invocation whose every call to Cognito waits for the pacer and needs its workflow's permit; emits how
 * fast it called, also where it failed.
 */
export async function permitted<T>(
  pacer: Pacer,
  { workflow, executionArn, callsPerSecond, claim, measure, ...deps }: CallingInvocation,
  work: () => Promise<T>,
): Promise<T> {
  const permit = permitOf(workflow, deps, { executionArn, claim });
  pacer.restart(callsPerSecond, permit);
  const begunAt = deps.clock.now();
  try {
    return await untilEnd(permit, work);
  } finally {
    measure(callsMeasured(pacer, deps.clock.now() - begunAt));
  }
}

/** The mean rate over whole seconds: a few calls in a moment are no rate. */
const callsMeasured = ({ grants, throttles }: Pick<Pacer, 'grants' | 'throttles'>, elapsedMs: number): Measured => ({
  ...(grants === 0 ? {} : { CallsPerSecond: grants / Math.max(1, Math.ceil(elapsedMs / 1000)) }),
  ...(throttles === 0 ? {} : { ThrottledCalls: throttles }),
});
