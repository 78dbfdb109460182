import type { Marks } from '../../comparison/marks.ts';
import type { Appendix } from '../../state/progress.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import type { UpdateRun } from '../updates/update-run.ts';
import { subMapLine } from '../plan/csv-rows.ts';
import { loadPlanMarks, setForeign } from './plan-marks.ts';
import { initialCheckState } from '../plan/check-state.ts';
import type { CheckState } from '../plan/check-state.ts';

/** The comparison within one invocation: the marks in memory, its state, and the lines of the sub map that wait to be stored. */
export class CheckRun implements Appendix {
  readonly pending = 0;
  #lines: string[] = [];

  private constructor(
    readonly run: UpdateRun,
    readonly marks: Marks,
    /** That of the run's comparison; changed in place. */
    readonly state: CheckState,
  ) {}

  static async begin(run: UpdateRun): Promise<CheckRun> {
    const state = (run.state.check ??= initialCheckState());
    const marks = await loadPlanMarks(run.deps.objects, run.plan, state.marksKey);
    if (run.plan.mayCreateUsers) run.heldBack.clear();
    // A repair goes on where it stopped in a list that follows from the marks: they change when it has ended.
    if (run.state.phase !== 'repair') setForeign(marks, run.collisions, run.heldBack);
    return new CheckRun(run, marks, state);
  }

  addToSubMap(ordinal: number, newSub: string): void {
    this.#lines.push(subMapLine(this.marks.expectedUser(ordinal).sub, newSub));
  }

  /** The marks as they are, and the lines that they say are written. */
  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    const name = newKey('check');
    const marks = this.marks.snapshot();
    const marksKey = keyWithDigest(name, 'marks', marks);
    this.state.marksKey = marksKey;
    if (this.#lines.length === 0) return [{ key: marksKey, body: marks }];
    const lines = this.#lines.join('');
    const linesKey = keyWithDigest(name, 'submap', lines);
    this.#lines = [];
    this.state.subMapParts.push(linesKey);
    return [
      { key: marksKey, body: marks },
      { key: linesKey, body: lines },
    ];
  }
}
