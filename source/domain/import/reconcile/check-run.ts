import type { Marks } from '../../comparison/marks.ts';
import { sealedKey } from '../../state/sealed-keys.ts';
import { restoreFolder } from '../plan/plan-model.ts';
import type { UpdateRun } from '../updates/update-run.ts';
import { subMapLine } from '../plan/csv-rows.ts';
import { loadPlanMarks, setForeign } from './plan-marks.ts';
import { initialCheckState } from '../plan/check-state.ts';
import type { CheckState } from '../plan/check-state.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The comparison within one invocation: the marks in memory, its state, and the lines of the sub map that wait to be
 * stored. Everything is stored as it was at one moment: objects first, then the state that names them.
 */
export class CheckRun {
  readonly state: Mutable<CheckState>;
  /** Taken at the moment of a save; set by whatever lists or walks. */
  flux: () => Partial<CheckState> = () => ({});
  #lines: string[] = [];
  #parts = 0;

  private constructor(
    readonly run: UpdateRun,
    readonly marks: Marks,
    state: CheckState,
  ) {
    this.state = { ...state };
  }

  static async begin(run: UpdateRun): Promise<CheckRun> {
    const state = run.state.check ?? initialCheckState();
    const marks = await loadPlanMarks(run.deps.store, run.plan, state.marksKey);
    // A repair goes on where it stopped in a list that follows from the marks: they change when it has ended.
    if (run.state.phase !== 'repair') setForeign(marks, run.collisions);
    const check = new CheckRun(run, marks, state);
    run.progress = (of) => {
      Object.assign(check.state, check.flux());
      return { ...of, check: { ...check.state } };
    };
    run.beforeSave = async (snapshot) => ({ ...snapshot, check: await check.#store(snapshot.check as CheckState) });
    return check;
  }

  addToSubMap(ordinal: number, newSub: string): void {
    this.#lines.push(subMapLine(this.marks.expectedUser(ordinal).sub, newSub));
  }

  /** Lines that could not be stored wait for the next save: the marks say that they are written. */
  async #store(snapshot: CheckState): Promise<CheckState> {
    const lines = this.#lines;
    this.#lines = [];
    try {
      return await this.#storeObjects(snapshot, lines);
    } catch (error) {
      this.#lines = [...lines, ...this.#lines];
      throw error;
    }
  }

  async #storeObjects(snapshot: CheckState, lines: readonly string[]): Promise<CheckState> {
    const bytes = this.marks.snapshot();
    const { plan, deps } = this.run;
    this.#parts += 1;
    const name = `${restoreFolder(plan.newUserPoolId, plan.restoreId)}check/${deps.claim}-${String(this.#parts).padStart(5, '0')}`;
    const marksKey = sealedKey(name, 'marks', bytes);
    await deps.store.put(marksKey, bytes);
    if (lines.length > 0) {
      const body = lines.join('');
      const key = sealedKey(name, 'submap', body);
      await deps.store.put(key, body);
      this.state.subMapParts = [...this.state.subMapParts, key];
    }
    return { ...snapshot, marksKey, subMapParts: this.state.subMapParts };
  }
}
