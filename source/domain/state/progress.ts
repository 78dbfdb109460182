import type { Clock, ObjectStore } from '../ports.ts';
import { Checkpoint } from './checkpoint.ts';
import { SaveQueue } from './save-queue.ts';
import type { Shape } from './shape.ts';
import type { TellProgress, WorkFigures } from './work-figures.ts';

interface StoredPart {
  readonly key: string;
  readonly body: Uint8Array | string;
}

/** Something whose new content goes into objects of its own before the checkpoint that names them is written. */
export interface Appendix {
  /** Brings the state up to this moment: takes what is new, names its objects in the state, and returns them to be stored. */
  cut(newKey: (kind: string) => string): readonly StoredPart[];
  /** How much `cut` would take; 1 is as much as should wait in memory. */
  readonly pending: number;
}

/** What keeps the progress of one invocation. */
export interface ProgressDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Unique per invocation. */
  readonly claim: string;
  /** Where progress is to be shown to whoever follows the execution. */
  readonly tell?: TellProgress;
}

/** Where progress is kept, and what belongs to it. */
export interface ProgressPlace<S> {
  /** Of the checkpoint. */
  readonly key: string;
  /** Of the state. */
  readonly shape: Shape<S>;
  /** Folder, with its slash, of the appendices' objects of one kind. */
  readonly folderOf: (kind: string) => string;
  /** When the work as a whole began, milliseconds since the epoch. */
  readonly since: number;
  /** Runs after the claim and after every save. */
  readonly saved?: () => Promise<void>;
  /** What is shown of the state. */
  readonly figures: (state: S) => WorkFigures;
}

/**
 * The progress of one looped function. The state may be changed in place at any time, in steps that are consistent
 * between two awaits, or be replaced by `moveTo`; a save stores what the appendices gathered, then the state as it was
 * at that moment.
 */
export class Progress<S extends object> {
  readonly #saves: SaveQueue;
  #state: S;
  #parts = 0;
  #appendices: readonly Appendix[] = [];
  /** The state names them already: what a save could not store, the next one has to. */
  #unstored: StoredPart[] = [];

  private constructor(
    private readonly deps: ProgressDeps,
    private readonly place: ProgressPlace<S>,
    private readonly checkpoint: Checkpoint<S>,
  ) {
    this.#state = structuredClone(checkpoint.state);
    this.#saves = new SaveQueue(
      () => deps.clock.now(),
      place.since,
      () => this.#store(),
    );
  }

  /** Claims the checkpoint: an older invocation of the same function stops at its next save. */
  static async claim<S extends object>(
    deps: ProgressDeps,
    place: ProgressPlace<S>,
    initial: () => S,
  ): Promise<Progress<S>> {
    const checkpoint = await Checkpoint.claim(deps.objects, {
      key: place.key,
      shape: place.shape,
      claim: deps.claim,
      now: () => deps.clock.now(),
      initial,
    });
    const progress = new Progress(deps, place, checkpoint);
    await progress.#saved(progress.state);
    return progress;
  }

  get state(): S {
    return this.#state;
  }

  /** Another state in the place of this one, stored at once: for work whose steps each end in a whole new state. */
  moveTo(state: S): Promise<void> {
    this.#state = state;
    return this.save();
  }

  /**
   * Does `work` while every save also takes what these appendices gather. What they hold at its end is named by the
   * state from then on, and stored by the next save.
   */
  async gather<T>(appendices: readonly Appendix[], work: () => Promise<T>): Promise<T> {
    this.#appendices = [...this.#appendices, ...appendices];
    try {
      return await work();
    } finally {
      this.#cut(appendices);
      this.#appendices = this.#appendices.filter((appendix) => !appendices.includes(appendix));
    }
  }

  /** Begins a save when the last one is long ago or much is waiting; the work goes on meanwhile. */
  saveIfDue(): void {
    const pending = this.#appendices.reduce((sum, appendix) => sum + appendix.pending, 0);
    this.#saves.saveIfDue(pending >= 1);
  }

  save(): Promise<void> {
    return this.#saves.save();
  }

  #cut(appendices: readonly Appendix[]): void {
    this.#unstored.push(...appendices.flatMap((appendix) => appendix.cut((kind) => this.#newKey(kind))));
  }

  async #store(): Promise<void> {
    this.#cut(this.#appendices);
    const snapshot = structuredClone(this.#state);
    const parts = [...this.#unstored];
    await Promise.all(parts.map(({ key, body }) => this.deps.objects.put(key, body)));
    // What was cut meanwhile is not among them.
    this.#unstored = this.#unstored.slice(parts.length);
    await this.checkpoint.save(snapshot);
    await this.#saved(snapshot);
  }

  async #saved(state: S): Promise<void> {
    await this.place.saved?.();
    await this.deps.tell?.(this.place.figures(state));
  }

  /** Never the key of another invocation's object: a superseded one overwrites nothing. */
  #newKey(kind: string): string {
    this.#parts += 1;
    return `${this.place.folderOf(kind)}${this.deps.claim}-${String(this.#parts).padStart(6, '0')}`;
  }
}
