import * as v from 'valibot';
import { groupOf, itemKind, subOfKey } from '../../backup/items.ts';
import type { GroupItem, UserItem } from '../../backup/items.ts';
import { groupShape } from '../../model.ts';
import type { PoolGroup } from '../../model.ts';
import type { ObjectStore, TableItem } from '../../ports.ts';
import { subShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { SpoolWriter } from './spool.ts';

const spooledUserShape = v.object({
  sub: subShape,
  username: v.string(),
  attributes: v.record(v.string(), v.string()),
  enabled: v.boolean(),
  status: v.string(),
  /** ISO 8601. */
  created: v.string(),
  /** Names of groups. */
  groups: textsShape,
});
/** A user of the backup with its memberships. */
export type SpooledUser = Stored<typeof spooledUserShape>;

export const spoolLineShape = v.union([spooledUserShape, v.object({ group: groupShape })]);
/** A line of what was read of the backup. */
export type SpoolLine = Stored<typeof spoolLineShape>;

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

  /** `before`: what an earlier round left. `elsewhere`: groups of a user whose memberships are not in the segment. */
  constructor(
    objects: Pick<ObjectStore, 'put'>,
    prefix: string,
    before: SegmentSpoolState = { parts: [] },
    private readonly elsewhere: (sub: string) => readonly string[] = () => [],
  ) {
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
      this.#writer.add({ group: poolGroup(item as GroupItem) } satisfies SpoolLine);
    } else if (kind !== undefined) {
      const sub = subOfKey(item);
      if (this.#pending?.sub !== sub) this.#dropPending();
      const groups = this.#pending?.groups ?? [];
      if (kind === 'membership') {
        this.#pending = { sub, groups: [...groups, groupOf(item)] };
      } else {
        const { username, attributes, enabled, status, created } = item as UserItem;
        const all = [...groups, ...this.elsewhere(sub)];
        this.#writer.add({ sub, username, attributes, enabled, status, created, groups: all } satisfies SpoolLine);
        this.#pending = undefined;
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

  #dropPending(): void {
    this.#orphans += this.#pending?.groups.length ?? 0;
    this.#pending = undefined;
  }
}

const poolGroup = ({ groupName, description, precedence, roleArn }: GroupItem): PoolGroup => ({
  name: groupName,
  ...(description === undefined ? {} : { description }),
  ...(precedence === undefined ? {} : { precedence }),
  ...(roleArn === undefined ? {} : { roleArn }),
});
