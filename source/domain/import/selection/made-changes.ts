import type { PoolUser } from '../../model.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { changeDated, changedAfter } from '../reconcile/changed-since.ts';
import type { UserDecision } from './decisions.ts';
import type { WorkRun } from './work-run.ts';

/** What is recorded as confirmed where the account that was made for the user was disabled. */
export const disabling = (sub: string, accounts: Pick<Accounts, 'newSubOf'>): string =>
  `disabled ${accounts.newSubOf(sub) ?? ''}`;

/**
 * Whether somebody changed the account that was made for the user. What one look tells stays known: our next write dates the
 * account anew. So whoever is about to write to one made earlier asks first.
 */
export function isChangedSince(run: WorkRun, decision: UserDecision, account: PoolUser): boolean {
  const { accounts, deps } = run;
  const key = `changed ${account.sub}`;
  if (accounts.confirmedAt(key) !== undefined) return true;
  const isChanged = isDatedSo(accounts, decision, account);
  if (isChanged) accounts.recordConfirmed(key, deps.clock.now());
  return isChanged;
}

/** A date between two writes of ours may be that of the flag, where it is not known when that was written. */
function isDatedSo(accounts: Accounts, { sub, make, prelink }: UserDecision, account: PoolUser): boolean {
  const dated = changeDated(account, accounts.lastWriteAt(sub));
  if (dated !== 'between' || (make?.user ?? prelink)?.enabled === true) return dated === 'later' || dated === 'between';
  const disabledAt = accounts.confirmedAt(disabling(sub, accounts));
  if (disabledAt === undefined) return !accounts.mayBeWritten(sub);
  return changedAfter(account, Date.parse(account.created), [disabledAt]);
}
