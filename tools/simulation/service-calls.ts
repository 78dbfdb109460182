import type { Clock } from '../../source/domain/ports.ts';

/** What a call may cost, for those who count it. */
export interface CallSize {
  readonly poolId?: string;
  /** Items, keys, objects or messages. */
  readonly entries?: number;
  readonly bytes?: number;
}

/**
 * What every call of a simulated service passes through, by the port's part and method: `cognito.listUsersPage`,
 * `table.putItems`. Whoever runs the simulation decides here what a call takes and costs, and whether it fails.
 */
export interface ServiceCalls {
  readonly clock: Clock;
  /** True while the caller is dead: what it still waits for has no effect. */
  readonly killed?: boolean;
  /** Runs `effect` as one call: it happens at one moment, and is answered later. */
  run<T>(call: string, effect: () => T, size?: CallSize): Promise<T>;
}
