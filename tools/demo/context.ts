import type { LocalCloud } from '../local-cloud/index.ts';
import type { SolutionOptions } from '../deploy/solution.ts';
import type { Narrator } from './narrator.ts';
import type { DemoOptions } from './options.ts';

export const PRIMARY = 'us-east-1';
export const SECONDARY = 'eu-west-1';

/** What every step of the demo works with. */
export interface Demo {
  readonly cloud: LocalCloud;
  readonly narrator: Narrator;
  readonly options: DemoOptions;
  readonly solution: SolutionOptions;
}

/** The main stack's outputs that the demo uses. */
export interface Launched {
  readonly stackId: string;
  readonly tableName: string;
  readonly exportWorkflow: string;
  readonly secondaryImportWorkflow: string;
  readonly verifyWorkflows: Readonly<Record<typeof PRIMARY | typeof SECONDARY, string>>;
  readonly stackSetName: string;
  readonly buckets: Readonly<Record<typeof PRIMARY | typeof SECONDARY, string>>;
}

/** The demo stops: something that must hold did not. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}
