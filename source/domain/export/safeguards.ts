import type { Manifest, Safeguards } from '../backup/manifest.ts';
import { unprotectedText } from '../backup/source-pool.ts';
import type { PoolRecoveries, UserPoolDescription } from '../model.ts';
import { activeRecovery, completedRecoveries } from '../recovery/recoveries.ts';
import type { RunFacts } from './run.ts';

/** The manifest that was sealed last, as far as a new run is held against it. */
type Before = Pick<Manifest, 'safeguards' | 'startedAt'>;

/** What a new run remembers of how AWS guards its pool, and what is to be said of it. */
export type SafeguardFacts = Pick<RunFacts, 'safeguards' | 'recoveredSince' | 'poolNotes'>;

interface Looked {
  readonly pool: Pick<UserPoolDescription, 'id' | 'deletionProtected'>;
  readonly recoveries: PoolRecoveries;
  readonly before: Before | undefined;
}

/** What a new run keeps of its first look. Each sentence is said once: again only when it was not so in between. */
export function safeguardFacts(looked: Looked): SafeguardFacts {
  const { pool, recoveries, before } = looked;
  const recoveredSince = recoveredAfter(looked);
  const recovered = recoveredText({ recoveredSince });
  const poolNotes = [
    ...(recovered === undefined ? [] : [`${recovered}.`]),
    ...previewNote(recoveries),
    ...(pool.deletionProtected || before?.safeguards?.deletionProtected === false ? [] : [unprotectedText(pool.id)]),
    ...(recoveries !== 'unknown' || isUnasked(before) ? [] : [UNKNOWN]),
  ];
  return {
    safeguards: {
      deletionProtected: pool.deletionProtected,
      ...(recoveries === 'unknown' ? {} : { recovered: settledIds(recoveries) }),
    },
    ...(recoveredSince.length === 0 ? {} : { recoveredSince }),
    ...(poolNotes.length === 0 ? {} : { poolNotes }),
  };
}

/**
 * Recoveries that have completed since the last sealed run began. Cognito does not say when one did: a run remembers which
 * there were. Where none remembers, a moment that lies after the run's start tells.
 */
function recoveredAfter({ recoveries, before }: Looked): NonNullable<RunFacts['recoveredSince']> {
  if (before === undefined) return [];
  const known = before.safeguards?.recovered;
  return completedRecoveries(recoveries)
    .filter(({ id, point }) =>
      known === undefined ? point !== undefined && point > before.startedAt : !known.includes(id),
    )
    .map(({ id, point }) => ({ id, ...(point === undefined ? {} : { point }) }));
}

/** What the run reads is what these left. One that was left to AWS Support is here only where somebody allowed it. */
function settledIds(recoveries: PoolRecoveries): string[] {
  const active = activeRecovery(recoveries);
  const completed = completedRecoveries(recoveries).map(({ id }) => id);
  return active?.kind === 'unsettled' ? [active.id, ...completed] : completed;
}

const isUnasked = (before: Before | undefined): boolean =>
  before?.safeguards !== undefined && before.safeguards.recovered === undefined;

/** Recoveries that completed while the run listed the pool: what it read is of two moments. */
export function recoveredDuring(
  recoveries: PoolRecoveries,
  safeguards: Safeguards | undefined,
): NonNullable<RunFacts['recoveredSince']> {
  const known = safeguards?.recovered;
  return known === undefined ? [] : completedRecoveries(recoveries).filter(({ id }) => !known.includes(id));
}

/** What recoveries since the last sealed run did, without a full stop; undefined without any. */
export function recoveredText({ recoveredSince = [] }: Pick<RunFacts, 'recoveredSince'>): string | undefined {
  if (recoveredSince.length === 0) return undefined;
  const points = recoveredSince.map(({ point = 'an earlier moment' }) => point).join(' and of ');
  return `Since the last complete export AWS's own point-in-time recovery has put this user pool back to its state of ${points}: that explains changes and deletions of this export`;
}

const previewNote = (recoveries: PoolRecoveries): string[] => {
  const active = activeRecovery(recoveries);
  return active?.kind === 'preview'
    ? [
        `A recovery of AWS's own is being previewed (${active.status}): Cognito takes no writes of the pool, and users with an authenticator app cannot sign in, until somebody starts or cancels it, or 24 hours have passed. This export holds the pool as it is now.`,
      ]
    : [];
};

const UNKNOWN =
  "Whether AWS's own point-in-time recovery works on the pool is not known: Cognito could not be asked (cognito-idp:ListPointInTimeRecoveries). An export during such a recovery could hold a pool between two states.";
