import { OPEN_KEY, openItem, runIdIn } from '../backup/manifest.ts';
import type { OpenMarker } from '../backup/manifest.ts';
import { Fault } from '../errors.ts';
import type { BackupTable } from '../ports.ts';

/** Puts the OPEN marker in place of whatever marker is there; Fault ServiceError when another run put its own meanwhile. */
export async function markOpen(table: Pick<BackupTable, 'getItem' | 'putItemIf'>, marker: OpenMarker): Promise<void> {
  const before = runIdIn(await table.getItem(OPEN_KEY));
  if (await table.putItemIf(openItem(marker), before === undefined ? 'absent' : { attribute: 'runId', value: before }))
    return;
  // The answer to an own write may have been lost and the write repeated.
  if ((await table.getItem(OPEN_KEY))?.runId === marker.runId) return;
  throw new Fault(
    'ServiceError',
    `The OPEN marker of export run ${marker.runId} was not set: another run set its own meanwhile.`,
  );
}
