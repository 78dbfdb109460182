import { contentDigest, contentHash, sha256Of } from '../hashing.ts';
import { isDamaged } from '../tally.ts';
import type { BackupTable, ItemKey, TableItem } from '../../ports.ts';
import type { FederatedPart } from './kept-federated.ts';

/**
 * A part of the users of identity providers in the backup table: items that are named by the part's own SHA-256 and are
 * never changed, so that a reader never meets a half-changed one. The manifest that a run seals names the parts that count.
 */
const FEDERATED = 'FEDERATED#';
/** In base64 320 KB of the 400 KB that DynamoDB allows. */
const ITEM_BYTES = 240 * 1024;

/** True for an item that holds a piece of a part, of whatever run. */
export const isFederatedItem = ({ id }: ItemKey): boolean => id.startsWith(FEDERATED);

/** Keys of the items that hold the part. */
export const federatedKeys = ({ sha256, bytes }: Pick<FederatedPart, 'sha256' | 'bytes'>): ItemKey[] =>
  Array.from({ length: Math.ceil(bytes / ITEM_BYTES) }, (_, index) => ({
    id: FEDERATED + sha256,
    type: `PART#${String(index).padStart(5, '0')}`,
  }));

/** The items that hold the part. */
export const federatedItems = (part: Pick<FederatedPart, 'sha256'>, body: Buffer): TableItem[] =>
  federatedKeys({ ...part, bytes: body.length }).map((key, index) => {
    const item = { ...key, data: body.subarray(index * ITEM_BYTES, (index + 1) * ITEM_BYTES).toString('base64') };
    return { ...item, contentHash: contentHash(item) };
  });

/** True for an item that holds what was written to it. */
export const isWholeFederatedItem = (item: TableItem): boolean => !isDamaged(item, contentDigest(item));

/** The part's body; undefined while one of its items has not arrived in this Region, or is not what was written. */
export async function federatedBodyOf(
  table: Pick<BackupTable, 'getItem'>,
  part: FederatedPart,
): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  for (const key of federatedKeys(part)) {
    const data = (await table.getItem(key))?.data;
    if (typeof data !== 'string') return undefined;
    pieces.push(Buffer.from(data, 'base64'));
  }
  const body = Buffer.concat(pieces);
  return sha256Of(body) === part.sha256 ? body : undefined;
}
