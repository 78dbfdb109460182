import type { Manifest } from '../../backup/manifest.ts';
import { readSealedBackup, sameBackup } from '../../backup/sealed-backup.ts';
import type { SealedBackup } from '../../backup/sealed-backup.ts';
import type { PlannedChanges } from '../../digests/planned-changes.ts';
import { judgeTable, noTableContent } from '../../digests/table-tally.ts';
import { Halt } from '../../errors.ts';
import type { ComparisonRun, CompareState } from './state.ts';

type BackupRead = NonNullable<CompareState['backup']>;

/**
 * Begins to read the run that VerifyBackup found in order, also while a plan is being applied to it. Halt ExportRunOpen when
 * another run has been sealed since, or changes the table without a plan that could be held against it.
 */
export async function beginBackup({ input, deps, plans }: Pick<ComparisonRun, 'input' | 'deps' | 'plans'>): Promise<{
  readonly manifest: Manifest;
  readonly backup: BackupRead;
}> {
  const found = await readSealedBackup(deps.table, input.tableName);
  const { manifest, open } = found;
  const plan = await plans.read(open);
  if (manifest === undefined || found.runId !== input.runId || (open !== undefined && plan === undefined))
    throw changed(input, found);
  return {
    manifest,
    backup: { ...(open === undefined ? {} : { open }), read: noTableContent({ underPlan: plan !== undefined }) },
  };
}

/** The plan that the backup is read under; Halt ExportRunOpen when its digests are gone: its run was sealed meanwhile. */
export async function planUnderComparison({
  input,
  deps,
  plans,
  progress,
}: ComparisonRun): Promise<PlannedChanges | undefined> {
  const { backup } = progress.state;
  const plan = await plans.read(backup?.open);
  if (backup?.read.asBefore !== undefined && plan === undefined)
    throw changed(input, await readSealedBackup(deps.table, input.tableName));
  return plan;
}

/**
 * After a scan: Halt ExportRunOpen when the table is not what the run sealed, but for the plan that was being applied to it
 * all the time, or when it has changed since the first scan.
 */
export async function assertSameBackup(
  { input, deps, progress }: ComparisonRun,
  plan: PlannedChanges | undefined,
): Promise<void> {
  const { backup } = progress.state;
  const found = await readSealedBackup(deps.table, input.tableName);
  const { open, read = undefined, readAgain = read } = backup ?? {};
  const { manifest } = found;
  if (manifest === undefined || !sameBackup({ runId: input.runId, ...(open === undefined ? {} : { open }) }, found))
    throw changed(input, found);
  if (read === undefined || readAgain === undefined) return;
  if (
    judgeTable(manifest, readAgain, plan).is === 'different' ||
    judgeTable(read, readAgain, undefined).is === 'different'
  )
    throw changed(input, found);
}

const changed = ({ tableName, userPoolId, runId }: ComparisonRun['input'], found: SealedBackup): Halt =>
  new Halt(
    'ExportRunOpen',
    `The export run ${found.open?.runId ?? found.runId} changed the table ${tableName} while the user pool ${userPoolId} was compared with the export ${runId}: the comparison is void.`,
  );
