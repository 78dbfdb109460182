import { newestComplete, snapshotFolders } from '../../backup/snapshot/folders.ts';
import { Halt, isNamed } from '../../errors.ts';
import { readKeptRun } from '../preflight/kept-run.ts';
import type { KeptRun } from '../preflight/kept-run.ts';
import type { PlanningRun } from './planning-run.ts';
import type { TableDifference } from './planning-state.ts';

/** What both need of the planning. */
type Where = Pick<PlanningRun, 'input' | 'deps'>;

/**
 * The snapshot that this Region keeps of the last sealed run, where the table cannot be planned from. Halts as
 * `difference` says when there is none.
 */
export async function snapshotInstead(runId: string, difference: TableDifference, where: Where): Promise<KeptRun> {
  const { tableName } = where.input;
  try {
    const kept = await readKeptRun(where.deps, { runId, tableName });
    const remark = `The backup table ${tableName} could not be used (${difference.found}). The snapshot that this Region keeps of the same export ${runId} was read instead.`;
    if (kept.manifest.refused === undefined) return { ...kept, remarks: [remark] };
  } catch (error) {
    if (!isNamed(error, 'ExportRunNotFound', 'SnapshotDamaged')) throw error;
  }
  throw await tableHalt(runId, difference, where);
}

/** The halt for a table that differs and has no good snapshot of its run; names the ways out that there are in this Region. */
export async function tableHalt(
  runId: string,
  { halt, found }: TableDifference,
  { input: { tableName }, deps }: Where,
): Promise<Halt> {
  const kept = (await snapshotFolders(deps.objects)).filter((folder) => folder.runId !== runId);
  const newest = await newestComplete(deps.objects, kept);
  const snapshots = `This Region keeps no good snapshot of the export ${runId} that could be read instead${
    newest === undefined ? ', nor of another one' : `; the newest other one is {"ExportRun": "${newest}"}`
  }.`;
  return new Halt(
    halt,
    halt === 'ChecksumDiffers'
      ? `${found}. Nothing was written to the new pool. ${snapshots} Restore a run that is kept ("ExportRun") or a table recovered to an earlier time ("BackupTableName"); or start with "AcceptIncomplete": true to restore these items as they are.`
      : `The backup table ${tableName} does not match its last complete export in this Region after five minutes: ${found}. Nothing was written to the new pool. ${snapshots} Wait for replication and start again, or restore a run that is kept ("ExportRun"); or start with "AcceptIncomplete": true to restore what the table holds and have the rest reported.`,
  );
}
