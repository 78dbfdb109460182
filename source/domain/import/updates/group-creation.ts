import type { UserPoolWriter } from '../../ports.ts';
import { forEachAtOnce } from '../../concurrency.ts';
import { Bitmap } from '../../digests/digest-table.ts';
import type { PlannedGroup } from '../plan/plan-model.ts';
import type { UpdatesState } from '../plan/updates-state.ts';

/** Enough to use the pool's 5 calls per second (Cognito quotas) at any latency; the adapter paces them. */
const GROUPS_AT_A_TIME = 3;

/**
 * Creates the plan's groups ahead of the memberships that need them: in the plan's order, which is the order of first
 * need, but a group that an operation waits for goes first. Creating a group again changes nothing.
 */
export class GroupCreation {
  readonly #exists: Bitmap;
  readonly #creating = new Map<number, Promise<void>>();
  #next = 0;

  constructor(
    private readonly writer: Pick<UserPoolWriter, 'createGroup'>,
    private readonly poolId: string,
    private readonly groups: readonly PlannedGroup[],
    /** Tells which groups exist, and counts them; both are kept up to date. */
    private readonly state: Pick<UpdatesState, 'groups' | 'counts'>,
  ) {
    const exists = state.groups === '' ? undefined : new Uint8Array(Buffer.from(state.groups, 'base64'));
    this.#exists = new Bitmap(groups.length, exists);
    this.#skipExisting();
  }

  get done(): boolean {
    return this.#next >= this.groups.length && this.#creating.size === 0;
  }

  /** Resolves when the group exists. */
  async need(index: number): Promise<void> {
    if (!this.#exists.has(index)) await this.#create(index);
  }

  /** Works ahead until all groups exist or `stop`. Throws when a group could not be created. */
  async runAhead(stop: () => boolean, afterEach: () => void): Promise<void> {
    await forEachAtOnce(this.#ahead(stop), GROUPS_AT_A_TIME, async (index) => {
      await this.need(index);
      afterEach();
    });
  }

  *#ahead(stop: () => boolean): Generator<number, void, undefined> {
    while (!stop()) {
      this.#skipExisting();
      if (this.#next >= this.groups.length) return;
      this.#next += 1;
      yield this.#next - 1;
    }
  }

  #create(index: number): Promise<void> {
    const running = this.#creating.get(index);
    if (running !== undefined) return running;
    const { name, description, precedence } = this.groups[index] as PlannedGroup;
    const work = this.writer
      .createGroup(this.poolId, {
        name,
        ...(description === undefined ? {} : { description }),
        ...(precedence === undefined ? {} : { precedence }),
      })
      .then(() => {
        this.#exists.set(index);
        this.state.groups = Buffer.from(this.#exists.bytes).toString('base64');
        this.state.counts.groupsCreated += 1;
      })
      .finally(() => this.#creating.delete(index));
    this.#creating.set(index, work);
    return work;
  }

  #skipExisting(): void {
    while (this.#next < this.groups.length && (this.#exists.has(this.#next) || this.#creating.has(this.#next)))
      this.#next += 1;
  }
}
