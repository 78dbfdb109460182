import type { Marks } from '../../comparison/marks.ts';
import type { PoolUser } from '../../model.ts';
import { wasCreatedBefore } from '../accounts/proof.ts';
import { CreationJournal } from '../accounts/creation-journal.ts';
import { OrdinalsBySub } from '../accounts/ordinals-by-sub.ts';
import { Settlement } from '../accounts/settlement.ts';
import { placeOf } from '../plan/expected-place.ts';
import { restoreUserShape, updateOpShape } from '../plan/plan-model.ts';
import type { RestoreUser } from '../plan/plan-model.ts';
import { repairJournal } from '../plan/updates-state.ts';
import { readNdjson } from '../../state/ndjson.ts';
import type { CheckState } from '../plan/check-state.ts';
import type { UpdateRun } from '../updates/update-run.ts';
import { changeDated } from './changed-since.ts';

type Noted = Pick<CheckState, 'strangers' | 'renamed' | 'madeAgain' | 'toTakeBack'>;

/**
 * Tells whose account a listed one is. Every comparison with the plan is about the account that this restore made for a
 * user, under whatever name it is listed, and about no other one that has the user's name: such a stranger is noted.
 */
export class Owners {
  #bySub: OrdinalsBySub | undefined;
  readonly #names = new Map<number, string>();
  /** Users who are among the strangers of the state. */
  #noted: Set<number> | undefined;

  private constructor(
    private readonly run: UpdateRun,
    private readonly settlement: Settlement,
    private readonly state: Noted,
    private readonly madeAgain: (ordinal: number) => void,
  ) {}

  /** `madeAgain` is told of users whose account turns out to be one that was made in the place of an earlier one. */
  static async load(run: UpdateRun, state: Noted, madeAgain: (ordinal: number) => void): Promise<Owners> {
    const { plan, accounts, jobs, refused } = run;
    accounts.expect(plan.counts.byCsv + plan.counts.oneByOne);
    const journal = await CreationJournal.open(run.deps, plan, repairJournal(run.state));
    const repairs: Pick<CreationJournal, 'proves'> = {
      // Cognito answered that it did not create the user: an administrator may have done so since.
      proves: (sub, ...asked) => !refused.has(sub) && journal.proves(sub, ...asked),
    };
    const settlement = await Settlement.load(run.deps.objects, { plan, jobs, accounts, repairs });
    return new Owners(run, settlement, state, madeAgain);
  }

  /** The user of the plan whose account it is; `named`: those who have one of its names. */
  recognize(marks: Marks, account: PoolUser, named: readonly number[]): number | undefined {
    const { accounts } = this.run;
    const own = named.find((ordinal) => accounts.newSubOf(marks.expectedUser(ordinal).sub) === account.sub);
    if (own !== undefined) return own;
    const renamed = this.#index(marks).find(account.sub);
    if (renamed !== undefined) this.#noteRenamed(renamed);
    if (renamed !== undefined) return renamed;
    for (const ordinal of named) {
      const user = marks.expectedUser(ordinal);
      const hadAnother = accounts.newSubOf(user.sub) !== undefined;
      if (!this.settlement.isOurs(user, account)) continue;
      this.#index(marks).add(ordinal);
      if (hadAnother) this.#noteMadeAgain(ordinal);
      return ordinal;
    }
    for (const ordinal of named) this.#note(marks, account, ordinal);
    return undefined;
  }

  /** The planned name of a user whose account has another one by now; known once `learnNames` has read it. */
  plannedName(ordinal: number): string | undefined {
    return this.#names.get(ordinal);
  }

  /** Reads the planned names of users whose accounts were renamed: memberships are planned by these. */
  async learnNames(marks: Marks): Promise<void> {
    const { run } = this;
    const bySub = new Map(
      (this.state.renamed ?? [])
        .filter((ordinal) => !this.#names.has(ordinal))
        .map((ordinal) => [marks.expectedUser(ordinal).sub, ordinal] as const),
    );
    const places = [...bySub.values()].map((ordinal) => placeOf(marks.expectedUser(ordinal)));
    const chunks = new Set(places.map(({ chunk }) => chunk));
    const batches = new Set(places.filter(({ chunk }) => chunk === null).map(({ line }) => line));
    const learn = ({ sub, name }: RestoreUser): void => {
      const ordinal = bySub.get(sub);
      if (ordinal !== undefined) this.#names.set(ordinal, name);
    };
    for (const { index, key } of run.plan.chunks)
      if (chunks.has(index)) for await (const user of readNdjson(run.deps.objects, key, restoreUserShape)) learn(user);
    for (const { index, key } of run.plan.batches)
      if (batches.has(index))
        for await (const op of readNdjson(run.deps.objects, key, updateOpShape)) if (op.op === 'create') learn(op.user);
  }

  #noteRenamed(ordinal: number): void {
    const renamed = (this.state.renamed ??= []);
    if (!renamed.includes(ordinal)) renamed.push(ordinal);
  }

  /** Whether the user's account was found to be one made in the place of an earlier one; said once. */
  takeMadeAgain(ordinal: number): boolean {
    const left = (this.state.madeAgain ?? []).filter((other) => other !== ordinal);
    const isTaken = left.length < (this.state.madeAgain ?? []).length;
    if (isTaken) this.state.madeAgain = left;
    return isTaken;
  }

  #noteMadeAgain(ordinal: number): void {
    (this.state.madeAgain ??= []).push(ordinal);
    this.madeAgain(ordinal);
  }

  /** Somebody has the name of a planned user. What writes by that name did to the account is to be taken back. */
  #note(marks: Marks, account: PoolUser, named: number): void {
    const { sub } = marks.expectedUser(named);
    const strangers = (this.state.strangers ??= []);
    const name = marks.nameOf(account, named);
    this.#noted ??= new Set(strangers.map(([ordinal]) => ordinal));
    if (!this.#noted.has(named)) strangers.push([named, name]);
    this.#noted.add(named);
    if (!account.enabled && this.run.accounts.mayBeWritten(sub) && this.#isFlagOurs(sub, account))
      noteOnce(this.state, {
        sub: account.sub,
        username: account.username,
        oldSub: sub,
        name,
      });
  }

  /** Nobody can change a disabled account but an administrator, who may have wanted it disabled. */
  #isFlagOurs(oldSub: string, account: PoolUser): boolean {
    const changed = changeDated(account, this.run.accounts.lastWriteAt(oldSub));
    return this.reached(oldSub, account) && changed !== 'later';
  }

  /** Whether a write of ours to the user's name may have reached this account. */
  reached(oldSub: string, account: PoolUser): boolean {
    const { accounts } = this.run;
    return accounts.wroteByName(oldSub) && wasCreatedBefore(account, accounts.lastWriteAt(oldSub) ?? 0);
  }

  #index(marks: Marks): OrdinalsBySub {
    return (this.#bySub ??= new OrdinalsBySub(marks.userCount, (ordinal) =>
      this.run.accounts.newSubOf(marks.expectedUser(ordinal).sub),
    ));
  }
}

type TakeBack = NonNullable<CheckState['toTakeBack']>[number];

/** Notes what is to be taken back; a listing may show the same account twice. */
export function noteOnce(state: Pick<CheckState, 'toTakeBack'>, entry: TakeBack): void {
  const noted = (state.toTakeBack ??= []);
  if (!noted.some(({ sub, group }) => sub === entry.sub && group === entry.group)) noted.push(entry);
}
