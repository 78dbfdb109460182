import { readFederated } from '../backup/federated/read.ts';
import { groupNameOf, groupOf, itemKind, subOfKey } from '../backup/items.ts';
import type { GroupItem } from '../backup/items.ts';
import { itemsInRun, itemsOfRun } from './run-items.ts';
import type { ReadingProgress, RunItems } from './run-items.ts';

/** A group as a run holds it. */
export interface FoundGroup {
  readonly item: GroupItem;
  /** Subs of its members, of those who come from identity providers last. */
  readonly members: readonly string[];
}

/** Finds groups by their names, letter case included, while a run's snapshot is read once. Halt SnapshotDamaged. */
export async function findGroups(
  run: RunItems,
  names: readonly string[],
  progress: (at: ReadingProgress) => void = () => undefined,
): Promise<ReadonlyMap<string, FoundGroup>> {
  const groups = new Map<string, GroupItem>();
  const members = new Map<string, string[]>(names.map((name) => [name, []]));
  let items = 0;
  for await (const batch of itemsOfRun(run)) {
    for (const item of batch) {
      const kind = itemKind(item);
      if (kind === 'membership') members.get(groupOf(item))?.push(subOfKey(item));
      if (kind === 'group' && members.has(groupNameOf(item))) groups.set(groupNameOf(item), item as GroupItem);
    }
    items += batch.length;
    progress({ items, of: itemsInRun(run) });
  }
  const { federated, runId } = run.manifest;
  if (federated !== undefined && groups.size > 0)
    for await (const part of readFederated({ objects: run.objects, runId }, federated))
      for (const { sub, groups: of } of 'missing' in part ? [] : part)
        for (const name of of) members.get(name)?.push(sub);
  return new Map([...groups].map(([name, item]) => [name, { item, members: members.get(name) ?? [] }]));
}
