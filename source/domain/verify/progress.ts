import type { Appendix } from '../export/ledger.ts';
import type { Clock, ObjectStore } from '../ports.ts';
import { Checkpoint } from '../state/checkpoint.ts';
import { SaveQueue } from '../state/save-queue.ts';

export interface ProgressDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Unique per invocation. */
  readonly claim: string;
}

/**
 * The progress of one function of a verification. `state` may be changed in place at any time, in steps that are
 * consistent between two awaits; `save` stores what the appendices gathered, then the state as it was at that moment.
 */
export class VerifyProgress<S extends object> {
  readonly state: S;
  readonly #saves: SaveQueue;
  #parts = 0;
  #appendices: readonly Appendix[] = [];

  private constructor(private readonly deps: ProgressDeps, private readonly folder: string, private readonly checkpoint: Checkpoint<S>) {
    this.state = structuredClone(checkpoint.state);
    this.#saves = new SaveQueue(() => deps.clock.now(), deps.clock.now(), () => this.#store());
  }

  /** Claims `<folder><name>.json`: an older invocation of the same function stops at its next save. */
  static async claim<S extends object>(deps: ProgressDeps, folder: string, name: string, initial: () => S): Promise<VerifyProgress<S>> {
    const checkpoint = await Checkpoint.claim<S>(deps.objects, { key: `${folder}${name}.json`, claim: deps.claim, now: () => deps.clock.now(), initial });
    return new VerifyProgress(deps, folder, checkpoint);
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
