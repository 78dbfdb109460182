import type { LocalCloud } from '../local-cloud/index.ts';
import type { SolutionOptions } from '../deploy/solution.ts';
import type { Narrator } from './narrator.ts';
import type { DemoOptions } from './options.ts';
import type { Population } from './seed/population.ts';

/** What every step of the demo works with. */
export interface Demo {
  readonly cloud: LocalCloud;
  readonly narrator: Narrator;
  readonly options: DemoOptions;
  readonly population: Population;
  readonly solution: SolutionOptions;
}

/** The demo stops: something that must hold did not. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}
