import { contentDigest } from '../../backup/hashing.ts';
import { itemKind } from '../../backup/items.ts';
import type { ItemKind } from '../../backup/items.ts';
import { isDamaged } from '../../backup/tally.ts';
import { forEachAtOnce } from '../../concurrency.ts';
import { counted } from '../../counted.ts';
import { Fault } from '../../errors.ts';
import type { BackupTable, TableItem } from '../../ports.ts';
import type { Run } from '../run.ts';

/** An item of the backup, and the digest of what it holds now. */
export interface Digested {
  readonly item: TableItem;
  readonly kind: ItemKind;
  readonly digest: Buffer;
}

const MARKED_AT_A_TIME = 8;

/** The users, groups and memberships of a page. */
export const digested = (items: readonly TableItem[]): Digested[] =>
  items.flatMap((item) => {
    const kind = itemKind(item);
    return kind === undefined ? [] : [{ item, kind, digest: contentDigest(item) }];
  });

/**
 * Something else than an export changed the damaged ones of these items: they no longer hold what their stored hash
 * vouches for, and by that hash every listing would take them for unchanged. Empties the hash, so that whoever compares
 * next writes them again. An item that was written meanwhile is left alone.
 */
export async function markDamaged(table: Pick<BackupTable, 'putItemIf'>, found: readonly Digested[]): Promise<void> {
  const vouched = found.flatMap(({ item, digest }) => {
    const { contentHash } = item;
    return isDamaged(item, digest) && typeof contentHash === 'string' && contentHash !== ''
      ? [{ item, contentHash }]
      : [];
  });
  await forEachAtOnce(vouched, MARKED_AT_A_TIME, async ({ item, contentHash }) => {
    await table.putItemIf({ ...item, contentHash: '' }, { attribute: 'contentHash', value: contentHash });
  });
}

/** Damaged items are never sealed: the run is given up, and the next one writes them from the pool. */
export async function requireUndamaged(run: Run, damaged: number): Promise<void> {
  if (damaged === 0) return;
  const reason = `${counted(damaged, 'item')} of the backup table ${damaged === 1 ? 'does' : 'do'} not hold what an export wrote: something else changed that. What is damaged is marked to be written again; nothing was deleted and export run ${run.id} is not sealed. Start ExportWorkflow again: it writes that from the user pool. Find out who else writes to the table.`;
  await run.abandon(reason);
  throw new Fault('BadState', reason);
}
