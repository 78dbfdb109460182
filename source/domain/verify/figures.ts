import type { Counts } from '../backup/manifest.ts';
import type { DoneOf, WorkFigures, WorkPhase } from '../state/work-figures.ts';
import type { BackupState } from './backup/state.ts';
import type { CompareState } from './pool/state.ts';

const of = (found: Counts, kind: keyof Counts, sealed: Counts | undefined): DoneOf => ({
  done: found[kind],
  ...(sealed === undefined ? {} : { of: Math.max(found[kind], sealed[kind]) }),
});

/** Of VerifyBackup: what was read of the table, of what its manifest counts. */
export function verifyingFigures({ phase, found, look, manifest }: BackupState): WorkFigures {
  const sealed = manifest?.counts ?? look?.counts;
  return {
    phase: phase === 'done' ? 'done' : phase === 'snapshot' ? 'reading the snapshot' : 'reading the table',
    users: of(found.counts, 'users', sealed),
    memberships: of(found.counts, 'memberships', sealed),
    callsLeft: 0,
  };
}

const PHASE_OF = {
  scan: 'reading the table',
  users: 'comparing the pool',
  groups: 'comparing the pool',
  members: 'comparing the pool',
  absent: 'comparing once more',
  report: 'writing the report',
  done: 'done',
} as const satisfies Readonly<Record<CompareState['step'], WorkPhase>>;

/** Of ComparePool: what was read of the backup, which the pool is held against then. */
export function comparingFigures({ step, counts }: CompareState): WorkFigures {
  const isRead = step !== 'scan';
  return {
    phase: PHASE_OF[step],
    users: of(counts, 'users', isRead ? counts : undefined),
    memberships: of(counts, 'memberships', isRead ? counts : undefined),
    callsLeft: 'unknown',
  };
}
