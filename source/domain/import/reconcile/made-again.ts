import type { PlannedGroup, RestoreUser } from '../plan/plan-model.ts';
import type { UpdateRun } from '../updates/update-run.ts';
import type { CheckRun } from './check-run.ts';
import { itemsOf, userSources } from './walk.ts';

/** What an earlier account of the user was given says nothing about the one that was made in its place. */
export function forgetMemberships(run: UpdateRun, user: RestoreUser): void {
  for (const group of user.groups)
    run.accounts.recordMembership(user.sub, (run.groups[group] as PlannedGroup).name, false);
}

/** The same for everybody whose account a look showed to be another one than was on record. */
export async function forgetEarlierMemberships(check: CheckRun): Promise<void> {
  const { marks, run, state } = check;
  if (state.madeAgain === undefined) return;
  const again = new Set(state.madeAgain);
  for (const source of userSources(check, (_mark, ordinal) => again.has(ordinal)))
    for await (const item of itemsOf(run, source)) {
      const ordinal = 'user' in item ? marks.ordinalOf(item.user.name) : undefined;
      if ('user' in item && ordinal !== undefined && again.has(ordinal)) forgetMemberships(run, item.user);
    }
  delete state.madeAgain;
}
