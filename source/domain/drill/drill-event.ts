import * as v from 'valibot';
import { countsShape } from '../backup/manifest.ts';
import { sampleShape } from '../backup/sample.ts';
import { countShape, idShape, textsShape, timeShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';
import { workflowState } from '../state/workflow-state.ts';
import type { ComparePoolInput } from '../verify/pool/state.ts';

/** So many users a drill restores where nothing else is asked for. */
export const SAMPLE_USERS = 500;

/** What a start of DrillWorkflow may ask for; defaults filled in. */
export interface DrillOptions {
  /** At most so many users are restored; absent: everybody. */
  readonly users?: number;
  /** Only pools of drills that were killed are deleted. */
  readonly cleanUp?: true;
  /** Who started it: `Schedule`, or what the operator gave. */
  readonly trigger?: string;
  /** Calls per second to Cognito, 1 to 25. */
  readonly cognitoTps?: number;
}

/** What DrillPool tells the functions of the restore and the comparison about the pool that it made. */
export const madePoolShape = v.object({
  poolId: v.string(),
  name: v.string(),
  /** The run that is rehearsed. */
  runId: idShape,
  /** Absent: everybody is restored. */
  sample: v.exactOptional(sampleShape),
  /** What the run holds. */
  backup: countsShape,
  /** When the drill began, and when its pool stood. */
  startedAt: timeShape,
  madeAt: timeShape,
  /** The other Region of the installation: a restore that begins there ends the drill, too. */
  elsewhere: v.exactOptional(textsShape),
  /** Settings in which the made pool differs from the kept ones for other reasons than that it is thrown away. */
  settingsDiffer: v.array(v.string()),
  /** Settings that it does without on purpose. */
  leftOut: v.array(v.string()),
});
export type MadePool = Stored<typeof madePoolShape>;

/** The state of DrillWorkflow before a pool is made. */
export interface StartedDrill {
  readonly executionArn: string;
  readonly startTime: string;
  readonly elsewhere?: readonly string[];
  readonly options: DrillOptions;
}

const started = v.object({
  executionArn: v.string(),
  startTime: timeShape,
  elsewhere: v.exactOptional(textsShape),
  options: v.looseObject({
    users: v.exactOptional(countShape),
    cleanUp: v.exactOptional(v.literal(true)),
    cognitoTps: v.exactOptional(v.number()),
  }),
});

/** The event of DrillPool where it is to make a pool. Fault BadState when it is not what CheckStateMachine hands over. */
export const startedDrill = (event: unknown): StartedDrill => workflowState(started, event);

const start = v.object({ startTime: timeShape, elsewhere: v.exactOptional(textsShape) });

/** When the drill began whose state this is, and where else a restore may begin. */
export function drillStart(event: unknown): Pick<MadePool, 'startedAt' | 'elsewhere'> {
  const { startTime, ...rest } = workflowState(start, event);
  return { startedAt: startTime, ...rest };
}

const inDrill = v.object({ drill: v.exactOptional(madePoolShape) });

/** The pool that the drill has made whose state this is; undefined in the states of all other workflows. */
export const madePoolIn = (event: unknown): MadePool | undefined => workflowState(inDrill, event).drill;

const comparing = v.object({
  executionArn: v.string(),
  drill: madePoolShape,
  options: v.object({ cognitoTps: v.exactOptional(v.number()) }),
  scan: v.object({ exportRun: idShape }),
  updates: v.optional(v.object({ done: v.boolean() }), { done: false }),
});

/** The event of ComparePool in a drill: before the restore it only reads the backup, after it compares the pool with that. */
export function parseDrillComparison(event: unknown): Omit<ComparePoolInput, 'tableName' | 'bucket'> {
  const { executionArn, drill, options, scan, updates } = workflowState(comparing, event);
  return {
    executionArn,
    options: { percent: 100, ...options },
    userPoolId: drill.poolId,
    runId: scan.exportRun,
    readOnly: !updates.done,
    ...(drill.sample === undefined ? {} : { sample: drill.sample }),
  };
}
