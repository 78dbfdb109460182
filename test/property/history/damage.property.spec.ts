import { expect } from 'chai';
import fc from 'fast-check';
import { NO_COUNTS } from '../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { damageAmong } from '../../../source/domain/history/damage.ts';
import { aManifest } from '../../support/cli/a-manifest.ts';

const HOUR_MS = 3_600_000;
const BEGIN = Date.parse('2026-03-01T00:00:00Z');
const PERCENT = 5;
const counts = { users: 6_000, groups: 20, memberships: 9_000 };

interface Night {
  /** Since the run before. */
  readonly hours: number;
  readonly refused: boolean;
  readonly changed: number;
  readonly deleted: number;
  readonly groups: number;
}

/** Ordinary nights, parts of a slow change, and masses. */
const amount = fc.constantFrom(0, 3, 40, 200, 290, 2_400);
const nights: fc.Arbitrary<readonly Night[]> = fc.array(
  fc.record({
    hours: fc.constantFrom(1, 1, 6, 24),
    refused: fc.constantFrom(false, false, false, true),
    changed: amount,
    deleted: amount,
    groups: fc.constantFrom(0, 0, 0, 0, 2),
  }),
  { minLength: 2, maxLength: 30 },
);

function runsOf(all: readonly Night[]): readonly Manifest[] {
  let at = BEGIN;
  return all.map(({ hours, refused, changed, deleted, groups }) => {
    at += hours * HOUR_MS;
    return aManifest(new Date(at).toISOString(), {
      counts,
      changed: { ...NO_COUNTS, users: changed },
      deleted: { users: 0, groups, memberships: deleted },
      ...(refused ? { refused: 'MassChangeRefused' } : {}),
    });
  });
}

/** What each run alone shows against the last sealed one. */
function massesOf(runs: readonly Manifest[]): readonly { earlier: Manifest; later: Manifest; what: string }[] {
  let earlier: Manifest | undefined;
  const masses: { earlier: Manifest; later: Manifest; what: string }[] = [];
  for (const later of runs) {
    if (earlier !== undefined) {
      if (later.changed.users * 100 > 6_000 * PERCENT) masses.push({ earlier, later, what: 'users changed' });
      if (later.deleted.memberships * 100 > 9_000 * PERCENT)
        masses.push({ earlier, later, what: 'memberships deleted' });
      if (later.deleted.groups > 0) masses.push({ earlier, later, what: 'groups deleted' });
    }
    if (later.refused === undefined) earlier = later;
  }
  return masses;
}

describe('Damage among any runs', () => {
  it('16.1: every mass is in an interval that begins with the run before it and ends not after it', () => {
    fc.assert(
      fc.property(nights, (all) => {
        const runs = runsOf(all);
        const found = damageAmong(runs, { percent: PERCENT });
        for (const { earlier, later, what } of massesOf(runs))
          expect(
            found.some(
              (one) =>
                one.earlier === earlier &&
                one.later.startedAt <= later.startedAt &&
                one.findings.some(({ kind, change }) => `${kind} ${change}` === what),
            ),
            `${what} from ${earlier.runId} to ${later.runId}`,
          ).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it('16.1: the ends of an interval, as they are printed, find this one and no other', () => {
    fc.assert(
      fc.property(nights, (all) => {
        const runs = runsOf(all);
        for (const interval of damageAmong(runs, { percent: PERCENT })) {
          const [since, until] = [interval.earlier, interval.later].map(({ startedAt }) => Date.parse(startedAt));
          expect(damageAmong(runs, { percent: PERCENT, since: since ?? 0, until: until ?? 0 })).to.deep.equal([
            interval,
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
