import { selectionKeys } from '../../domain/import/plan/selection-keys.ts';
import { selectionReportShape } from '../../domain/import/selection/report.ts';
import type { ResultRow, SelectionReport } from '../../domain/import/selection/report.ts';
import type { SelectionRequest } from '../../domain/import/selection/request.ts';
import type { ExecutionFacts } from '../../domain/operator/execution.ts';
import type { PartOfWork } from '../../domain/operator/following.ts';
import { inOptions } from '../../domain/operator/in-options.ts';
import { afterCreation } from '../../domain/operator/selection/advice.ts';
import { resultRowsIn } from '../../domain/operator/selection/rows.ts';
import {
  isMissingResult,
  isUndoable,
  kindOfRow,
  resultCounts,
} from '../../domain/operator/selection/selected-things.ts';
import { parseJson } from '../../domain/state/json-object.ts';
import type { CliContext } from '../context.ts';
import { conclude } from '../executions/conclude.ts';
import { followToEnding } from '../executions/follow.ts';
import { startWorkflow } from '../executions/run-execution.ts';
import type { ExitKind } from '../exit-codes.ts';
import { typed } from '../program.ts';
import type { PoolChange, SelectionPart } from './pool-change.ts';
import { selectionInput, storeRequest } from './look-first.ts';
import { storedAt } from './pool-place.ts';
import type { PoolPlace } from './pool-place.ts';
import { lackingGroups } from './lacking-groups.ts';
import { FEW } from './show-differences.ts';
import { resultBlocks } from './show-results.ts';

/** A part that has ended with a report. */
interface Written {
  readonly request: SelectionRequest;
  readonly id: string;
  readonly execution: ExecutionFacts;
  readonly report: SelectionReport;
  readonly rows: readonly ResultRow[];
}

/** Lets the workflow write one part after the other, and tells what became of everybody. */
export async function writeSelection(
  context: CliContext,
  there: PoolPlace,
  change: PoolChange,
  parts: readonly SelectionPart[],
): Promise<ExitKind> {
  const written: Written[] = [];
  for (const [index, part] of parts.entries()) {
    const id = part.id ?? (await storeRequest(context, there, part.request));
    const ended = await writePart(context, there, change, { id, part: { part: index, of: parts.length } });
    if (typeof ended === 'string') return ended;
    written.push({ ...ended, request: part.request });
  }
  return told(context, there, change, written);
}

async function writePart(
  context: CliContext,
  there: PoolPlace,
  { given }: PoolChange,
  { id, part }: { readonly id: string; readonly part: PartOfWork },
): Promise<Omit<Written, 'request'> | ExitKind> {
  const { machine, place, poolId } = there;
  const executionArn = await startWorkflow(context, machine, selectionInput(there, id, given));
  const attach = typed(place, `attach ${executionArn}`);
  const execution = await followToEnding(context, { machine, executionArn, attach, part });
  if (execution === 'detached') {
    context.output.summary({
      blocks: [
        {
          lines: [
            `Detached. The restore goes on in ${machine.region}.`,
            ...(part.part === part.of - 1
              ? []
              : ['The users whose accounts you confirmed were not begun with: restore them again.']),
          ],
        },
      ],
      data: { outcome: 'detached', selection_id: id, execution_arn: executionArn },
      next: [attach, typed(place, `report --selection ${id} --to ${poolId}`)],
    });
    return 'detached';
  }
  const keys = selectionKeys(poolId, id);
  const stored = await storedAt(there, keys.report);
  const report = stored === undefined ? undefined : parseJson(keys.report, stored, selectionReportShape);
  const ended = execution.status === 'SUCCEEDED' || execution.error === 'RestoreIncomplete';
  if (!ended || report === undefined || report.dryRun) return conclude(context, place, machine, execution);
  const results = await storedAt(there, keys.results);
  return { id, execution, report, rows: results === undefined ? [] : resultRowsIn(results) };
}

/** What became of everybody: of users whose account was confirmed, what the later part says, also where an earlier one met them. */
function lastWords(written: readonly Written[]): readonly ResultRow[] {
  return written.flatMap(({ rows }, index) => {
    const later = new Set(written.slice(index + 1).flatMap(({ request }) => request.confirmed ?? []));
    return rows.filter(({ sub }) => !later.has(sub));
  });
}

function told(
  { output }: CliContext,
  there: PoolPlace,
  { request, given, withoutRecovery }: PoolChange,
  written: readonly Written[],
): ExitKind {
  const { poolId, region, place, machine } = there;
  const rows = lastWords(written);
  const isPartial =
    written.some(({ report, rows: all }) => report.outcome === 'partial' && all.length === 0) ||
    rows.some(isMissingResult);
  const kind: ExitKind = isPartial ? 'partial' : 'complete';
  const created = rows.filter((row) => kindOfRow(row) === 'user' && row.result === 'created');
  const advice = [
    ...afterCreation({
      poolId,
      region,
      subs: created.map(({ poolSub }) => poolSub),
      withoutRecovery: created.filter(({ sub }) => withoutRecovery.has(sub)).map(({ poolSub }) => poolSub),
    }),
    ...lackingGroups(there, rows),
  ];
  const undo = written
    .filter((part) => request.undo === undefined && isUndoable(part.rows))
    .map(({ id }) => typed(place, `undo ${id} --to ${poolId}${given.groupRoles === true ? ' --group-roles' : ''}`));
  const reports = written.map(({ id }) => typed(place, `report --selection ${id} --to ${poolId} --save results.csv`));
  const notes = written.flatMap(({ report }) => report.notes.map((note) => inOptions('ImportWorkflow', note)));
  output.summary({
    blocks: [
      {
        heading: isPartial ? `Restored into ${poolId}, with something missing` : `Restored into ${poolId}`,
        rows: [{ label: 'outcome', value: kind, tone: isPartial ? 'warning' : 'good' }],
      },
      ...resultBlocks(rows),
      ...(notes.length === 0 ? [] : [{ lines: notes }]),
      ...(advice.length === 0 ? [] : [{ heading: 'What to do', lines: advice }]),
    ],
    data: {
      outcome: kind,
      user_pool: poolId,
      region,
      bucket: machine.bucket,
      selections: written.map(({ id, execution }) => ({
        selection_id: id,
        execution_arn: execution.executionArn,
        results_key: selectionKeys(poolId, id).results,
      })),
      counts: resultCounts(rows),
      ...(rows.length > FEW ? {} : { results: rows }),
      ...(advice.length === 0 ? {} : { what_to_do: advice.join('\n') }),
    },
    next: [...undo, ...reports],
  });
  return kind;
}
