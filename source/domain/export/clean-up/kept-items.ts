import { keyDigest } from '../../backup/hashing.ts';
import { groupNameOf, groupOf, itemKind, keyText, subOfKey, userKey } from '../../backup/items.ts';
import { DigestSet } from '../../digests/digest-set.ts';
import type { ItemKey, ObjectStore } from '../../ports.ts';
import type { PoolGroup } from '../../model.ts';
import { readKeys } from './gone-keys.ts';
import type { CleanUpState } from './state.ts';

/** What stays although the run did not see it, because a second look showed it. */
export class KeptItems {
  private constructor(
    private readonly users: ReadonlySet<string>,
    private readonly memberships: ReadonlySet<string>,
    /** Groups that a second listing showed, by name. */
    readonly groups: ReadonlyMap<string, PoolGroup>,
    private readonly gone: { readonly users: DigestSet; readonly groups: ReadonlySet<string> },
  ) {}

  /** As the clean-up found out until its plan. */
  static async of(
    objects: Pick<ObjectStore, 'get'>,
    { confirm, doubtful, hidden, gone }: CleanUpState,
  ): Promise<KeptItems> {
    const users = new Set(confirm.present);
    const groups = new Map(hidden.groups.map((group) => [group.name, group]));
    const goneFor = { users: new DigestSet(), groups: new Set<string>() };
    if (users.size > 0 || groups.size > 0)
      for await (const key of readKeys(objects, gone.parts)) {
        const kind = itemKind(key);
        if (kind === 'user' && !users.has(subOfKey(key))) goneFor.users.add(keyDigest(key));
        if (kind === 'group' && !groups.has(groupNameOf(key))) goneFor.groups.add(groupNameOf(key));
      }
    return new KeptItems(users, new Set(doubtful.present), groups, goneFor);
  }

  /**
   * Also true for the memberships of a kept user, which nobody confirmed to be gone, and those of a kept group; neither
   * stays without its user or its group.
   */
  has(key: ItemKey): boolean {
    const kind = itemKind(key);
    if (kind === 'user') return this.users.has(subOfKey(key));
    if (kind === 'group') return this.groups.has(groupNameOf(key));
    if (this.memberships.has(keyText(key))) return true;
    const [sub, group] = [subOfKey(key), groupOf(key)];
    if (this.gone.users.has(keyDigest(userKey(sub))) || this.gone.groups.has(group)) return false;
    return this.users.has(sub) || this.groups.has(group);
  }
}
