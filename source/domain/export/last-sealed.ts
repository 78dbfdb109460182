import { countsText } from '../backup/counts.ts';
import { LATEST_KEY, manifestIn, manifestKey, runIdIn } from '../backup/manifest.ts';
import { Halt } from '../errors.ts';
import type { BackupTable } from '../ports.ts';

/** What the backup holds, and what a restore from it would bring: for messages of exports that must not change it. */
export async function lastSealedText(table: Pick<BackupTable, 'getItem'>): Promise<string> {
  const runId = runIdIn(await table.getItem(LATEST_KEY));
  if (runId === undefined) return 'The backup table names no complete export, so there is nothing to restore from it.';
  const item = await table.getItem(manifestKey(runId));
  if (item === undefined) return `The last sealed export is ${runId}; its manifest is missing.`;
  const { endedAt, counts } = manifestIn(item);
  return `The last sealed export is ${runId} of ${endedAt}: a restore with ImportWorkflow brings back its ${countsText(counts)}.`;
}

/** The work of an export; when the pool is gone, the error also says what the backup holds. */
export async function tellingLastSealed<T>(table: Pick<BackupTable, 'getItem'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Halt) || error.name !== 'UserPoolNotFound') throw error;
    throw new Halt('UserPoolNotFound', `${error.message} ${await lastSealedText(table)}`, { cause: error });
  }
}
