import type { Simulation } from './simulation/simulation.ts';
import type { GatewayOptions } from './gateway.ts';
import type { Backend, Interceptor } from './types.ts';

export interface InterceptorParts extends Omit<GatewayOptions, 'simulation'> {
  readonly backend: Backend;
  readonly simulation: Simulation;
}

/** The gateway's interceptors after the call log, in the order in which a request meets them. */
export function interceptors({ simulation }: InterceptorParts): Interceptor[] {
  return [
    simulation.faults,
    simulation.quotas,
    simulation.latencies,
  ];
}
