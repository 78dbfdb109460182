import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';
import { addGroups, addUsers, aUser } from '../world/builders.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';
import { RESTORED, VerifyWorld } from './verify-world.ts';
import { SOURCE } from './workflow-world.ts';

/** A backup of 31 users and three groups, the pool that it is of, and a pool that was restored from it. */
export class RestoredPoolWorld extends VerifyWorld {
  /** Exports the pool and restores it, with one user of an identity provider who signed in since. */
  static async create(): Promise<RestoredPoolWorld> {
    const world = new RestoredPoolWorld();
    world.home.cognito.knobs.pageSize = 5;
    world.home.table.pageItems = 6;
    world.replica.pageItems = 6;
    const { source } = world.home;
    addUsers(source, 30);
    source.put(aUser({ username: 'google_1', status: 'EXTERNAL_PROVIDER' }));
    source.put(aUser({ username: 'never', status: 'UNCONFIRMED' }));
    addGroups(source, [3, 6, 0]);
    source.join('never', 'group0');
    source.join('google_1', 'group1');
    await world.export();
    world.#restore();
    world.restored.put(aUser({ username: 'facebook_7', status: 'EXTERNAL_PROVIDER' }));
    world.restored.join('facebook_7', 'group1');
    return world;
  }

  /** What a restore leaves: everybody with a new sub; without users of identity providers. */
  #restore(): void {
    for (const { user } of this.home.source.users.values()) {
      if (user.status === 'EXTERNAL_PROVIDER' || user.status === 'UNCONFIRMED') continue;
      const sub = subFor(`new ${user.username}`);
      this.restored.put({ ...user, sub, attributes: { ...user.attributes, sub }, status: 'RESET_REQUIRED' });
    }
    for (const { group, members } of this.home.source.groups.values()) {
      this.restored.putGroup(group);
      for (const name of members.keys()) if (this.restored.users.has(name)) this.restored.join(name, group.name);
    }
  }

  /** Verifies the pool that is backed up. */
  compareSource(): Promise<EndedExecution> {
    return this.verify(this.primary, { UserPoolId: SOURCE });
  }

  /** Verifies the restored pool, in the backup Region. */
  compareRestored(): Promise<EndedExecution> {
    return this.verify(this.backup, { UserPoolId: RESTORED, Percent: 1 });
  }

  /** The differences that the first verification in the backup Region reported. */
  rows(): string[] {
    return this.replicaObjects.text('verifications/run-1/differences.csv').trim().split('\n').slice(1).sort();
  }

  /** The sub by which the backup knows a user. */
  subOf(username: string): string {
    return this.home.source.find(username)?.sub ?? subFor(username);
  }
}
