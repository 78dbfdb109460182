import type { Clock, ObjectStore } from '../ports.ts';
import { Checkpoint } from '../state/checkpoint.ts';
import { SaveQueue } from '../state/save-queue.ts';
import type { Appendix } from './ledger.ts';
import { runFolder } from './run.ts';
import type { Run } from './run.ts';

export interface ProgressDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Unique per invocation. */
  readonly claim: string;
}

export const progressKey = (runId: string, step: string): string => `${runFolder(runId)}progress/${step}.json`;

/** What an earlier step of the run ended with; undefined when it never began. */
export const stateOf = <S>(objects: Pick<ObjectStore, 'get'>, runId: string, step: string): Promise<S | undefined> =>
  Checkpoint.peek<S>(objects, progressKey(runId, step));

/**
 * The progress of one step of the run. `state` may be changed in place at any time, in steps that are consistent between
 * two awaits; `save` stores what the appendices gathered, then the state as it was at that moment, and only then moves
 * the run's checkpoint time.
 */
export class Progress<S extends object> {
  readonly #saves: SaveQueue;
  #parts = 0;
  #appendices: readonly Appendix[] = [];

  private constructor(
    private readonly deps: ProgressDeps,
    private readonly run: Run,
    private readonly checkpoint: Checkpoint<S>,
    readonly state: S,
  ) {
    this.#saves = new SaveQueue(() => deps.clock.now(), Date.parse(run.facts.startedAt), () => this.#store());
  }

  /** Claims the step's checkpoint: an older invocation of the same step stops at its next save. */
  static async claim<S extends object>(deps: ProgressDeps, run: Run, step: string, initial: () => S): Promise<Progress<S>> {
    const checkpoint = await Checkpoint.claim<S>(deps.objects, { key: progressKey(run.id, step), claim: deps.claim, now: () => deps.clock.now(), initial });
    await run.touch();
    return new Progress(deps, run, checkpoint, structuredClone(checkpoint.state));
  }

  storeWith(...appendices: readonly Appendix[]): void {
    this.#appendices = appendices;
  }

  /** Begins a save when the last one is long ago or much is waiting; the work goes on meanwhile. */
  saveIfDue(): void {
    const pending = this.#appendices.reduce((sum, appendix) => sum + appendix.pending, 0);
    this.#saves.saveIfDue(pending >= 1);
  }

  save(): Promise<void> {
    return this.#saves.save();
  }

  async #store(): Promise<void> {
    const objects = this.#appendices.flatMap((appendix) => appendix.cut((kind) => this.#newKey(kind)));
    const snapshot = structuredClone(this.state);
    await Promise.all(objects.map(({ key, body }) => this.deps.objects.put(key, body)));
    await this.checkpoint.save(snapshot);
    await this.run.touch();
  }

  #newKey(kind: string): string {
    this.#parts += 1;
    return `${runFolder(this.run.id)}${kind}/${this.deps.claim}-${String(this.#parts).padStart(6, '0')}`;
  }
}
