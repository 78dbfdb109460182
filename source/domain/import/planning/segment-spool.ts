import * as v from 'valibot';
import { groupNameOfKey, groupOf, itemKind, subOfKey } from '../../backup/items.ts';
import { groupShape } from '../../model.ts';
import type { PoolGroup } from '../../model.ts';
import type { ObjectStore, TableItem } from '../../ports.ts';
import { countShape, subShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { SpoolWriter } from './spool.ts';
import { spooledUser, spooledUserShape } from './spooled-user.ts';

export const spoolLineShape = v.union([spooledUserShape, v.object({ group: groupShape })]);
/** A line of what was read of the backup. */
export type SpoolLine = Stored<typeof spoolLineShape>;

/** Tells whether a line is wanted in the spool. */
export type KeepsLine = (line: SpoolLine) => boolean;

export const segmentSpoolStateShape = v.object({
  pending: v.exactOptional(v.object({ sub: subShape, groups: textsShape })),
  parts: textsShape,
});
/** What a segment left behind: memberships whose user may be on the next page, and the objects that hold the rest. */
export type SegmentSpoolState = Stored<typeof segmentSpoolStateShape>;

/**
 * Spools the users, with their memberships, and the groups of one segment, item by item in its order: a segment shows
 * `MEMBER_OF#...` before `PROFILE` of the same id.
 */
export class SegmentSpool {
  readonly #writer: SpoolWriter;
  #pending: SegmentSpoolState['pending'];
  #orphans = 0;

  readonly #elsewhere: (sub: string) => readonly string[];
  readonly #keeps: KeepsLine;

  /** `before`: what an earlier round left. `elsewhere`: groups of a user whose memberships are not in the segment. */
  constructor(
    objects: Pick<ObjectStore, 'put'>,
    prefix: string,
    before: SegmentSpoolState = { parts: [] },
    {
      elsewhere = () => [],
      keeps = () => true,
    }: { readonly elsewhere?: (sub: string) => readonly string[]; readonly keeps?: KeepsLine | undefined } = {},
  ) {
    this.#elsewhere = elsewhere;
    this.#keeps = keeps;
    this.#writer = new SpoolWriter(objects, prefix, before.parts);
    this.#pending = before.pending;
  }

  /** Memberships since the beginning of this round whose user is not in the segment. */
  get orphans(): number {
    return this.#orphans;
  }

  /** Valid after `flush`. */
  get state(): SegmentSpoolState {
    return {
      parts: this.#writer.parts,
      ...(this.#pending === undefined ? {} : { pending: this.#pending }),
    };
  }

  add(item: TableItem): void {
    const kind = itemKind(item);
    if (kind === 'group') {
      const group = poolGroup(item);
      if (group.name !== '') this.#add({ group });
    } else if (kind !== undefined) {
      const sub = subOfKey(item);
      if (this.#pending?.sub !== sub) this.#dropPending();
      const groups = this.#pending?.groups ?? [];
      if (kind === 'user') {
        this.#add(spooledUser(item, [...groups, ...this.#elsewhere(sub)]));
        this.#pending = undefined;
      } else if (sub === '' || groupOf(item) === '') {
        this.#orphans += 1;
      } else {
        this.#pending = { sub, groups: [...groups, groupOf(item)] };
      }
    }
  }

  /** Writes what waits where it has become much. */
  async makeRoom(): Promise<void> {
    if (this.#writer.large) await this.#writer.flush();
  }

  /** The segment has ended: memberships that still wait have no user. */
  async end(): Promise<void> {
    this.#dropPending();
    await this.flush();
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  #add(line: SpoolLine): void {
    if (this.#keeps(line)) this.#writer.add(line);
  }

  #dropPending(): void {
    this.#orphans += this.#pending?.groups.length ?? 0;
    this.#pending = undefined;
  }
}

/** The group of an item; what of its settings something else than an export made unreadable is left out. */
const poolGroup = (item: TableItem): PoolGroup => ({
  name: groupNameOfKey(item),
  ...(typeof item.description === 'string' ? { description: item.description } : {}),
  ...(v.is(countShape, item.precedence) ? { precedence: item.precedence } : {}),
  ...(typeof item.roleArn === 'string' ? { roleArn: item.roleArn } : {}),
});
