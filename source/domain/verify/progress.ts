import { isNamed } from '../errors.ts';
import type { Clock, ObjectStore } from '../ports.ts';
import { Checkpoint } from '../state/checkpoint.ts';
import { SaveQueue } from '../state/save-queue.ts';

interface Part {
  readonly key: string;
  readonly body: Uint8Array;
}

/** Something whose new content goes into objects of its own before the checkpoint that names them is written. */
export interface Gathering {
  /** Takes what is new, names its objects in the state, and returns them to be stored. */
  cut(newKey: (kind: string) => string): readonly Part[] | Part | undefined;
  /** How much `cut` would take; together 1 is as much as should wait in memory. */
  readonly pending: number;
}

export interface ProgressDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Unique per invocation. */
  readonly claim: string;
}

/**
 * The progress of one function of a verification. `state` may be changed in place at any time, in steps that are
 * consistent between two awaits; `save` stores what was gathered, then the state as it was at that moment.
 */
export class VerifyProgress<S extends object> {
  readonly state: S;
  readonly #saves: SaveQueue;
  #parts = 0;
  #gatherings: readonly Gathering[] = [];

  private constructor(private readonly deps: ProgressDeps, private readonly folder: string, private readonly checkpoint: Checkpoint<S>) {
    this.state = structuredClone(checkpoint.state);
    this.#saves = new SaveQueue(() => deps.clock.now(), deps.clock.now(), () => this.#store());
  }

  /** Claims `<folder><name>.json`: an older invocation of the same function stops at its next save. */
  static async claim<S extends object>(deps: ProgressDeps, folder: string, name: string, initial: () => S): Promise<VerifyProgress<S>> {
    const checkpoint = await Checkpoint.claim<S>(deps.objects, { key: `${folder}${name}.json`, claim: deps.claim, now: () => deps.clock.now(), initial });
    return new VerifyProgress(deps, folder, checkpoint);
  }

  storeWith(...gatherings: readonly Gathering[]): void {
    this.#gatherings = gatherings;
  }

  /** Begins a save when the last one is long ago or much is waiting; the work goes on meanwhile. */
  saveIfDue(): void {
    const pending = this.#gatherings.reduce((sum, gathering) => sum + gathering.pending, 0);
    this.#saves.saveIfDue(pending >= 1);
  }

  save(): Promise<void> {
    return this.#saves.save();
  }

  /**
   * Runs the work of one invocation and stores its progress, also when it ended early. Throttling is no failure as long as
   * something was done meanwhile (`doneSoFar` grew): the state machine then simply calls again.
   */
  async workThenSave(doneSoFar: () => number, work: () => Promise<void>): Promise<void> {
    const before = doneSoFar();
    try {
      await work();
    } catch (error) {
      if (!isNamed(error, 'Throttled') || doneSoFar() === before) throw error;
    }
    await this.save();
  }

  async #store(): Promise<void> {
    const objects = this.#gatherings.flatMap((gathering) => gathering.cut((kind) => this.#newKey(kind)) ?? []);
    const snapshot = structuredClone(this.state);
    await Promise.all(objects.map(({ key, body }) => this.deps.objects.put(key, body)));
    await this.checkpoint.save(snapshot);
  }

  /** Never the key of another invocation's object: a superseded one overwrites nothing. */
  #newKey(kind: string): string {
    this.#parts += 1;
    return `${this.folder}work/${kind}/${this.deps.claim}-${String(this.#parts).padStart(6, '0')}`;
  }
}

/** Removes what only the work in progress needed: it holds personal data. */
export async function removeWork(objects: Pick<ObjectStore, 'list' | 'deleteAll'>, folder: string): Promise<void> {
  const keys: string[] = [];
  for await (const key of objects.list(`${folder}work/`)) keys.push(key);
  if (keys.length > 0) await objects.deleteAll(keys);
}
