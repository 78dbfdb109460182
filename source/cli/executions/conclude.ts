import { bucketReader } from '../../adapters/operator/stored.ts';
import { selectionOfExecution } from '../../domain/operator/execution.ts';
import type { ExecutionFacts, Machine } from '../../domain/operator/execution.ts';
import { endingOf } from '../../domain/operator/ending.ts';
import type { Ending } from '../../domain/operator/ending.ts';
import { importCommand } from '../../domain/operator/inputs.ts';
import { lostInDryRun } from '../../domain/operator/dry-run-report.ts';
import { duration } from '../../domain/workflow/notices/text.ts';
import type { CliContext } from '../context.ts';
import type { ExitKind } from '../exit-codes.ts';
import type { Tone } from '../output/output.ts';
import { typed } from '../program.ts';
import type { Place } from '../session.ts';

const TONES: Readonly<Record<Ending['kind'], Tone>> = {
  complete: 'good',
  partial: 'warning',
  refused: 'bad',
  notFound: 'bad',
  failed: 'bad',
};

const GUARDS: readonly string[] = ['MassDeleteRefused', 'MassChangeRefused'];

/** Tells how an execution ended, and what comes next; the exit code is that of its end. */
export async function conclude(
  context: CliContext,
  place: Place,
  machine: Machine,
  execution: ExecutionFacts,
): Promise<ExitKind> {
  const { workflow, region } = machine;
  const ending = endingOf(workflow, execution, await dryRunLosses(context, machine, execution));
  const { kind, headline, findings, counts, advice } = ending;
  const { executionArn, status, error, output, startedAt, endedAt = startedAt } = execution;
  context.output.summary({
    blocks: [
      {
        heading: headline,
        rows: [
          { label: 'outcome', value: kind === 'notFound' ? 'not found' : kind, tone: TONES[kind] },
          ...counts.map(([label, value]) => ({ label, value })),
          { label: 'took', value: duration(endedAt - startedAt) },
        ],
      },
      ...(findings.length === 0 ? [] : [{ lines: findings }]),
      ...(advice === undefined ? [] : [{ heading: 'What to do', lines: [advice] }]),
    ],
    data: {
      outcome: kind,
      headline,
      workflow,
      region,
      execution_arn: executionArn,
      status,
      ...(error === '' ? {} : { error, cause: findings.join(' ') }),
      ...(advice === undefined ? {} : { what_to_do: advice }),
      seconds: Math.round((endedAt - startedAt) / 1000),
      result: output,
    },
    next: nextCommands(place, machine, { ending, execution }),
  });
  return kind;
}

/** Users whom a restore after this dry run would not bring back; its report has the rules by which they are left out. */
async function dryRunLosses(
  { clients }: CliContext,
  { region, bucket }: Machine,
  { output }: ExecutionFacts,
): Promise<number | undefined> {
  if (output.dryRun !== true) return undefined;
  const keys = Array.isArray(output.reportKeys) ? (output.reportKeys as unknown[]) : [];
  const key = keys.find((one): one is string => typeof one === 'string' && one.endsWith('report.json'));
  const stored = key === undefined ? undefined : await bucketReader(clients.s3(region), bucket).get(key);
  return lostInDryRun(output, stored?.body);
}

function nextCommands(
  place: Place,
  { workflow }: Machine,
  { ending, execution }: { readonly ending: Ending; readonly execution: ExecutionFacts },
): string[] {
  const { input, output, executionArn } = execution;
  const pool = typeof input.NewUserPoolId === 'string' ? input.NewUserPoolId : undefined;
  const started = ending.kind === 'complete' || ending.kind === 'partial';
  const selection = selectionOfExecution(execution);
  if (pool !== undefined && selection !== undefined && started)
    return [typed(place, `report --selection ${selection} --to ${pool}`)];
  if (workflow === 'ImportWorkflow' && pool !== undefined && started)
    return output.dryRun === true
      ? [typed(place, `report ${executionArn}`), typed(place, importCommand(input))]
      : [
          typed(place, `report --to ${pool}`),
          // It would be compared with the newest backup of this launch, which it does not come from.
          ...(input.SnapshotPrefix === undefined && input.ExportRun === undefined
            ? [typed(place, `verify --pool ${pool}`)]
            : []),
        ];
  // A restore goes on where it was stopped.
  if (
    workflow === 'ImportWorkflow' &&
    pool !== undefined &&
    selection === undefined &&
    input.DryRun !== true &&
    ending.kind === 'failed'
  )
    return [typed(place, importCommand(input)), typed(place, 'status')];
  if (workflow === 'VerifyWorkflow' && execution.error === 'PoolDiffers')
    return [typed(place, `report ${executionArn}`)];
  // A guard asks whether it was meant; this tells when it happened, and whom it concerns.
  if (GUARDS.includes(execution.error)) return [typed(place, 'damage'), typed(place, 'status')];
  const other = execution.error === 'ExecutionAlreadyRunning' ? executionIn(ending) : undefined;
  return [typed(place, other === undefined ? 'status' : `attach ${other}`)];
}

/** The execution that a halt names, which is at work instead. */
const executionIn = ({ findings }: Ending): string | undefined =>
  /arn:[\w-]+:states:[\w-]+:\d+:execution:[\w:-]+/.exec(findings.join(' '))?.[0];
