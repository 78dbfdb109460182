import type { Marks } from '../../comparison/marks.ts';
import type { Appendix } from '../../state/progress.ts';
import { adviceFor } from '../../state/advice.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import type { UpdateRun } from '../updates/update-run.ts';
import { prelinkShape } from '../plan/identity-plan.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { planKey } from '../plan/plan-model.ts';
import { ChangedSince } from './changed-since.ts';
import { Owners } from './owners.ts';
import { loadPlanMarks, setForeign } from './plan-marks.ts';
import { initialCheckState } from '../plan/check-state.ts';
import type { CheckState } from '../plan/check-state.ts';

/** The comparison within one invocation: what looks at the pool showed, whose accounts are whose, and its state. */
export class CheckRun implements Appendix {
  readonly pending = 0;

  private constructor(
    readonly run: UpdateRun,
    readonly marks: Marks,
    readonly since: ChangedSince,
    /** That of the run's comparison; changed in place. */
    readonly state: CheckState,
    readonly owners: Owners,
    /** Usernames of users of identity providers whom this restore made, or was about to: no comparison is about them. */
    readonly prelinked: ReadonlySet<string>,
  ) {}

  static async begin(run: UpdateRun): Promise<CheckRun> {
    const { plan, deps } = run;
    const state = (run.state.check ??= initialCheckState());
    const owners = await Owners.load(run, state, (ordinal) => since.begin(ordinal));
    const marks = await loadPlanMarks(deps.objects, plan, {
      marksKey: state.marksKey,
      recognize: (...asked) => owners.recognize(...asked),
      nameOf: (ordinal) => owners.plannedName(ordinal),
    });
    const since: ChangedSince = await ChangedSince.load(
      deps.objects,
      { users: marks.userCount, memberships: marks.membershipCount },
      { key: state.sinceKey, advice: adviceFor(planKey(plan.newUserPoolId, plan.restoreId)) },
    );
    if (state.marksKey === undefined) since.forget();
    if (plan.mayCreateUsers) run.heldBack.clear();
    // A repair goes on where it stopped in a list that follows from the marks: they change when it has ended.
    if (run.state.phase !== 'repair') setForeign(marks, run.collisions, run.heldBack);
    return new CheckRun(run, marks, since, state, owners, await prelinkedOf(run));
  }

  /** The marks, and what somebody changed, as they are. */
  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    const name = newKey('check');
    const { state } = this;
    state.at = this.run.deps.clock.now();
    const marks = this.marks.snapshot();
    state.marksKey = keyWithDigest(name, 'marks', marks);
    const since = this.since.snapshot();
    if (since === undefined) {
      delete state.sinceKey;
      return [{ key: state.marksKey, body: marks }];
    }
    state.sinceKey = keyWithDigest(name, 'since', since);
    return [
      { key: state.marksKey, body: marks },
      { key: state.sinceKey, body: since },
    ];
  }
}

async function prelinkedOf({ deps, plan, state }: UpdateRun): Promise<ReadonlySet<string>> {
  const usernames = new Set<string>();
  if (plan.identities === undefined || state.identities === undefined) return usernames;
  for await (const { username } of readNdjson(deps.objects, plan.identities.prelinksKey, prelinkShape))
    usernames.add(username);
  return usernames;
}
