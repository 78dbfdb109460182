import { describeExecution, listExecutions } from '../../adapters/operator/executions.ts';
import { bucketReader } from '../../adapters/operator/stored.ts';
import type { ExecutionFacts, ListedExecution, Machine } from '../../domain/operator/execution.ts';
import { machinesOf, selectionOfExecution } from '../../domain/operator/execution.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { headKey, restoreHeadShape } from '../../domain/import/plan/restore-head.ts';
import { selectionKeys } from '../../domain/import/plan/selection-keys.ts';
import { restoreFolder } from '../../domain/import/plan/plan-model.ts';
import { parseJson } from '../../domain/state/json-object.ts';
import { differencesKey, reportKey } from '../../domain/verify/pool/report.ts';
import { verificationFolder } from '../../domain/verify/verify-event.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, Given } from '../context.ts';
import { executionCalled, sessionOf } from '../executions/run-attach.ts';
import { machineIn } from '../executions/run-execution.ts';
import { explained, isUnreachable } from '../explain.ts';
import { typedPool, typedValue } from '../given.ts';
import { assertSelectionId, noSelection, poolOfSelection } from '../selection/find-selection.ts';
import { storedAt } from '../selection/pool-place.ts';
import { openSession } from '../session.ts';

/** A report, and where its files lie. */
export interface FoundReport {
  readonly about: string;
  readonly region: string;
  readonly bucket: string;
  readonly rowsKey: string;
  /** Its content, where finding it took reading it. */
  readonly rows?: Uint8Array;
  /** What stands where the report has no rows, and nothing differs. */
  readonly withoutRowsKey?: string;
  readonly subMapKey?: string;
}

/** Finds the report of a pool's restore, of a selection, of an execution, or of the last restore. @throws CliError */
export async function findReport(context: CliContext, { args, options }: Given): Promise<FoundReport> {
  const [execution] = args;
  if (typeof options.selection === 'string') {
    if (execution !== undefined)
      throw new CliError('usage', {
        thing: '--selection',
        found: 'an execution was given, too',
        next: 'Give one of them.',
      });
    return ofNamedSelection(context, options, options.selection);
  }
  if (typeof options.to === 'string') {
    if (execution !== undefined)
      throw new CliError('usage', { thing: '--to', found: 'an execution was given, too', next: 'Give one of them.' });
    const { poolId, region } = await typedPool(context, '--to', options.to);
    const { installation } = await openSession(context, options, { otherRegion: region });
    return ofRestore(context, machineIn(installation, 'ImportWorkflow', region), poolId);
  }
  const wanted = execution === undefined ? undefined : await typedValue(context, 'execution', execution);
  const { installation, place } = await sessionOf(context, options, wanted);
  const { machine, executionArn } =
    wanted === undefined
      ? await lastRestore(context, installation)
      : await executionCalled(context, { installation, place }, wanted);
  const facts = await describeExecution(context.clients.stepFunctions(machine.region), executionArn).catch(
    (error: unknown) => {
      throw explained(`Execution ${executionArn}`, error);
    },
  );
  if (facts === undefined)
    throw new CliError('notFound', {
      thing: `Execution ${executionArn}`,
      found: `Step Functions in ${machine.region} knows none of this ARN`,
      next: 'Give the pool of the restore: --to.',
    });
  return ofExecution(context, machine, facts);
}

async function ofNamedSelection(
  context: CliContext,
  options: Given['options'],
  selection: string,
): Promise<FoundReport> {
  const id = await typedValue(context, '--selection', selection);
  assertSelectionId(id);
  const pool = typeof options.to === 'string' ? await typedPool(context, '--to', options.to) : undefined;
  const { installation } = await openSession(context, options, pool === undefined ? {} : { otherRegion: pool.region });
  const { poolId, region } = pool ?? (await poolOfSelection(context, installation, id));
  return ofSelection(context, machineIn(installation, 'ImportWorkflow', region), { id, poolId });
}

