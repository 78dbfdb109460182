import * as v from 'valibot';
import type { PoolGroup } from '../../model.ts';
import { MfaCounter } from '../csv/mfa-sign-in.ts';
import { noRecoveryOf } from '../csv/recovery.ts';
import { countShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { isSignInUnknown } from '../plan/attribute-loss.ts';
import { planCountsShape } from '../plan/plan-model.ts';
import type { Exclusion, PlannedGroup } from '../plan/plan-model.ts';
import { isByCsvInSource } from './classify.ts';
import type { Classified, Rules } from './classify.ts';

/** What of a tally the checkpoint keeps; the groups lie in an object of their own. */
export const tallyShape = v.object({
  counts: planCountsShape,
  /** The members of so many groups from the start of the list go into the first chunk. */
  firstGroups: countShape,
  /** Groups that memberships name but that have no item of their own. */
  groupsWithoutItem: countShape,
});
/** What will be restored, in which way, and how large the groups will be. */
export interface Tally extends Stored<typeof tallyShape> {
  /** Smallest first, with the members that the restore brings back. */
  readonly groups: readonly PlannedGroup[];
}

/** Counts classified users, one by one. */
export class TallyCounter {
  readonly #members = new Map<string, number>();
  readonly #excludedBy: Partial<Record<Exclusion, number>> = {};
  readonly #counts;
  readonly #mfa: MfaCounter | undefined;

  /** `orphans`: memberships whose user is not in the backup. */
  constructor(
    orphans: number,
    private readonly rules: Rules,
  ) {
    this.#mfa = rules.mfa === undefined ? undefined : new MfaCounter(rules.mfa);
    this.#counts = {
      byCsv: 0,
      oneByOne: 0,
      byCsvInSource: 0,
      excluded: 0,
      membershipsWithoutUser: orphans,
      memberships: 0,
      disabled: 0,
      withLosses: 0,
      signInUnknown: 0,
      withoutRecovery: 0,
    };
  }

  add(classified: Classified): void {
    const counts = this.#counts;
    if (classified.way === 'exclude') {
      const { reason } = classified.excluded;
      counts.excluded += 1;
      counts.membershipsWithoutUser += classified.groups.length;
      this.#excludedBy[reason] = (this.#excludedBy[reason] ?? 0) + 1;
      return;
    }
    const { enabled, groups, attributes } = classified.user;
    counts[classified.way === 'csv' ? 'byCsv' : 'oneByOne'] += 1;
    if (classified.way === 'create' && isByCsvInSource(classified, this.rules)) counts.byCsvInSource += 1;
    counts.memberships += groups.length;
    if (!enabled) counts.disabled += 1;
    const { lost = [] } = classified;
    if (lost.some(isSignInUnknown)) counts.signInUnknown += 1;
    if (!lost.every(isSignInUnknown)) counts.withLosses += 1;
    if (noRecoveryOf(attributes, this.rules) !== undefined) counts.withoutRecovery += 1;
    this.#mfa?.add(attributes);
    for (const group of groups) this.#members.set(group, (this.#members.get(group) ?? 0) + 1);
  }

  /** `known`: groups that have an item in the backup. */
  result(known: readonly PoolGroup[], firstChunkUsers: number): Tally {
    const groups = bySize(known, this.#members);
    const { signInUnknown, ...counts } = this.#counts;
    return {
      counts: {
        ...counts,
        ...(signInUnknown === 0 ? {} : { signInUnknown }),
        excludedBy: this.#excludedBy,
        ...(this.#mfa === undefined ? {} : { mfa: this.#mfa.counts }),
      },
      groups,
      firstGroups: firstGroups(groups, firstChunkUsers),
      groupsWithoutItem: groups.length - known.length,
    };
  }
}

function bySize(known: readonly PoolGroup[], members: ReadonlyMap<string, number>): PlannedGroup[] {
  const groups = new Map<string, PoolGroup>([...members.keys()].map((name) => [name, { name }]));
  for (const group of known) groups.set(group.name, group);
  return [...groups.values()]
    .map((group) => ({ ...group, members: members.get(group.name) ?? 0 }))
    .sort((left, right) => left.members - right.members || (left.name < right.name ? -1 : 1));
}

/** As many of the smallest groups as have, together, no more members than the first chunk takes. */
function firstGroups(groups: readonly PlannedGroup[], firstChunkUsers: number): number {
  let sum = 0;
  const end = groups.findIndex(({ members }) => (sum += members) > firstChunkUsers);
  return end < 0 ? groups.length : end;
}
