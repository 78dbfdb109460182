import { Fault } from '../errors.ts';
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
  };
}

const wrong = (what: string): Fault =>
  new Fault(
    'BadState',
    `The state machine's event has no ${what}: the workflow's definition and its functions do not belong together.`,
  );

/** Fault BadState when the event is not what the workflow hands over. The options themselves were checked at the start. */
export function startedImport(event: unknown): StartedImport {
  const { executionArn, options } = (event ?? {}) as Partial<StartedImport>;
  if (typeof executionArn !== 'string') throw wrong('executionArn');
  if (typeof options?.newUserPoolId !== 'string') throw wrong('options.newUserPoolId');
  return { executionArn, options };
}

export function openedImport(event: unknown): OpenedImport {
  const { restore } = (event ?? {}) as Partial<OpenedImport>;
  if (
    typeof restore?.restoreId !== 'string' ||
    typeof restore.phase !== 'string' ||
    typeof restore.mayCreateUsers !== 'boolean'
  )
    throw wrong('restore');
  return {
    ...startedImport(event),
    restore: { restoreId: restore.restoreId, phase: restore.phase, mayCreateUsers: restore.mayCreateUsers },
  };
}