/** The results once it was carried out, else what a comparison has found. */
async function ofSelection(
  { clients }: CliContext,
  machine: Machine,
  { id, poolId }: { readonly id: string; readonly poolId: string },
): Promise<FoundReport> {
  const { region, bucket } = machine;
  const objects = bucketReader(clients.s3(region), bucket);
  const keys = selectionKeys(poolId, id);
  const stored = (key: string): Promise<Uint8Array | undefined> => storedAt({ objects, machine }, key);
  const results = await stored(keys.results);
  if (results !== undefined)
    return {
      about: `Selection ${id} for ${poolId}`,
      region,
      bucket,
      rowsKey: keys.results,
      rows: results,
      subMapKey: keys.subMap,
    };
  const differences = await stored(keys.differences);
  if (differences !== undefined)
    return {
      about: `Comparison of the selection ${id} with ${poolId}`,
      region,
      bucket,
      rowsKey: keys.differences,
      rows: differences,
    };
  if ((await stored(keys.request)) !== undefined)
    throw new CliError('notFound', {
      thing: `Selection ${id}`,
      found: 'it has no report: the workflow was not started with it, runs, or was refused',
      next: 'Follow it by attach.',
    });
  throw noSelection(id, `the bucket of ${region}, for the pool ${poolId},`);
}

async function ofExecution(context: CliContext, machine: Machine, execution: ExecutionFacts): Promise<FoundReport> {
  const { region, bucket, workflow } = machine;
  const { output, input, executionArn } = execution;
  if (workflow === 'VerifyWorkflow' && typeof input.UserPoolId === 'string')
    return {
      about: `Comparison of ${input.UserPoolId} with the backup`,
      region,
      bucket,
      rowsKey: differencesKey(verificationFolder(executionArn)),
      withoutRowsKey: reportKey(verificationFolder(executionArn)),
    };
  if (workflow === 'ImportWorkflow' && typeof input.NewUserPoolId === 'string') {
    const id = selectionOfExecution(execution);
    if (id !== undefined) return ofSelection(context, machine, { id, poolId: input.NewUserPoolId });
    if (input.DryRun !== true) return ofRestore(context, machine, input.NewUserPoolId);
    const keys = Array.isArray(output.reportKeys) ? (output.reportKeys as unknown[]) : [];
    const rowsKey = keys.find((key): key is string => typeof key === 'string' && key.endsWith('failures.csv'));
    if (rowsKey !== undefined) return { about: `Dry run into ${input.NewUserPoolId}`, region, bucket, rowsKey };
  }
  throw new CliError('notFound', {
    thing: `Execution ${executionArn}`,
    found:
      'it has no report of users: only restores, dry runs and comparisons with a pool have one, once they have ended',
    next: 'Name another execution, or the pool of a restore by --to.',
  });
}

/** By the restore that is in force for the pool, whichever of its executions wrote the report. */
async function ofRestore({ clients }: CliContext, machine: Machine, poolId: string): Promise<FoundReport> {
  const { region, bucket } = machine;
  const key = headKey(poolId);
  const stored = await storedAt({ objects: bucketReader(clients.s3(region), bucket), machine }, key);
  const head = stored === undefined ? undefined : parseJson(key, stored, restoreHeadShape);
  if (head?.phase !== 'complete' && head?.phase !== 'partial')
    throw new CliError('notFound', {
      thing: `Restore into ${poolId}`,
      found:
        head === undefined
          ? `the bucket of ${region} knows none`
          : 'it has not come to its end yet, so it has no report',
      next:
        head === undefined
          ? 'Check the pool and --stack; reports expire after ReportRetentionDays.'
          : 'Follow it by attach, or start the import again if it stopped.',
    });
  const folder = `${restoreFolder(poolId, head.restoreId)}report/`;
  return {
    about: `Restore into ${poolId}`,
    region,
    bucket,
    rowsKey: `${folder}failures.csv`,
    subMapKey: `${folder}sub-map.csv`,
  };
}

/** The newest execution of ImportWorkflow in either Region. */
async function lastRestore(
  context: CliContext,
  installation: Installation,
): Promise<{ readonly machine: Machine; readonly executionArn: string }> {
  const newest: (ListedExecution & { readonly machine: Machine })[] = [];
  for (const machine of machinesOf(installation).filter(({ workflow }) => workflow === 'ImportWorkflow')) {
    const listed = await listExecutions(context.clients.stepFunctions(machine.region), machine.arn, {
      atMost: 1,
    }).catch((error: unknown) => {
      if (isUnreachable(error)) return [];
      throw explained(`ImportWorkflow in ${machine.region}`, error);
    });
    for (const execution of listed) newest.push({ ...execution, machine });
  }
  const [last] = newest.sort((one, other) => other.startedAt - one.startedAt);
  if (last !== undefined) return last;
  throw new CliError('notFound', {
    thing: `Restores of the stack ${installation.stackName}`,
    found: 'there was none in the last 90 days',
    next: 'Name the pool of a restore (--to), or an execution.',
  });
}
