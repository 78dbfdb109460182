import { listPool } from './list-pool.ts';
import { forgetEarlierMemberships } from './made-again.ts';
import { changedSinceOf, problemsOf, secondLookScope } from './recheck.ts';
import { keepAsChanged, keepChangedAttributes, seemsUndone } from './undone.ts';
import type { CheckRun } from './check-run.ts';
import type { UpdatesState } from '../plan/updates-state.ts';

/** What only two looks so far apart do not show was undone by somebody. */
const SECOND_LOOK_MS = 60_000;

/** Stores the progress in its next phase. */
export async function enter({ state, progress }: CheckRun['run'], phase: UpdatesState['phase']): Promise<void> {
  state.phase = phase;
  await progress.save();
}

/** Looks at the pool, and once more, in the phase `second`, where something seems undone; false when the slice ended before. */
export async function look(check: CheckRun, second: 'look' | 'lastLook'): Promise<boolean> {
  const { run } = check;
  if (run.state.phase !== second) {
    if ((await listPool(check)) === 'sliceOver') return false;
    await forgetEarlierMemberships(check);
    keepChangedAttributes(check);
    run.deps.log.info('The new pool was compared with the plan', { ...problemsOf(check) });
    const undone = await seemsUndone(check);
    if (undone === undefined) return true;
    await run.deps.clock.sleep(SECOND_LOOK_MS);
    Object.assign(check.state, secondLookScope(check, undone));
    await enter(run, second);
  }
  if ((await listPool(check)) === 'sliceOver') return false;
  await forgetEarlierMemberships(check);
  keepChangedAttributes(check);
  const undone = await seemsUndone(check);
  if (undone !== undefined) keepAsChanged(check, undone);
  run.deps.log.info('What seemed undone was looked at again', { ...changedSinceOf(check) });
  return true;
}
