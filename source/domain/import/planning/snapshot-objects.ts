import * as v from 'valibot';
import { groupOf, itemKind, subOfKey } from '../../backup/items.ts';
import type { SnapshotObject } from '../../backup/manifest.ts';
import { readSnapshotObject } from '../../backup/snapshot/read.ts';
import type { ItemTally } from '../../backup/tally.ts';
import type { ObjectStore, TableItem } from '../../ports.ts';
import { subShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { SegmentSpool } from './segment-spool.ts';
import type { KeepsLine } from './segment-spool.ts';
import { readSpool, SpoolWriter } from './spool.ts';

/** The snapshot that is read, and where it goes. */
export interface SnapshotSource {
  readonly snapshots: Pick<ObjectStore, 'read'>;
  readonly runId: string;
  /** For the spool. */
  readonly objects: Pick<ObjectStore, 'read' | 'put'>;
  /** Key prefix of spool objects. */
  readonly spoolPrefix: string;
  /** Counts every item that is read into the spool. */
  readonly tally: ItemTally;
  /** See PlanningRun. */
  readonly keeps: KeepsLine | undefined;
}

/**
 * What the object of kept items holds: users who may have memberships in a segment's object, and memberships whose user
 * may be in one: what an export confirmed (at most 1,000 users) and what was new or changed in it, a few per cent of the
 * pool by all rules. This is in memory; their attributes are not.
 */
export interface Kept {
  readonly users: ReadonlySet<string>;
  /** Names of groups by `sub`. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** One line per membership in a segment whose user is in the object of kept items. */
const heldBackShape = v.object({ sub: subShape, group: v.string() });
type HeldBack = Stored<typeof heldBackShape>;

/** What one object gave: keys of spool objects, and what was counted on the way. */
export interface ReadObject {
  readonly parts: readonly string[];
  /** Keys of the objects of memberships that wait for their user. */
  readonly held: readonly string[];
  /** Memberships whose user is not in the snapshot. */
  readonly orphans: number;
  /** Kept memberships that found their user in a segment. */
  readonly joined: number;
}

/** Reads the object of kept items for what the segments need of it. */
export async function readKept(
  { snapshots, runId }: Pick<SnapshotSource, 'snapshots' | 'runId'>,
  object: SnapshotObject | undefined,
): Promise<Kept> {
  const users = new Set<string>();
  const groups = new Map<string, string[]>();
  if (object === undefined) return { users, groups };
  for await (const items of readSnapshotObject(snapshots, runId, object)) {
    for (const item of items) {
      const kind = itemKind(item);
      if (kind === 'user') users.add(subOfKey(item));
      if (kind === 'membership') push(groups, subOfKey(item), groupOf(item));
    }
  }
  return { users, groups };
}

/** Spools the users and groups of one segment. Void when it throws: then nothing of it may be counted. */
export async function readSegmentObject(
  object: SnapshotObject,
  kept: Kept,
  source: SnapshotSource,
): Promise<ReadObject> {
  const prefix = `${source.spoolPrefix}${object.name}-`;
  let joined = 0;
  const elsewhere = (sub: string): readonly string[] => {
    const groups = kept.groups.get(sub) ?? [];
    joined += groups.length;
    return groups;
  };
  const spool = new SegmentSpool(source.objects, prefix, { parts: [] }, { elsewhere, keeps: source.keeps });
  const held = new SpoolWriter(source.objects, `${prefix}held-`);
  for await (const item of countedItems(object, source)) {
    if (itemKind(item) === 'membership' && kept.users.has(subOfKey(item)))
      held.add({ sub: subOfKey(item), group: groupOf(item) } satisfies HeldBack);
    else spool.add(item);
    await spool.makeRoom();
  }
  await spool.end();
  await held.flush();
  return { parts: spool.state.parts, held: held.parts, orphans: spool.orphans, joined };
}

/** Spools the kept users, with the memberships that waited for them in `held`; the last object to be read. */
export async function readKeptObject(
  object: SnapshotObject,
  kept: Kept,
  before: Pick<ReadObject, 'held' | 'joined'>,
  source: SnapshotSource,
): Promise<ReadObject> {
  const groups = new Map([...kept.groups].map(([sub, names]) => [sub, [...names]]));
  for await (const { sub, group } of readSpool(source.objects, before.held, heldBackShape)) push(groups, sub, group);
  const spool = new SegmentSpool(
    source.objects,
    `${source.spoolPrefix}${object.name}-`,
    { parts: [] },
    { elsewhere: (sub) => groups.get(sub) ?? [], keeps: source.keeps },
  );
  for await (const item of countedItems(object, source)) {
    if (itemKind(item) !== 'membership') spool.add(item);
    await spool.makeRoom();
  }
  await spool.end();
  const withoutKeptUser = [...kept.groups].reduce(
    (sum, [sub, names]) => (kept.users.has(sub) ? sum : sum + names.length),
    0,
  );
  return { parts: spool.state.parts, held: [], orphans: withoutKeptUser - before.joined, joined: 0 };
}

async function* countedItems(
  object: SnapshotObject,
  { snapshots, runId, tally }: SnapshotSource,
): AsyncGenerator<TableItem, void, undefined> {
  for await (const items of readSnapshotObject(snapshots, runId, object)) {
    for (const item of items) {
      tally.add(item);
      yield item;
    }
  }
}

function push(groups: Map<string, string[]>, sub: string, group: string): void {
  const known = groups.get(sub);
  if (known === undefined) groups.set(sub, [group]);
  else known.push(group);
}
