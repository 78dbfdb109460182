import type { PoolSnapshot, SnapshotGroup, SnapshotUser } from '../../demo/compare/read-pool.ts';

interface ModelGroup extends SnapshotGroup {
  readonly members: Set<string>;
}

/** A pool as it should be: one that was read, and what is known to have happened to it since. */
export class PoolModel implements PoolSnapshot {
  readonly users: Map<string, SnapshotUser>;
  readonly groups: Map<string, ModelGroup>;

  constructor({ users, groups }: PoolSnapshot) {
    this.users = new Map(users);
    this.groups = new Map([...groups].map(([name, group]) => [name, { ...group, members: new Set(group.members) }]));
  }

  /** Changes a user who is there. */
  change(name: string, over: Partial<SnapshotUser>): void {
    const user = this.users.get(name);
    if (user !== undefined) this.users.set(name, { ...user, ...over });
  }

  /** Sets an attribute; without a value it goes. */
  setAttribute(name: string, attribute: string, value: string | undefined): void {
    const attributes = new Map(this.users.get(name)?.attributes);
    if (value === undefined || value === '') attributes.delete(attribute);
    else attributes.set(attribute, value);
    this.change(name, { attributes });
  }

  /** The user goes, and the user's memberships. */
  deleteUser(name: string): void {
    this.users.delete(name);
    for (const { members } of this.groups.values()) members.delete(name);
  }

  /** Nothing happens where there is no such group. */
  join(name: string, group: string): void {
    this.groups.get(group)?.members.add(name);
  }

  setGroup(name: string, settings: Pick<SnapshotGroup, 'description' | 'precedence'>): void {
    this.groups.set(name, { ...settings, members: this.groups.get(name)?.members ?? new Set() });
  }
}

/** The groups in which the user is. */
export const groupsWith = ({ groups }: PoolSnapshot, name: string): string[] =>
  [...groups].filter(([, { members }]) => members.has(name)).map(([group]) => group);
