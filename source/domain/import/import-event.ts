import * as v from 'valibot';
import { workflowState } from '../state/workflow-state.ts';
import type { ImportOptions } from './plan/plan-model.ts';
import type { RestoreHead } from './plan/restore-head.ts';

/** The execution's state as CheckStateMachine left it: what CheckNewUserPool gets. */
export interface StartedImport {
  readonly executionArn: string;
  readonly options: ImportOptions;
}

/** The state after CheckNewUserPool: what every later function of the import gets (and more, by what ran since). */
export interface OpenedImport extends StartedImport {
  readonly restore: {
    readonly restoreId: string;
    readonly phase: RestoreHead['phase'];
    readonly mayCreateUsers: boolean;
    readonly recreateMissing?: boolean;
    readonly openedAt?: string;
  };
}

// The options themselves were checked at the start.
const started = v.object({ executionArn: v.string(), options: v.looseObject({ newUserPoolId: v.string() }) });
const opened = v.object({
  restore: v.object({
    restoreId: v.string(),
    phase: v.custom<RestoreHead['phase']>((phase) => typeof phase === 'string'),
    mayCreateUsers: v.boolean(),
    recreateMissing: v.exactOptional(v.boolean()),
    openedAt: v.exactOptional(v.string()),
  }),
});

/** Fault BadState when the event is not what CheckStateMachine hands over. */
export function startedImport(event: unknown): StartedImport {
  const { executionArn, options } = workflowState(started, event);
  return { executionArn, options: options as unknown as ImportOptions };
}

/** Fault BadState when the event is not what CheckNewUserPool hands over. */
export const openedImport = (event: unknown): OpenedImport => ({
  ...startedImport(event),
  ...workflowState(opened, event),
});
