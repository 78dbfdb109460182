import { newScan, scanSegments } from '../backup/scan-segments.ts';
import { noCounts } from '../backup/counts.ts';
import { NameDigests } from '../digests/name-digests.ts';
import type { BackupTable, ItemKey, TableItem } from '../ports.ts';
import { adoptedItem, countOf, isOfAnotherInstallation, LEGACY_TIME_ID } from './legacy-item.ts';
import type { AdoptedItem, LegacyExport } from './legacy-item.ts';
import { signInNameOf } from './legacy-survey.ts';
import { PackedItems } from './packed-items.ts';

/** Segments that are read at a time. */
const SEGMENTS_AT_A_TIME = 4;

/** What a scan of a 1.x table gave, in memory. */
export interface LegacyContent {
  readonly last: LegacyExport;
  /** Users by segment of the scan, those of a later and of an older export apart. */
  readonly users: readonly PackedItems[];
  readonly newerUsers: readonly PackedItems[];
  readonly olderUsers: PackedItems;
  /** Groups by name, and those of an older export. */
  readonly groups: ReadonlyMap<string, TableItem>;
  readonly olderGroups: ReadonlyMap<string, TableItem>;
  /** Names of groups by the sub of their member, each once, and those of an older export. */
  readonly memberships: ReadonlyMap<string, readonly string[]>;
  readonly olderMemberships: ReadonlyMap<string, readonly string[]>;
  readonly older: ReturnType<typeof noCounts>;
  readonly newer: ReturnType<typeof noCounts>;
  readonly emptyDescriptions: number;
  /** Names of groups that have a description or precedence which cannot be read. */
  readonly unreadableGroups: readonly string[];
  /** Of another installation, and those that are none of the solution's. */
  readonly ofOthers: number;
  readonly foreign: number;
  /** Of the sign-in names of `users` and `newerUsers`, as they are and without regard to case. */
  readonly names: NameDigests;
  readonly foldedNames: NameDigests;
}

/**
 * Reads a whole 1.x table, in parallel segments and strongly consistent. Memberships lie under their groups there, so that
 * everything has to be read before the first user is complete.
 */
export async function readLegacy(
  table: Pick<BackupTable, 'scanPage'>,
  last: LegacyExport,
  progress: (items: number) => void = () => undefined,
): Promise<LegacyContent> {
  const segments = newScan();
  const reader = new LegacyReader(last, segments.length);
  let items = 0;
  await scanSegments(table, segments, {
    take: (page, segment) => {
      for (const item of page) reader.add(item, segment);
      items += page.length;
    },
    afterPage: () => progress(items),
    stop: () => false,
    atOnce: SEGMENTS_AT_A_TIME,
  });
  return reader;
}

class LegacyReader implements LegacyContent {
  readonly users: readonly PackedItems[];
  readonly newerUsers: readonly PackedItems[];
  readonly olderUsers = new PackedItems();
  readonly groups = new Map<string, TableItem>();
  readonly olderGroups = new Map<string, TableItem>();
  readonly memberships = new Map<string, string[]>();
  readonly olderMemberships = new Map<string, string[]>();
  readonly older = noCounts();
  readonly newer = noCounts();
  emptyDescriptions = 0;
  readonly unreadableGroups: string[] = [];
  ofOthers = 0;
  foreign = 0;
  readonly names = new NameDigests(true);
  readonly foldedNames = new NameDigests(false);
  /** One text for the name of a group, however many members it has. */
  readonly #groupNames = new Map<string, string>();

  constructor(
    readonly last: LegacyExport,
    segments: number,
  ) {
    const packed = (): PackedItems[] => Array.from({ length: segments }, () => new PackedItems());
    [this.users, this.newerUsers] = [packed(), packed()];
  }

  add(stored: TableItem, segment: number): void {
    const adopted = adoptedItem(stored, this.last);
    if (adopted === undefined) {
      if (isOfAnotherInstallation(stored, this.last)) this.ofOthers += 1;
      else if (!this.#isTime(stored)) this.foreign += 1;
      return;
    }
    if (adopted.age !== 'current') this[adopted.age][countOf(adopted)] += 1;
    this.#keep(adopted, segment);
  }

  #isTime({ id, type }: ItemKey): boolean {
    return id === LEGACY_TIME_ID && type.endsWith(this.last.installation);
  }

  #keep(adopted: AdoptedItem, segment: number): void {
    const isOlder = adopted.age === 'older';
    switch (adopted.kind) {
      case 'user':
        if (isOlder) return this.olderUsers.add(adopted.item);
        this.names.add(signInNameOf(adopted.item));
        this.foldedNames.add(signInNameOf(adopted.item));
        return ((adopted.age === 'newer' ? this.newerUsers : this.users)[segment] as PackedItems).add(adopted.item);
      case 'group':
        if (adopted.emptyDescription) this.emptyDescriptions += 1;
        if (adopted.unreadable) this.unreadableGroups.push(adopted.name);
        (isOlder ? this.olderGroups : this.groups).set(adopted.name, adopted.item);
        return;
      case 'membership': {
        const memberships = isOlder ? this.olderMemberships : this.memberships;
        const name = this.#groupNames.get(adopted.group) ?? adopted.group;
        this.#groupNames.set(name, name);
        const known = memberships.get(adopted.sub);
        if (known === undefined) memberships.set(adopted.sub, [name]);
        else known.push(name);
      }
    }
  }
}
