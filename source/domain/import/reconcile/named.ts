import { listedUsers } from '../updates/listed-user.ts';
import type { StepEnd } from '../../state/step.ts';
import type { CheckRun } from './check-run.ts';
import { noteLook } from './note-look.ts';
import { needsRepair } from './verdict.ts';
import { problemSources, walk } from './walk.ts';

/** Looks up, by name, the users who had a problem before the repair. */
export async function lookUpByName(check: CheckRun): Promise<StepEnd> {
  const { run, marks } = check;
  // Marks change as users are found, and the sources with them: an interrupted walk starts again with what is left.
  check.state.walk = { source: 0, item: 0 };
  const sources = problemSources(check, { memberships: false });
  return walk(check, sources, async (item) => {
    if (!('user' in item)) return;
    const ordinal = marks.ordinalOf(item.user.name);
    if (ordinal === undefined || !needsRepair(check, ordinal)) return;
    for (const user of await listedUsers(run.deps.pool, run.plan, item.user.name)) {
      const compared = marks.compare(user);
      if (compared === undefined) continue;
      noteLook(check, user, compared);
      marks.see(compared);
    }
  });
}
