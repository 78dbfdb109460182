import type { Clock, Log } from '../domain/ports.ts';
import type { AnonymousMetric } from '../domain/workflow/anonymous-metrics.ts';
import { errorNameOf } from './service-errors.ts';

/** What one launch tells about itself, and whether it tells anything. */
export interface AnonymousMetricsOptions {
  /** `Yes` in the template's mapping AnonymousData/SendAnonymousData/Data. */
  readonly enabled: boolean;
  /** Nothing is sent without one. */
  readonly endpoint: string | undefined;
  readonly solutionId: string;
  readonly solutionVersion: string;
  /** Random, made once per launch. */
  readonly uuid: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'warn'>;
}

const TIMEOUT_MS = 5_000;

/** Sends anonymized metrics; whatever goes wrong is logged and never fails a run. */
export function anonymousMetrics({
  enabled,
  endpoint,
  solutionId,
  solutionVersion,
  uuid,
  clock,
  log,
}: AnonymousMetricsOptions): (event: AnonymousMetric) => Promise<void> {
  return async (event) => {
    if (!enabled || endpoint === undefined) return;
    const body = {
      Solution: solutionId,
      Version: solutionVersion,
      TimeStamp: new Date(clock.now()).toISOString(),
      UUID: uuid,
      Data: event,
    };
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.arrayBuffer();
      if (!response.ok) log.warn('The metrics endpoint refused an event', { status: response.status });
    } catch (error) {
      log.warn('The metrics endpoint did not answer', { errorName: errorNameOf(error) });
    }
  };
}
