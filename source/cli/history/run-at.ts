import { bucketReader } from '../../adapters/operator/stored.ts';
import { counted } from '../../domain/counted.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { newestRunBefore } from '../../domain/operator/kept-runs.ts';
import type { RunBefore } from '../../domain/operator/kept-runs.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { explained } from '../explain.ts';

/** The id of the run that was the last complete one at a moment; it is told. @throws CliError */
export async function runAt(
  context: CliContext,
  { regions }: Installation,
  { region, moment }: { readonly region: string; readonly moment: number },
): Promise<string> {
  const bucket = regions.find((one) => one.region === region)?.bucket ?? '';
  const found = await newestRunBefore(bucketReader(context.clients.s3(region), bucket), moment).catch(
    (error: unknown) => {
      throw explained(`Snapshots in the bucket ${bucket}`, error);
    },
  );
  return runToldOf(context, region, { moment, ...found });
}

/** The id of the run that was found for a moment in a Region; it is told. @throws CliError where there is none */
export function runToldOf(
  { output }: Pick<CliContext, 'output'>,
  region: string,
  { moment, run, oldest }: RunBefore & { readonly moment: number },
): string {
  if (run === undefined)
    throw new CliError('notFound', {
      thing: `Runs before ${new Date(moment).toISOString()}`,
      found:
        oldest === undefined
          ? `no complete run is kept in ${region}`
          : `the oldest that is kept in ${region} is ${oldest.runId}, complete at ${oldest.endedAt}`,
      next: 'Give a later time, or leave --at out for the last complete export.',
    });
  output.status({
    text: `Run ${run.runId} was the last one that was complete then: it ended at ${run.endedAt}, with ${counted(run.counts.users, 'user')}.`,
    data: { export_run: run.runId },
    lasting: true,
  });
  return run.runId;
}
