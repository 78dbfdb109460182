import { expect } from 'chai';
import type { PoolUser } from '../../../source/domain/model.ts';
import type { RestoreWorld } from './restore-world.ts';

/** Somebody who signs up in the new pool with a name of the backup, while it is being filled. */
export class Strangers {
  /** As they left their accounts, by sub. */
  readonly accounts = new Map<string, PoolUser>();

  constructor(private readonly restore: RestoreWorld) {}

  /** Signs up, if the name is free; the account is what the sign-up leaves. */
  signUp(username: string, over: Partial<PoolUser> = {}): PoolUser | undefined {
    const { target, clock } = this.restore;
    if (target.find(username) !== undefined) return undefined;
    const now = new Date(clock.now()).toISOString();
    const sub = target.newSub();
    const account: PoolUser = {
      username,
      enabled: true,
      status: 'UNCONFIRMED',
      created: now,
      modified: now,
      ...over,
      sub,
      attributes: { email: `stranger-${username}@example.test`, ...over.attributes, sub },
    };
    target.put(account);
    this.accounts.set(sub, account);
    return account;
  }

  /** Deletes an account, a stranger's or one that the restore made. */
  remove(username: string): void {
    this.accounts.delete(this.restore.target.find(username)?.sub ?? '');
    this.restore.target.remove(username);
  }

  /** The same, and the report names each of the users whose name a stranger has. */
  expectReported(): void {
    this.expectUntouched();
    for (const { username } of this.accounts.values())
      expect(this.restore.report('failures.csv'), username).to.match(new RegExp(`,${username},[^\n]*NameCollision`));
  }

  /** No account of a stranger was touched, is a member of a group, or is named as a restored user. */
  expectUntouched(): void {
    const { target } = this.restore;
    const map = this.restore.report('sub-map.csv');
    for (const [sub, account] of this.accounts) {
      expect(target.find(sub), account.username).to.deep.equal(account);
      for (const { group, members } of target.groups.values())
        expect([...members.keys()], `${account.username} in ${group.name}`).to.not.include(account.username);
      expect(map, account.username).to.not.contain(sub);
    }
  }
}
