import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRIC_UNITS, METRICS_DIMENSION, METRICS_NAMESPACE } from '../domain/watch/metrics.ts';
import type { Measure, MetricName } from '../domain/watch/metrics.ts';

/**
 * Metrics as lines of the function's log, of which CloudWatch makes metrics by itself (embedded metric format): without a
 * call, and without a permission. One dimension, so that each is one metric to pay for.
 */
export function metrics(stackName: string): Measure {
  const powertools = new Metrics({ namespace: METRICS_NAMESPACE });
  // Powertools would add a dimension of its own, `service`, which makes one metric per function.
  powertools.clearDefaultDimensions();
  powertools.setDefaultDimensions({ [METRICS_DIMENSION]: stackName });
  return (measured) => {
    const values = Object.entries(measured) as [MetricName, number | undefined][];
    for (const [name, value] of values) if (value !== undefined) powertools.addMetric(name, METRIC_UNITS[name], value);
    if (powertools.hasStoredMetrics()) powertools.publishStoredMetrics();
  };
}
