import type { PoolUser } from '../../../source/domain/model.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import type { FakeClock } from '../../../tools/simulation/fake-clock.ts';

/** What users and administrators do in the new pool while a restore fills it. */
export class People {
  constructor(
    private readonly pool: MemoryPool,
    private readonly clock: Pick<FakeClock, 'now'>,
  ) {}

  change(username: string, attributes: Readonly<Record<string, string>>): void {
    const user = this.#user(username);
    this.#put({ ...user, attributes: { ...user.attributes, ...attributes } });
  }

  enable(username: string, enabled: boolean): void {
    this.#put({ ...this.#user(username), enabled });
  }

  leave(username: string, group: string): void {
    this.pool.leave(username, group);
  }

  delete(username: string): void {
    this.pool.remove(username);
  }

  #user(username: string): PoolUser {
    const user = this.pool.find(username);
    if (user === undefined) throw new Error(`no user ${username}`);
    return user;
  }

  #put(user: PoolUser): void {
    this.pool.put({ ...user, modified: new Date(this.clock.now()).toISOString() });
  }
}
