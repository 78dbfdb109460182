import type { Counts } from '../../backup/manifest.ts';

/** How much a run may delete and overwrite: the stack's parameters, and what the execution allows. */
export interface GuardOptions {
  readonly maxDeletePercent: number;
  readonly allowMassDelete: boolean;
  /** 100: never refuses. */
  readonly maxChangePercent: number;
  readonly allowMassChange: boolean;
  /** Attributes whose changes do not count. */
  readonly uncountedAttributes: readonly string[];
}

/** So few items may always be deleted or overwritten. */
const ALWAYS_ALLOWED = 10;
const KINDS = ['users', 'groups', 'memberships'] as const;

/** What a run would delete, or overwrite, and what that is held against. Every item counts once. */
export interface GuardInput {
  readonly byRun: Counts;
  /** By runs that were sealed within the last day. */
  readonly byLastDay: Counts;
  /** By runs of earlier versions that were interrupted: they changed the table at once. */
  readonly byInterrupted: Counts;
  /** 100 %: what the backup held before all of that. */
  readonly of: Counts;
  readonly percent: number;
  /** Kinds of which some must remain: where none would, a few are too many already. */
  readonly mustRemain?: readonly (keyof Counts)[];
}

/**
 * Why the run must not go so far, one clause per kind of item; empty when it may. A run that does nothing to a kind itself
 * is not refused for what others did to it.
 */
export function refusals({ byRun, byLastDay, byInterrupted, of, percent, mustRemain = [] }: GuardInput): string[] {
  return KINDS.flatMap((kind) => {
    const all = byRun[kind] + byLastDay[kind] + byInterrupted[kind];
    const few = all <= ALWAYS_ALLOWED && !(mustRemain.includes(kind) && all >= of[kind]);
    if (byRun[kind] === 0 || few || all * 100 <= percent * of[kind]) return [];
    const share = of[kind] === 0 ? '' : ` (${((all * 100) / of[kind]).toFixed(1)} %)`;
    const lastDay = byLastDay[kind] === 0 ? '' : `, ${byLastDay[kind]} of them by exports of the last 24 hours`;
    const before = byInterrupted[kind] === 0 ? '' : `, ${byInterrupted[kind]} of them by runs that were interrupted`;
    return [`${all} of ${of[kind]} ${kind}${share}${lastDay}${before}`];
  });
}
