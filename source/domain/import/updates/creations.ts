import type { Accounts } from '../accounts/accounts.ts';
import { CreationJournal } from '../accounts/creation-journal.ts';
import type { JournalName } from '../accounts/creation-journal.ts';
import type { JobsState } from '../plan/jobs-state.ts';
import type { RestorePlan, RestoreUser } from '../plan/plan-model.ts';
import type { PoolUser } from '../../model.ts';
import { adopt, createUser } from './create-user.ts';
import type { CreateOutcome, CreateUserDeps } from './create-user.ts';
import type { UpdateUsersDeps } from './deps.ts';

/** What is created together: one journal tells of it. A batch's has the last part of the batch's key for a name. */
export interface CreationWork extends JournalName {
  /** The chunk whose import jobs had the users; null: none had. */
  readonly chunk: number | null;
  /** See CreateUserDeps. */
  readonly adopting?: (account: PoolUser) => void;
}

/** Creates the users of batches one by one, each work with its journal. */
export class Creations {
  #open: { readonly name: string; readonly journal: Promise<CreationJournal> } | undefined;

  constructor(
    private readonly plan: RestorePlan,
    private readonly deps: UpdateUsersDeps,
    private readonly accounts: Accounts,
    private readonly jobs: Pick<JobsState, 'finished'>,
  ) {}

  /** See createUser. */
  async create(user: RestoreUser, work: CreationWork): Promise<CreateOutcome> {
    return createUser(this.plan, user, await this.#depsOf(work));
  }

  /** See adopt. */
  async adopt(user: RestoreUser, account: PoolUser, work: CreationWork): Promise<CreateOutcome> {
    return adopt(this.plan, user, account, await this.#depsOf(work));
  }

  async #depsOf({ chunk, adopting, ...named }: CreationWork): Promise<CreateUserDeps> {
    const { plan, deps, accounts } = this;
    if (this.#open?.name !== named.name)
      this.#open = { name: named.name, journal: CreationJournal.open(deps, plan, named) };
    const windows = this.jobs.finished.find((result) => result.chunk === chunk)?.windows ?? [];
    return {
      ...deps,
      accounts,
      journal: await this.#open.journal,
      adopting,
      row: { windows, importsConfirmed: plan.importsConfirmed ?? false },
    };
  }
}
