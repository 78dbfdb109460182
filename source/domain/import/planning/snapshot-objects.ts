import { groupOf, itemKind, subOf } from '../../backup/items.ts';
import { readSnapshotObject } from '../../backup/snapshot/read.ts';
import type { SnapshotObject } from '../../backup/manifest.ts';
import type { ObjectStore, TableItem } from '../../ports.ts';
import { readNdjson } from '../../state/ndjson.ts';
import type { RunningTotals } from './item-totals.ts';
import { groupLine, SpoolWriter } from './spool.ts';
import { assemble, spooledUser } from './spooled-user.ts';
import type { PendingMemberships } from './spooled-user.ts';

export interface SnapshotSource {
  readonly objects: Pick<ObjectStore, 'read' | 'put'>;
  readonly runId: string;
  /** See ScanDeps. */
  readonly spoolPrefix: string;
}

/**
 * What the object of kept items holds: users who may have memberships in a segment's object, and memberships whose user
 * may be in one. At most 1,000 users (an export confirms no more), so that this fits into memory; their attributes are
 * not kept.
 */
export interface Kept {
  readonly users: ReadonlySet<string>;
  /** Names of groups by `sub`. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** One line per membership in a segment whose user is in the object of kept items. */
interface HeldBack {
  readonly sub: string;
  readonly group: string;
}

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

export async function readKept({ objects, runId }: SnapshotSource, object: SnapshotObject | undefined): Promise<Kept> {
  const users = new Set<string>();
  const groups = new Map<string, string[]>();
  if (object === undefined) return { users, groups };
  for await (const items of readSnapshotObject(objects, runId, object)) {
    for (const item of items) {
      const kind = itemKind(item);
      if (kind === 'user') users.add(subOf(item));
      if (kind === 'membership') push(groups, subOf(item), groupOf(item));
    }
  }
  return { users, groups };
}

/** Spools the users and groups of one segment. Void when it throws: then nothing of it may be counted. */
export async function readSegmentObject(
  object: SnapshotObject,
  kept: Kept,
  totals: RunningTotals,
  source: SnapshotSource,
): Promise<ReadObject> {
  const spool = new SpoolWriter(source.objects, `${source.spoolPrefix}${object.name}-`);
  const held = new SpoolWriter(source.objects, `${source.spoolPrefix}${object.name}-held-`);
  let pending: PendingMemberships | undefined;
  let orphans = 0;
  let joined = 0;
  for await (const items of readSnapshotObject(source.objects, source.runId, object)) {
    totals.add(items);
    const waits = (item: TableItem): boolean => itemKind(item) === 'membership' && kept.users.has(subOf(item));
    for (const item of items.filter(waits)) held.add({ sub: subOf(item), group: groupOf(item) } satisfies HeldBack);
    const assembled = assemble(
      items.filter((item) => !waits(item)),
      pending,
    );
    pending = assembled.pending;
    orphans += assembled.orphans;
    for (const user of assembled.users) {
      const more = kept.groups.get(user.sub) ?? [];
      joined += more.length;
      spool.add({ ...user, groups: [...user.groups, ...more] });
      if (spool.large) await spool.flush();
    }
    for (const item of items) if (itemKind(item) === 'group') spool.add(groupLine(item));
  }
  await spool.flush();
  await held.flush();
  return { parts: spool.parts, held: held.parts, orphans: orphans + (pending?.groups.length ?? 0), joined };
}

/** Spools the kept users, with the memberships that waited for them in `held`; the last object to be read. */
export async function readKeptObject(
  object: SnapshotObject,
  kept: Kept,
  before: Pick<ReadObject, 'held' | 'joined'>,
  totals: RunningTotals,
  source: SnapshotSource,
): Promise<ReadObject> {
  const groups = new Map([...kept.groups].map(([sub, names]) => [sub, [...names]]));
  for (const key of before.held)
    for await (const { sub, group } of readNdjson<HeldBack>(source.objects, key)) push(groups, sub, group);
  const spool = new SpoolWriter(source.objects, `${source.spoolPrefix}${object.name}-`);
  for await (const items of readSnapshotObject(source.objects, source.runId, object)) {
    totals.add(items);
    for (const item of items) {
      const kind = itemKind(item);
      if (kind === 'user') spool.add(spooledUser(item, groups.get(subOf(item)) ?? []));
      if (kind === 'group') spool.add(groupLine(item));
      if (spool.large) await spool.flush();
    }
  }
  await spool.flush();
  const withoutKeptUser = [...kept.groups].reduce(
    (sum, [sub, names]) => (kept.users.has(sub) ? sum : sum + names.length),
    0,
  );
  return { parts: spool.parts, held: [], orphans: withoutKeptUser - before.joined, joined: 0 };
}

function push(groups: Map<string, string[]>, sub: string, group: string): void {
  const known = groups.get(sub);
  if (known === undefined) groups.set(sub, [group]);
  else known.push(group);
}
