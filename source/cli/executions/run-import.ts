import { bucketReader } from '../../adapters/operator/stored.ts';
import { counted } from '../../domain/counted.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { momentIn } from '../../domain/operator/inputs.ts';
import { newestRunBefore } from '../../domain/operator/kept-runs.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, CommandAction } from '../context.ts';
import { explained } from '../explain.ts';
import { acceptedKeys, typedPool } from '../given.ts';
import { openSession } from '../session.ts';
import { machineIn, runExecution } from './run-execution.ts';

const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

interface ImportGiven {
  readonly to: string;
  readonly run?: string;
  readonly at?: string;
  readonly dryRun?: true;
  readonly tps?: number;
  readonly table?: string;
  readonly accept?: unknown;
}

/** Starts a restore and follows it. */
export const runImport: CommandAction = async (context, { options }) => {
  const given = options as unknown as ImportGiven;
  const moment = momentGiven(given);
  const { poolId, region } = await typedPool(context, '--to', given.to);
  const { installation } = await openSession(context, options, { settled: true, otherRegion: region });
  machineIn(installation, 'ImportWorkflow', region);
  const exportRun = moment === undefined ? given.run : await runAt(context, installation, { region, moment });
  const input = {
    NewUserPoolId: poolId,
    ...(exportRun === undefined ? {} : { ExportRun: exportRun }),
    ...(given.dryRun === true ? { DryRun: true } : {}),
    ...(given.tps === undefined ? {} : { CognitoTPS: given.tps }),
    ...(given.table === undefined ? {} : { BackupTableName: given.table }),
    ...acceptedKeys(given.accept),
  };
  return runExecution(context, { installation, place: options }, { workflow: 'ImportWorkflow', region, input });
};

function momentGiven({ at, run }: ImportGiven): number | undefined {
  if (run !== undefined && !RUN_ID.test(run))
    throw new CliError('usage', {
      thing: '--run',
      found: `"${run}" is no id of an export run`,
      next: 'Give an id such as 20260301T000000Z-0a1b2c3d, or a time by --at.',
    });
  if (at === undefined) return undefined;
  const moment = momentIn(at);
  if (moment !== undefined) return moment;
  throw new CliError('usage', {
    thing: '--at',
    found: `"${at}" is no time with its zone`,
    next: 'Give a time such as 2026-11-27T12:00Z (UTC) or 2026-11-27T12:00+01:00, or a day.',
  });
}

/** The run that was the last complete one at a moment. */
async function runAt(
  { clients, output }: CliContext,
  { regions }: Installation,
  { region, moment }: { readonly region: string; readonly moment: number },
): Promise<string> {
  const bucket = regions.find((one) => one.region === region)?.bucket ?? '';
  const { run, oldest } = await newestRunBefore(bucketReader(clients.s3(region), bucket), moment).catch(
    (error: unknown) => {
      throw explained(`Snapshots in the bucket ${bucket}`, error);
    },
  );
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
