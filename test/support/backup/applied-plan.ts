import { contentHash } from '../../../source/domain/backup/hashing.ts';
import { itemKind, keyText, userKey } from '../../../source/domain/backup/items.ts';
import {
  changeDigestsKey,
  LATEST_KEY,
  latestItem,
  manifestItem,
  manifestKey,
  OPEN_KEY,
  openItem,
} from '../../../source/domain/backup/manifest.ts';
import type { Manifest, OpenMarker } from '../../../source/domain/backup/manifest.ts';
import { PlannedChangesWriter } from '../../../source/domain/digests/planned-changes.ts';
import type { ItemKey, TableItem } from '../../../source/domain/ports.ts';
import type { SimulatedTable } from '../../../tools/simulation/storage/table.ts';

export const OPENED_AT = '2026-03-02T00:00:00.000Z';

/** One key of the table, and what lies under it one after the other while a run is applied; undefined: nothing. */
export interface Versions {
  readonly key: ItemKey;
  readonly versions: readonly (TableItem | undefined)[];
}

/** What the application of one run writes and deletes, key by key, from the sealed run before it to its own end. */
export interface Application {
  readonly open: OpenMarker;
  readonly marker: Versions;
  readonly digests: readonly Versions[];
  /** Keys of the content that change. */
  readonly content: readonly Versions[];
  /** The sealing transaction, the marker aside. */
  readonly sealing: readonly Versions[];
}

/** The application that leads from one sealed content to another; its digests are spread over `digestItems` items. */
export function applicationOf(
  before: readonly TableItem[],
  after: readonly TableItem[],
  {
    sealed,
    next,
    digestItems = 1,
  }: { readonly sealed: Manifest; readonly next: Manifest; readonly digestItems?: number },
): Application {
  const content = changedKeys(before, after);
  const writer = new PlannedChangesWriter();
  for (const { key, versions } of content) {
    const [old, later] = versions;
    writer.add(key, {
      before: old === undefined ? undefined : contentHash(old),
      after: later === undefined ? undefined : contentHash(later),
    });
  }
  const stored = writer.stored(next.runId);
  const records = Buffer.concat(stored.items.map((item) => Buffer.from(item.records as string, 'base64')));
  const share = Math.ceil(records.length / digestItems);
  const digests = Array.from({ length: digestItems }, (_, index): Versions => {
    const key = changeDigestsKey(next.runId, index);
    const part = records.subarray(index * share, (index + 1) * share);
    return { key, versions: [undefined, { ...key, records: part.toString('base64') }, undefined] };
  });
  const open = { runId: next.runId, openedAt: OPENED_AT, plan: { ...stored.plan, items: digestItems } };
  return {
    open,
    marker: { key: OPEN_KEY, versions: [undefined, openItem(open), undefined] },
    digests,
    content,
    sealing: [
      { key: LATEST_KEY, versions: [latestItem(sealed), latestItem(next)] },
      { key: manifestKey(next.runId), versions: [undefined, manifestItem(next)] },
    ],
  };
}

function changedKeys(before: readonly TableItem[], after: readonly TableItem[]): Versions[] {
  const byKey = (items: readonly TableItem[]): Map<string, TableItem> =>
    new Map(items.filter((item) => itemKind(item) !== undefined).map((item) => [keyText(item), item]));
  const [old, later] = [byKey(before), byKey(after)];
  return [...new Map([...old, ...later])].flatMap(([text, { id, type }]) => {
    const versions = [old.get(text), later.get(text)];
    const [one, other] = versions;
    const same = one !== undefined && other !== undefined && contentHash(one) === contentHash(other);
    return same ? [] : [{ key: { id, type }, versions }];
  });
}

/** Lets the table show that version of the key. */
export function show(table: SimulatedTable, { key, versions }: Versions, version: number): void {
  const item = versions[version];
  if (item === undefined) table.take(key);
  else table.seed(item);
}

/** The table while the run is being applied: the digests, the marker, and the first `done` of its changes. */
export function showApplication(table: SimulatedTable, application: Application, done: number): void {
  for (const each of [...application.digests, application.marker]) show(table, each, 1);
  application.content.forEach((each, index) => show(table, each, index < done ? 1 : 0));
}

/**
 * A run that changes the sealed content of the table in every way: deletes some items, changes some users, adds others.
 * Nothing of it is in the table yet.
 */
export function anyApplication(table: SimulatedTable, runId: string): Application {
  const before = table.all().filter((item) => itemKind(item) !== undefined);
  const latest = table.peek(LATEST_KEY)?.runId as string;
  const sealed = table.peek(manifestKey(latest)) as unknown as Manifest;
  const changed = (item: TableItem): TableItem => ({ ...item, contentHash: contentHash(item) });
  const users = before.filter((item) => itemKind(item) === 'user');
  const after = [
    ...before
      .filter((_, index) => index % 6 !== 0)
      .map((item, index) => (index % 4 === 0 ? changed({ ...item, status: 'RESET_REQUIRED' }) : item)),
    ...users.slice(0, 2).map((item, index) => changed({ ...item, ...userKey(`new-${index}`) })),
  ];
  return applicationOf(before, after, { sealed, next: { ...sealed, runId }, digestItems: 2 });
}
