import type { Checkpoint } from '../../state/checkpoint.ts';
import { readList } from '../../state/stored-list.ts';
import { SaveQueue } from '../../state/save-queue.ts';
import type { PlannedGroup, RestorePlan } from '../plan/plan-model.ts';
import type { UpdateUsersDeps } from './deps.ts';
import { FailureLog, failuresPrefix } from '../plan/failures.ts';
import { GroupCreation } from './group-creation.ts';
import type { OpDeps } from './run-op.ts';
import type { UpdateCounts, UpdatesState } from '../plan/updates-state.ts';

/** Calls in flight: enough to reach 25 calls/s at 300 ms each; the pacer in front of every call keeps the ceiling. */
export const CALLS_IN_FLIGHT = 10;

/** What one invocation of UpdateUsers shares: the state and when it is stored, recorded failures, groups. */
export class UpdateRun {
  readonly failures: FailureLog;
  readonly groupCreation: GroupCreation;
  readonly collisions: Set<string>;
  readonly refused: Set<string>;
  /** Adds to the state, at the moment of a save, what is in flux: for instance how far the current batch has come. */
  progress: (state: UpdatesState) => UpdatesState = (state) => state;
  /** Stores objects that the state of this moment relies on, and returns the state that names them. */
  beforeSave: (state: UpdatesState) => Promise<UpdatesState> = (state) => Promise.resolve(state);
  #counts: UpdateCounts;
  #state: UpdatesState;
  readonly #saves: SaveQueue;

  private constructor(
    readonly plan: RestorePlan,
    readonly deps: UpdateUsersDeps,
    private readonly checkpoint: Checkpoint<UpdatesState>,
    readonly groups: readonly PlannedGroup[],
    /** True once this invocation should store its progress and return. */
    readonly over: () => boolean,
  ) {
    this.#state = checkpoint.state;
    this.#counts = checkpoint.state.counts;
    this.#saves = new SaveQueue(
      () => deps.clock.now(),
      Date.parse(plan.plannedAt),
      () => this.#store(),
    );
    this.failures = new FailureLog(deps.store, failuresPrefix(plan.newUserPoolId, plan.restoreId), deps.claim);
    this.groupCreation = new GroupCreation(deps.writer, plan.newUserPoolId, groups, checkpoint.state.groups, () =>
      this.count('groupsCreated'),
    );
    this.collisions = new Set(checkpoint.state.collisions);
    this.refused = new Set(checkpoint.state.refused);
  }

  static async begin(
    plan: RestorePlan,
    deps: UpdateUsersDeps,
    checkpoint: Checkpoint<UpdatesState>,
    over: () => boolean,
  ): Promise<UpdateRun> {
    return new UpdateRun(plan, deps, checkpoint, await readList<PlannedGroup>(deps.store, plan.groupsKey), over);
  }

  get state(): UpdatesState {
    return this.#state;
  }

  /** What runOp needs. */
  get opDeps(): OpDeps {
    return {
      pool: this.deps.pool,
      writer: this.deps.writer,
      newPassword: this.deps.newPassword,
      clock: this.deps.clock,
      groupCreation: this.groupCreation,
      groups: this.groups,
      fail: (failure) => this.failures.add(failure),
      count: (what) => this.count(what),
      collisions: this.collisions,
      refused: this.refused,
    };
  }

  count(what: keyof UpdateCounts): void {
    this.#counts = { ...this.#counts, [what]: this.#counts[what] + 1 };
  }

  change(part: Partial<UpdatesState>): void {
    this.#state = { ...this.#state, ...part };
  }

  /** Begins a save when the last one is long ago; the work goes on meanwhile. */
  saveIfDue(): void {
    this.#saves.saveIfDue();
  }

  save(): Promise<void> {
    return this.#saves.save();
  }

  /** The state of this moment; then everything that it vouches for; then the state itself. */
  async #store(): Promise<void> {
    this.#state = this.progress(this.#state);
    const snapshot: UpdatesState = {
      ...this.#state,
      groups: this.groupCreation.exists,
      collisions: [...this.collisions],
      refused: [...this.refused],
      counts: this.#counts,
    };
    const named = await this.beforeSave(snapshot);
    await this.failures.flush();
    await this.checkpoint.save(named);
  }
}
