import type { Interceptor } from '../types.ts';
import { NO_SIMULATION } from './config.ts';
import type { SimulationConfig } from './config.ts';
import { faultInterceptor } from './faults.ts';
import type { FaultDeps, FaultInterceptor, RuleStrikes } from './faults.ts';
import { latencyInterceptor } from './latencies.ts';
import { quotaInterceptor } from './quotas.ts';
import { requiredTagsInterceptor } from './required-tags.ts';

export interface FaultStrikes {
  readonly label: string;
  readonly strikes: number;
  /** By `<service>.<action>`. */
  readonly actions: RuleStrikes;
}

/** The switchable simulation: holds the configuration of the moment and the interceptors that follow it. */
export class Simulation {
  private current: SimulationConfig = NO_SIMULATION;
  private faultState: FaultInterceptor;
  private quotaState: Interceptor;
  private readonly now: () => number;
  private readonly deps: FaultDeps;

  constructor(deps: FaultDeps & { readonly now: () => number }) {
    this.now = deps.now;
    this.deps = deps;
    this.faultState = faultInterceptor(this.current, this.deps);
    this.quotaState = quotaInterceptor(this.current.quotas, this.now);
  }

  get config(): SimulationConfig {
    return this.current;
  }

  /** Replaces the given members. New faults begin to count again; new quotas begin with full buckets. */
  configure(changes: Partial<SimulationConfig>): void {
    this.current = { ...this.current, ...changes };
    if (changes.faults !== undefined || changes.regionsDown !== undefined || changes.absentServices !== undefined)
      this.faultState = faultInterceptor(this.current, this.deps);
    if (changes.quotas !== undefined) this.quotaState = quotaInterceptor(this.current.quotas, this.now);
  }

  /** How often each fault rule has struck since the rules were set, by its label. */
  strikes(): FaultStrikes[] {
    const counts = this.faultState.strikes();
    return this.current.faults.map(({ label }, index) => {
      const actions = counts[index] ?? {};
      return { label: label ?? '', strikes: Object.values(actions).reduce((sum, count) => sum + count, 0), actions };
    });
  }

  readonly faults: Interceptor = (request, next) => this.faultState(request, next);
  readonly quotas: Interceptor = (request, next) => this.quotaState(request, next);
  readonly requiredTags: Interceptor = (request, next) =>
    requiredTagsInterceptor(this.current.requiredTags)(request, next);
  readonly latencies: Interceptor = (request, next) => latencyInterceptor(this.current.latencies)(request, next);
}
