import type { Permit } from '../pacing/pacer.ts';
import type { ObjectStore } from '../ports.ts';
import { CALL_PERMIT_KEYS, CallPermit, isInUse, superseded } from './call-permit.ts';
import type { CallPermitDeps, CallPermitPlace } from './call-permit.ts';

/** Everybody's to whom a drill gives way. */
const KEYS = [...new Set(Object.values(CALL_PERMIT_KEYS))];

/** Whose calls the permit is for. */
type Caller = Omit<CallPermitPlace, 'key' | 'yields'>;

/**
 * The permit of one invocation of a workflow. That of a drill is good while nobody else of its Region has one, so that the
 * sum of all calls stays below the ceiling; whoever wants one gets it within seconds, and the drill stops: Halt Superseded.
 */
export function permitOf(
  workflow: keyof typeof CALL_PERMIT_KEYS | 'DrillWorkflow',
  deps: CallPermitDeps,
  { executionArn, claim }: Caller,
): Permit & Pick<CallPermit, 'end'> {
  if (workflow !== 'DrillWorkflow')
    return new CallPermit(deps, { key: CALL_PERMIT_KEYS[workflow], executionArn, claim });
  const permits = KEYS.map((key) => new CallPermit(deps, { key, executionArn, claim, yields: true }));
  let begun = false;
  return {
    ensure: async () => {
      // Before it takes one of them: nobody is to wait for a drill that has to wait for somebody else.
      if (!begun && (await drillHasToWait(deps.objects, executionArn, deps.clock.now()))) throw superseded();
      begun = true;
      for (const permit of permits) await permit.ensure();
    },
    end: async () => {
      for (const permit of permits) await permit.end();
    },
  };
}

/** Whether somebody is at work to whom the drill gives way. */
export async function drillHasToWait(
  objects: Pick<ObjectStore, 'get'>,
  executionArn: string,
  now: number,
): Promise<boolean> {
  for (const key of KEYS) if (await isInUse(objects, { key, executionArn }, now)) return true;
  return false;
}
