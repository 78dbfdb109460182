import type { Compared } from '../../comparison/marks.ts';
import type { PoolUser } from '../../model.ts';
import { changeDated, hasLateWrite } from './changed-since.ts';
import type { CheckRun } from './check-run.ts';

/** What the look tells about changes since: of the user, and of all users together about the dates themselves. */
export function noteLook(check: CheckRun, user: PoolUser, { ordinal }: Compared): void {
  const { run, marks, since, state } = check;
  const lastWriteAt = run.accounts.lastWriteAt(marks.expectedUser(ordinal).sub);
  since.look(ordinal, user, lastWriteAt);
  if (!hasLateWrite(user, lastWriteAt)) return;
  const dates = (state.dates ??= { enabled: { moved: 0, still: 0 }, disabled: { moved: 0, still: 0 } });
  const of = user.enabled ? dates.enabled : dates.disabled;
  const dated = changeDated(user, lastWriteAt);
  if (dated === 'no') of.still += 1;
  // To disable a user is not the last write to one who is in groups.
  else if (dated === 'near' || (dated === 'between' && !user.enabled)) of.moved += 1;
}
