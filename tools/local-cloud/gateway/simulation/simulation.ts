import type { Interceptor } from '../types.ts';
import { NO_SIMULATION, type SimulationConfig } from './config.ts';
import { faultInterceptor } from './faults.ts';
import { latencyInterceptor } from './latencies.ts';
import type { WithBody } from './partial-failure.ts';
import { quotaInterceptor } from './quotas.ts';

/** The switchable simulation: holds the configuration of the moment and the interceptors that follow it. */
export class Simulation {
  private current: SimulationConfig = NO_SIMULATION;
  private faultState: Interceptor;
  private quotaState: Interceptor;
  private readonly now: () => number;
  private readonly withBody: WithBody;

  constructor(deps: { now: () => number; withBody: WithBody }) {
    this.now = deps.now;
    this.withBody = deps.withBody;
    this.faultState = faultInterceptor(this.current, this.withBody);
    this.quotaState = quotaInterceptor(this.current.quotas, this.now);
  }

  get config(): SimulationConfig {
    return this.current;
  }

  /** Replaces the given members. New faults begin to count anew; new quotas begin with full buckets. */
  configure(changes: Partial<SimulationConfig>): void {
    this.current = { ...this.current, ...changes };
    if (changes.faults !== undefined || changes.regionsDown !== undefined) this.faultState = faultInterceptor(this.current, this.withBody);
    if (changes.quotas !== undefined) this.quotaState = quotaInterceptor(this.current.quotas, this.now);
  }

  readonly faults: Interceptor = (request, next) => this.faultState(request, next);
  readonly quotas: Interceptor = (request, next) => this.quotaState(request, next);
  readonly latencies: Interceptor = (request, next) => latencyInterceptor(this.current.latencies)(request, next);
}
