import type { Marks } from '../../comparison/marks.ts';
import type { Appendix } from '../../state/progress.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import type { UpdateRun } from '../updates/update-run.ts';
import { Owners } from './owners.ts';
import { loadPlanMarks, setForeign } from './plan-marks.ts';
import { initialCheckState } from '../plan/check-state.ts';
import type { CheckState } from '../plan/check-state.ts';

/** The comparison within one invocation: the marks in memory, whose accounts are whose, and its state. */
export class CheckRun implements Appendix {
  readonly pending = 0;

  private constructor(
    readonly run: UpdateRun,
    readonly marks: Marks,
    /** That of the run's comparison; changed in place. */
    readonly state: CheckState,
    readonly owners: Owners,
  ) {}

  static async begin(run: UpdateRun): Promise<CheckRun> {
    const state = (run.state.check ??= initialCheckState());
    const owners = await Owners.load(run, state);
    const marks = await loadPlanMarks(run.deps.objects, run.plan, {
      marksKey: state.marksKey,
      recognize: (...asked) => owners.recognize(...asked),
    });
    if (run.plan.mayCreateUsers) run.heldBack.clear();
    // A repair goes on where it stopped in a list that follows from the marks: they change when it has ended.
    if (run.state.phase !== 'repair') setForeign(marks, run.collisions, run.heldBack);
    return new CheckRun(run, marks, state, owners);
  }

  /** The marks as they are. */
  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    const marks = this.marks.snapshot();
    const marksKey = keyWithDigest(newKey('check'), 'marks', marks);
    this.state.marksKey = marksKey;
    return [{ key: marksKey, body: marks }];
  }
}
