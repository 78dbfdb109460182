import type { Pacer } from '../../domain/pacing/pacer.ts';
import type { ObjectStore } from '../../domain/ports.ts';
import { CALL_PERMIT_KEYS, CallPermit, untilEnd } from '../../domain/state/call-permit.ts';
import type { Invocation } from '../invocation.ts';

/** The invocation that calls Cognito, and at which ceiling. */
interface CallingInvocation extends Pick<Invocation, 'clock' | 'log' | 'claim'> {
  readonly workflow: keyof typeof CALL_PERMIT_KEYS;
  readonly executionArn: string;
  /** Where it differs from the pacer's own. */
  readonly callsPerSecond?: number;
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  /** Halts when the execution has lost its lease. */
  readonly assertLease: () => Promise<void>;
}

/** Does the work of an invocation whose every call to Cognito waits for the pacer and needs its workflow's permit. */
export function permitted<T>(
  pacer: Pacer,
  { workflow, executionArn, callsPerSecond, claim, ...deps }: CallingInvocation,
  work: () => Promise<T>,
): Promise<T> {
  const permit = new CallPermit(deps, { key: CALL_PERMIT_KEYS[workflow], executionArn, claim });
  pacer.restart(callsPerSecond, permit);
  return untilEnd(permit, work);
}
