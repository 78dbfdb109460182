import { isAboutValues } from '../../about-values.ts';
import type { PoolGroup } from '../../model.ts';
import type { WriteOutcome } from '../../ports.ts';
import { forEachAtOnce } from '../../concurrency.ts';
import { Bitmap } from '../../digests/digest-table.ts';
import type { PlannedGroup } from '../plan/plan-model.ts';
import type { UpdatesState } from '../plan/updates-state.ts';
import { isUnanswered } from './unanswered.ts';

/** Enough to use the pool's 5 calls per second (Cognito quotas) at any latency; the adapter paces them. */
const GROUPS_AT_A_TIME = 3;

/** A value of the wrong form, or out of its bounds (a precedence of more than 32 bits): the group may be taken without it. */
const mayBeAboutSettings = (outcome: Exclude<WriteOutcome, 'done'>): boolean =>
  isUnanswered(outcome) || isAboutValues(outcome.refused);

/**
 * Creates the plan's groups ahead of the memberships that need them: in the plan's order, which is the order of first
 * need, but a group that an operation waits for goes first. Creating a group again changes nothing. A group that Cognito
 * refuses costs itself and its memberships: the state names it, and all others are created.
 */
export class GroupCreation {
  readonly #exists: Bitmap;
  readonly #refused: Map<number, string>;
  readonly #creating = new Map<number, Promise<void>>();
  #next = 0;

  constructor(
    /** Creates a group of the new pool, or gives the one of its name these settings. */
    private readonly createGroup: (group: PoolGroup) => Promise<WriteOutcome>,
    private readonly groups: readonly PlannedGroup[],
    /** Tells which groups exist and which were refused, and counts them; all are kept up to date. */
    private readonly state: Pick<UpdatesState, 'groups' | 'groupsRefused' | 'counts'>,
  ) {
    const exists = state.groups === '' ? undefined : new Uint8Array(Buffer.from(state.groups, 'base64'));
    this.#exists = new Bitmap(groups.length, exists);
    this.#refused = new Map((state.groupsRefused ?? []).map(({ group, reason }) => [group, reason]));
    this.#skipDecided();
  }

  get done(): boolean {
    return this.#next >= this.groups.length && this.#creating.size === 0;
  }

  /** Resolves when it is decided whether the group exists: false when Cognito refused it. */
  async need(index: number): Promise<boolean> {
    if (!this.#isDecided(index)) await this.#create(index);
    return this.#exists.has(index);
  }

  /** Creates the group, or puts it right, whatever became of it before. */
  async again(index: number): Promise<void> {
    await this.#creating.get(index);
    await this.#create(index);
  }

  /** Whether Cognito took the last write of the group with all of its settings. */
  isAsPlanned(index: number): boolean {
    return this.#exists.has(index) && !this.#refused.has(index);
  }

  /** Why Cognito refused the last write to the group; undefined when it did not. */
  refusalOf(index: number): string | undefined {
    return this.#refused.get(index);
  }

  /** What a listing of the pool shows of a group: a write that failed in every attempt may have been carried out. */
  learn(index: number, { asPlanned }: { readonly asPlanned: boolean }): void {
    if (!this.#refused.has(index)) return;
    this.#created(index);
    if (asPlanned) this.#remember(index, 'done');
  }

  /** Works ahead until it is decided about all groups or `stop`. */
  async runAhead(stop: () => boolean, afterEach: () => void): Promise<void> {
    await forEachAtOnce(this.#ahead(stop), GROUPS_AT_A_TIME, async (index) => {
      await this.need(index);
      afterEach();
    });
  }

  *#ahead(stop: () => boolean): Generator<number, void, undefined> {
    while (!stop()) {
      this.#skipDecided();
      if (this.#next >= this.groups.length) return;
      this.#next += 1;
      yield this.#next - 1;
    }
  }

  #create(index: number): Promise<void> {
    const running = this.#creating.get(index);
    if (running !== undefined) return running;
    const work = this.#write(index).finally(() => this.#creating.delete(index));
    this.#creating.set(index, work);
    return work;
  }

  async #write(index: number): Promise<void> {
    const { name, description, precedence, newRoleArn } = this.groups[index] as PlannedGroup;
    const settings = {
      ...(description === undefined ? {} : { description }),
      ...(precedence === undefined ? {} : { precedence }),
    };
    const outcome = await this.createGroup({
      name,
      ...settings,
      ...(newRoleArn === undefined ? {} : { roleArn: newRoleArn }),
    });
    if (outcome === 'done') this.#created(index);
    else if (newRoleArn !== undefined) await this.#writeWithoutRole(index, { name, ...settings });
    else if (mayBeAboutSettings(outcome) && Object.keys(settings).length > 0) await this.#writeBare(index, name);
    this.#remember(index, outcome);
  }

  /** A role that is refused costs this role. */
  async #writeWithoutRole(index: number, group: PoolGroup): Promise<void> {
    if (this.#exists.has(index)) return;
    const outcome = await this.createGroup(group);
    if (outcome === 'done') this.#created(index);
    else if (mayBeAboutSettings(outcome)) await this.#writeBare(index, group.name);
  }

  /** A setting that Cognito does not take costs this setting: the group that its members need is there without. */
  async #writeBare(index: number, name: string): Promise<void> {
    if (this.#exists.has(index)) return;
    if ((await this.createGroup({ name })) === 'done') this.#created(index);
  }

  #created(index: number): void {
    if (!this.#exists.has(index)) this.state.counts.groupsCreated += 1;
    this.#exists.set(index);
    this.state.groups = Buffer.from(this.#exists.bytes).toString('base64');
  }

  #remember(index: number, outcome: WriteOutcome): void {
    if (outcome !== 'done') this.#refused.set(index, outcome.refused);
    else if (!this.#refused.delete(index)) return;
    this.state.groupsRefused = [...this.#refused].map(([group, reason]) => ({ group, reason }));
  }

  #isDecided(index: number): boolean {
    return this.#exists.has(index) || this.#refused.has(index);
  }

  #skipDecided(): void {
    while (this.#next < this.groups.length && (this.#isDecided(this.#next) || this.#creating.has(this.#next)))
      this.#next += 1;
  }
}
