import { FULL_PAGE } from '../listing/page-chain.ts';
import type { DoneOf, WorkFigures, WorkPhase } from '../state/work-figures.ts';
import type { RunFacts } from './run.ts';

/** What a listing has shown so far. */
interface Listed {
  readonly counts: { readonly listed: number; readonly skipped: number };
  readonly tooLarge?: readonly unknown[];
  readonly done: boolean;
}

const seenIn = ({ counts, tooLarge = [] }: Listed): number => counts.listed + counts.skipped + tooLarge.length;

/** There may be more than was expected; at the end it is known. */
const ofExpected = (seen: number, expected: number, done: boolean): DoneOf => ({
  done: seen,
  of: done ? seen : Math.max(seen, expected),
});

/** Calls that list the members: at least one for each group. */
const memberCalls = (groups: number, memberships: number): number => groups + Math.floor(memberships / FULL_PAGE);

/** Calls behind the listing of users, by what the last sealed run counted; a first export cannot tell. */
const callsForGroups = ({ sealed }: RunFacts): number | 'unknown' =>
  sealed === undefined
    ? 'unknown'
    : Math.ceil((sealed.groups + 1) / FULL_PAGE) + memberCalls(sealed.groups, sealed.memberships);

/** Of SyncUsers: Cognito's estimate, which may be out of date, is what there is to come. */
export function listingUsers(facts: RunFacts, state: Listed): WorkFigures {
  const users = ofExpected(seenIn(state), facts.estimatedUsers, state.done);
  const pages = state.done ? 0 : Math.max(1, Math.ceil(((users.of as number) - users.done) / FULL_PAGE));
  const later = callsForGroups(facts);
  return {
    phase: 'listing users',
    users,
    memberships: { done: 0, ...(facts.sealed === undefined ? {} : { of: facts.sealed.memberships }) },
    callsLeft: later === 'unknown' ? later : pages + later,
  };
}

/** Of KeepSettings, before anybody is listed. `left`: calls that are known by now. */
export function readingSettings(facts: RunFacts, left: number): WorkFigures {
  const toCome = listingUsers(facts, { counts: { listed: 0, skipped: 0 }, done: false });
  const { callsLeft } = toCome;
  return {
    ...toCome,
    phase: 'reading the settings',
    callsLeft: typeof callsLeft === 'number' ? left + callsLeft : 'unknown',
  };
}

/** Of ListGroups and SyncGroup. `groups`: how many are known, and whether that is all of them. */
export function listingGroups(
  { sealed }: RunFacts,
  groups: { readonly found: number; readonly all: boolean },
): WorkFigures {
  const { found, all } = groups;
  const phase = 'listing groups';
  if (all && found === 0) return { phase, memberships: { done: 0, of: 0 }, callsLeft: 0 };
  if (sealed === undefined) return { phase, callsLeft: 'unknown' };
  const expected = all ? found : Math.max(found, sealed.groups);
  const pages = all ? 0 : Math.ceil((expected - found + 1) / FULL_PAGE);
  return { phase, callsLeft: pages + memberCalls(expected, sealed.memberships) };
}

/** Of SyncUsersInGroup. `groupsLeft`: those whose members were not all listed. */
export function listingMembers({ sealed }: RunFacts, state: Listed, groupsLeft: number): WorkFigures {
  const phase = 'listing memberships';
  // Late users are too large for the table as users, and members all the same.
  const seen = state.counts.listed + state.counts.skipped;
  if (state.done) return { phase, memberships: { done: seen, of: seen }, callsLeft: 0 };
  if (sealed === undefined) return { phase, memberships: { done: seen }, callsLeft: 'unknown' };
  const memberships = ofExpected(seen, sealed.memberships, false);
  return { phase, memberships, callsLeft: memberCalls(groupsLeft, (memberships.of as number) - seen) };
}

const PHASE_OF = {
  scan: 'comparing with the table',
  confirm: 'comparing with the table',
  memberships: 'comparing with the table',
  groups: 'comparing with the table',
  plan: 'comparing with the table',
  snapshot: 'comparing with the table',
  guard: 'comparing with the table',
  listAgain: 'comparing with the table',
  open: 'applying the changes',
  apply: 'applying the changes',
  seal: 'ending the run',
  tidy: 'ending the run',
  replica: 'ending the run',
  sealed: 'done',
} as const satisfies Readonly<Record<string, WorkPhase>>;

/** Of BackupTableCleanup, which asks Cognito for a few only. */
export const cleaningUp = ({ phase }: { readonly phase: keyof typeof PHASE_OF }): WorkFigures => ({
  phase: PHASE_OF[phase],
  callsLeft: 0,
});
