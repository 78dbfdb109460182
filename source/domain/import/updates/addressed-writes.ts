import type { Clock, UserPoolReader, WriteOutcome } from '../../ports.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import type { UpdatesState } from '../plan/updates-state.ts';

const NOT_FOUND = 'UserNotFoundException';
import { accountBySub } from '../../listing/account-by-sub.ts';
import { isUnanswered, unlessUnanswered } from './unanswered.ts';

/** A user of the backup. */
interface Planned {
  /** In the backup. */
  readonly sub: string;
  /** The sign-in name, by which the user is addressed as long as no account of ours is known. */
  readonly name: string;
}

/**
 * Writes to accounts: each goes to the account that is on record as ours, by its sub, whoever may have the name by now.
 * When Cognito answered is recorded. A write that fails for this user only counts as refused.
 */
export class AddressedWrites {
  constructor(
    private readonly pool: Pick<UserPoolReader, 'listUsersPage'>,
    private readonly clock: Clock,
    private readonly plan: Pick<RestorePlan, 'newUserPoolId'>,
    private readonly accounts: Pick<Accounts, 'newSubOf' | 'recordWrite'>,
    /** Remembers a pool that takes no sub. */
    private readonly state: Pick<UpdatesState, 'subsRefused'>,
  ) {}

  /** `call` gets the username to write to. */
  async write(user: Planned, call: (username: string) => Promise<WriteOutcome>): Promise<WriteOutcome> {
    const { pool, clock } = this;
    const target = { pool, poolId: this.plan.newUserPoolId, clock };
    const outcome = await unlessUnanswered(target, () => this.#addressed(user, call));
    const byName = this.accounts.newSubOf(user.sub) === undefined || this.state.subsRefused === true;
    if (outcome === 'done' || isUnanswered(outcome))
      this.accounts.recordWrite(user.sub, { at: this.clock.now(), byName });
    return outcome;
  }

  async #addressed(user: Planned, call: (username: string) => Promise<WriteOutcome>): Promise<WriteOutcome> {
    const newSub = this.accounts.newSubOf(user.sub);
    // By name the write may reach somebody else: the comparison at the end takes it back.
    if (newSub === undefined || this.state.subsRefused === true) return call(user.name);
    const outcome = await call(newSub);
    if (outcome === 'done' || outcome.refused !== NOT_FOUND) return outcome;
    // Gone, or a pool that does not take a sub for the username: then the account itself tells its name.
    const account = await accountBySub(this.pool, this.plan.newUserPoolId, newSub);
    if (account === undefined || account.username === newSub) return outcome;
    this.state.subsRefused = true;
    return call(account.username);
  }
}
