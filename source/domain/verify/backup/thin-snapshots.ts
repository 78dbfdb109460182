import { tagSuperseded } from '../../backup/snapshot/superseded.ts';
import { VERIFICATIONS_PREFIX } from '../verify-event.ts';
import { inBackupRegion } from './state.ts';
import type { Verification } from './state.ts';

/** See SupersededSetting. */
const TAGGED_KEY = `${VERIFICATIONS_PREFIX}tagged-snapshots.json`;

/**
 * Lets the snapshots of the backup Region expire but for its newest complete one; in the primary Region the export does.
 * Resolves what is to be told.
 */
export async function thinSnapshots({ input, deps }: Verification): Promise<readonly string[]> {
  if (!inBackupRegion(input)) return [];
  const note = await tagSuperseded(deps, { keepsSnapshots: input.retentionDays > 0, taggedKey: TAGGED_KEY });
  return note === undefined ? [] : [note];
}
