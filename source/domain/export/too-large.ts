import * as v from 'valibot';
import { isTooLarge, itemBytes } from '../backup/item-size.ts';
import { subOfKey } from '../backup/items.ts';
import type { UserItem } from '../backup/items.ts';
import { countShape, subShape } from '../state/shape.ts';
import { runFolder } from './run.ts';

export const tooLargeShape = v.array(v.object({ sub: subShape, bytes: countShape }));
/** Users whose attributes together are more than an item of the table may hold; there are hardly ever any. */
export type TooLargeUsers = v.InferOutput<typeof tooLargeShape>;

/** Key of the list of these users: it holds subs, messages only say where it is. */
export const tooLargeKey = (runId: string): string => `${runFolder(runId)}too-large.json`;

/** Listed users by whether the table can hold them. */
export interface BySize {
  readonly fits: readonly UserItem[];
  readonly large: readonly UserItem[];
}

/** Tells them apart before they are written: one that is too large would fail the whole call. */
export function bySize(items: readonly UserItem[]): BySize {
  const large = items.filter(isTooLarge);
  return { fits: large.length === 0 ? items : items.filter((item) => !large.includes(item)), large };
}

/** Notes those that are too large, in place, each once; one that fitted at another sight is in the backup as of then. */
export function noteTooLarge(noted: TooLargeUsers, { fits, large }: BySize, isSeen: (item: UserItem) => boolean): void {
  if (noted.length > 0) {
    const subs = new Set([...fits, ...large].map(subOfKey));
    noted.splice(0, noted.length, ...noted.filter(({ sub }) => !subs.has(sub)));
  }
  noted.push(...large.filter((item) => !isSeen(item)).map((item) => ({ sub: subOfKey(item), bytes: itemBytes(item) })));
}
