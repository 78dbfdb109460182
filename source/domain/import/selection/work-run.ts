import type { Progress } from '../../state/progress.ts';
import { Accounts } from '../accounts/accounts.ts';
import type { PoolProviders } from '../plan/identity-plan.ts';
import type { JobsState } from '../plan/jobs-state.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import { selectionKeys } from '../plan/selection-keys.ts';
import { AddressedWrites } from '../updates/addressed-writes.ts';
import { Creations } from '../updates/creations.ts';
import type { UpdateUsersDeps } from '../updates/deps.ts';
import { isMade } from './decisions.ts';
import type { Decision, GroupDecision, UserDecision } from './decisions.ts';
import { ImportedAccounts } from './imported-accounts.ts';
import type { SelectionResult } from './report.ts';
import { readAccounts } from './selection-run.ts';
import type { SelectionWork } from './selection-state.ts';
import { UndoFile } from './undo-file.ts';

/** What one invocation of UpdateUsers shares while it works on a selection. */
export interface WorkRun {
  readonly plan: RestorePlan;
  readonly selectionId: string;
  readonly decisions: readonly Decision[];
  /** By number: the decisions that this work is about. */
  readonly todo: readonly number[];
  readonly deps: UpdateUsersDeps;
  readonly progress: Progress<SelectionWork>;
  /** That of `progress`. */
  readonly state: SelectionWork;
  readonly accounts: Accounts;
  readonly creations: Creations;
  readonly writes: AddressedWrites;
  readonly undo: UndoFile;
  readonly imported: ImportedAccounts;
  /** The pool's identity providers; asked for once. */
  readonly providers: () => Promise<PoolProviders>;
  readonly sliceOver: () => boolean;
}

/** Where the account of a user is: it was there, or the selection made it. */
export const poolSubOf = ({ accounts }: Pick<WorkRun, 'accounts'>, decision: Decision): string | undefined =>
  decision.kind === 'group' ? undefined : (decision.poolSub ?? accounts.newSubOf(decision.sub));

/** Where the undo file of a selection lies. */
export const undoPlace = (
  { newUserPoolId }: Pick<RestorePlan, 'newUserPoolId'>,
  selectionId: string,
): { readonly key: string; readonly selectionId: string } => ({
  key: selectionKeys(newUserPoolId, selectionId).undo,
  selectionId,
});

/** Reads what the work needs beside its progress. */
export async function beginWork(
  given: Pick<WorkRun, 'plan' | 'selectionId' | 'decisions' | 'deps' | 'progress' | 'sliceOver'>,
  jobs: JobsState,
): Promise<WorkRun> {
  const { plan, selectionId, decisions, deps, progress } = given;
  const { state } = progress;
  const accounts = await Accounts.load(deps.objects, state.accounts);
  const there = new Map(
    decisions.flatMap((decision) =>
      decision.kind === 'group' || decision.poolSub === undefined ? [] : [[decision.sub, decision.poolSub] as const],
    ),
  );
  const addressed: Pick<Accounts, 'newSubOf' | 'recordWrite'> = {
    newSubOf: (sub) => there.get(sub) ?? accounts.newSubOf(sub),
    recordWrite: (sub, write) => {
      accounts.recordWrite(sub, write);
    },
  };
  const all = decisions.map((_decision, index) => index);
  let providers: Promise<PoolProviders> | undefined;
  return {
    ...given,
    providers: () => (providers ??= deps.pool.identityProviders(plan.newUserPoolId)),
    state,
    get todo() {
      return state.only ?? all;
    },
    accounts,
    imported: new ImportedAccounts(
      deps.objects,
      { plan, jobs, accounts },
      await readAccounts(deps.objects, state.settled ?? []),
    ),
    creations: new Creations(plan, deps, accounts, jobs),
    writes: new AddressedWrites(deps.pool, deps.clock, plan, addressed, state),
    undo: await UndoFile.open(deps.objects, undoPlace(plan, selectionId)),
  };
}

/**
 * The user was made. Where that is in the place of an account that an earlier start had made (`before`, its sub) and somebody
 * deleted since, what was given to that one is given once more.
 */
export function giveAgain({ accounts, state, decisions }: WorkRun, sub: string, before: string | undefined): void {
  const { only } = state;
  if (only === undefined || before === undefined || accounts.newSubOf(sub) === before) return;
  const given = new Set(
    decisions.flatMap((decision, index) =>
      decision.kind === 'membership' && decision.sub === sub && decision.op === 'add' ? [index] : [],
    ),
  );
  state.only = [...new Set([...only, ...given])].sort((left, right) => left - right);
  state.ends = state.ends.filter(([index]) => !given.has(index));
}

/** The decision ends otherwise than it was decided. */
export function endAs({ state }: Pick<WorkRun, 'state'>, index: number, result: SelectionResult, what: string): void {
  state.ends.push([index, result, what]);
}

/**
 * The decision ends short of something: of what Cognito refused, and of what is left since somebody changed it. What was made
 * stays so, whatever became of it since.
 */
export function endShort(
  run: Pick<WorkRun, 'state'>,
  index: number,
  decision: GroupDecision | UserDecision,
  { refused, changed }: { readonly refused: readonly string[]; readonly changed: readonly string[] },
): void {
  const left = changed.length === 0 ? [] : [`${changed.join(', ')} changed since and left`];
  if (refused.length + left.length === 0) return;
  const known = isShort(decision) ? [decision.what] : [];
  const wasMade = decision.kind === 'user' ? isMade(decision) : decision.make !== undefined;
  const otherwise = wasMade ? decision.result : 'changedSince';
  const result = refused.length + known.length > 0 ? 'failed' : otherwise;
  endAs(run, index, result, [...known, ...refused, ...left].join('; '));
}

/** Something cannot come back whatever happens: `what` names it. */
const isShort = (decision: Decision): boolean =>
  decision.result === 'failed' || (decision.kind === 'user' && decision.lacks === true);

/** How everything ended so far; of several ends of one decision the last counts. */
export function endedDecisions({ decisions, state }: Pick<WorkRun, 'decisions' | 'state'>): Decision[] {
  const ends = new Map(state.ends.map(([index, result, what]) => [index, { result, what }]));
  return decisions.map((decision, index) => {
    const short = isShort(decision) ? ({ result: 'failed' } as const) : {};
    return { ...decision, ...short, ...ends.get(index) };
  });
}
