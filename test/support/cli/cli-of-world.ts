import { REGION } from '../workflows/workflow-world.ts';
import type { WorkflowWorld } from '../workflows/workflow-world.ts';
import { awsError } from './fake-clients.ts';
import { healthyCli } from './healthy.ts';
import type { InstalledCli } from './installed.ts';
import { bucketIn, executionArn } from './stacks.ts';

/** A command line whose executions are the real workflow over a world in memory, and whose bucket is that world's. */
export function cliOfWorld(world: WorkflowWorld): InstalledCli {
  const cli = healthyCli();
  const bucket = bucketIn(REGION);
  const read = (path: string): Uint8Array | undefined =>
    path.startsWith(`${bucket}/`) ? world.objects.stored.get(path.slice(bucket.length + 1))?.body : undefined;
  let starts = 0;
  cli.cloud
    .on('ListPointInTimeRecoveries', () => ({ Restorations: [] }))
    .on('GetObject', ({ Bucket, Key }) => {
      const body = read(`${Bucket as string}/${Key as string}`);
      if (body === undefined) throw awsError('NoSuchKey');
      const pieces = async function* (): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(body);
      };
      return { ETag: 'e', Body: { transformToByteArray: () => Promise.resolve(body), [Symbol.asyncIterator]: pieces } };
    })
    .on('ListObjectsV2', ({ Bucket, Prefix }) => ({
      Contents:
        Bucket === bucket
          ? [...world.objects.stored.keys()].filter((key) => key.startsWith(Prefix as string)).map((Key) => ({ Key }))
          : [],
    }))
    .on('PutObject', async ({ Key, Body }) => {
      await world.objects.put(Key as string, Body as string, { absent: true });
      return { ETag: 'e' };
    })
    .on('StartExecution', async ({ input }, region) => {
      starts += 1;
      const at = new Date(cli.clock.now());
      const { status, output, error, cause } = await world.import(JSON.parse(input as string) as object);
      await Promise.all([cli.clock, world.clock].map((clock) => clock.sleep(5_000)));
      const arn = executionArn('ImportWorkflow', region, `run${starts}`);
      cli.executions.set(arn, {
        status,
        input: input as string,
        startDate: at,
        stopDate: new Date(cli.clock.now()),
        ...(output === undefined ? {} : { output: output as object }),
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
      });
      return { executionArn: arn };
    });
  return cli;
}
