import * as v from 'valibot';
import { workflowState } from '../state/workflow-state.ts';

const shape = v.object({
  /** What DrillPool is to do: make the pool of a drill, end the drill, or end it for a restore that begins. */
  step: v.picklist(['make', 'end', 'give way']),
  state: v.looseObject({ executionArn: v.string() }),
});
/** The event of DrillPool: the step that the state machine is at, and its state. */
export type DrillPoolEvent = v.InferOutput<typeof shape>;

/** Fault BadState when the event is not what a state machine hands over. */
export const parseDrillPoolEvent = (event: unknown): DrillPoolEvent => workflowState(shape, event);

const dryRun = v.object({ options: v.object({ dryRun: v.boolean() }) });

/** Whether the restore that begins writes nothing: then no drill has to end. */
export const isDryRun = (state: unknown): boolean => workflowState(dryRun, state).options.dryRun;
