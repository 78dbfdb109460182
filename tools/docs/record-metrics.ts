/**
 * Records the metrics of a demo run for the picture of the dashboard: `npx tsx tools/docs/record-metrics.ts`, then `npm run
 * docs`. Launches the solution on the local cloud, changes the pool and exports it a few times, and looks after each export.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { METRIC_UNITS, METRICS_DIMENSION, METRICS_NAMESPACE } from '../../source/domain/watch/metrics.ts';
import { churn } from '../chaos/churn.ts';
import { ALLOWED, deploy } from '../chaos/deployment.ts';
import { SeededRandom } from '../demo/seed/random.ts';
import { stepFunctionsIn } from '../deploy/clients.ts';
import { execute } from '../deploy/executions.ts';
import { PRIMARY } from '../deploy/regions.ts';
import { startLocalCloud } from '../local-cloud/index.ts';

const [USERS, EXPORTS, PERIOD_SECONDS] = [400, 6, 5];
const cloud = await startLocalCloud({ waitScale: 0.02 });
try {
  const begun = Date.now();
  const deployment = await deploy(cloud, 'username', USERS);
  const lambda = new LambdaClient(cloud.clientConfig(PRIMARY));
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const FunctionName = Functions.find((found) => found.FunctionName?.includes('WatchBackup') === true)?.FunctionName;
  const look = () => lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }));
  await look();
  for (let run = 0; run < EXPORTS; run += 1) {
    await churn(deployment, new SeededRandom(run + 1), 6 + 4 * run);
    await execute(stepFunctionsIn(cloud, PRIMARY), deployment.exportWorkflow, ALLOWED);
    await look();
  }
  const { MetricDataResults = [] } = await new CloudWatchClient(cloud.clientConfig(PRIMARY)).send(
    new GetMetricDataCommand({
      StartTime: new Date(begun),
      EndTime: new Date(Date.now() + 60_000),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: Object.keys(METRIC_UNITS).map((MetricName) => ({
        Id: MetricName.charAt(0).toLowerCase() + MetricName.slice(1),
        Label: MetricName,
        MetricStat: {
          Metric: {
            Namespace: METRICS_NAMESPACE,
            MetricName,
            Dimensions: [{ Name: METRICS_DIMENSION, Value: 'chaos-username' }],
          },
          Period: PERIOD_SECONDS,
          Stat: 'Maximum',
        },
      })),
    }),
  );
  const first = Math.min(...MetricDataResults.flatMap(({ Timestamps = [] }) => Timestamps.map((at) => at.getTime())));
  /** Seconds since the first of all and the value, by the name of the metric. */
  const recorded = Object.fromEntries(
    MetricDataResults.map(({ Label = '', Timestamps = [], Values = [] }) => [
      Label,
      Timestamps.map((at, index): [number, number] => [
        Math.round((at.getTime() - first) / 1000),
        Math.round((Values[index] ?? 0) * 1e6) / 1e6,
      ]).sort(([one], [other]) => one - other),
    ]),
  );
  const path = fileURLToPath(new URL('dashboard-metrics.json', import.meta.url));
  writeFileSync(path, `${JSON.stringify(recorded, null, 1)}\n`);
} finally {
  await cloud.stop();
}
