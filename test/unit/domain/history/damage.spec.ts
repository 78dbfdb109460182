import { expect } from 'chai';
import type { Counts, Manifest } from '../../../../source/domain/backup/manifest.ts';
import { NO_COUNTS } from '../../../../source/domain/backup/manifest.ts';
import { damageAmong, nativeRecoveryBefore } from '../../../../source/domain/history/damage.ts';
import type { Interval } from '../../../../source/domain/history/damage.ts';
import { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { manifestOf } from '../../../support/import/sealed-backup.ts';

const HOUR_MS = 3_600_000;
const BEGIN = Date.parse('2026-03-01T00:00:00Z');

interface Over {
  readonly deleted?: Partial<Counts>;
  readonly changed?: Partial<Counts>;
  readonly refused?: string;
}

function run(hour: number, over: Over = {}): Manifest {
  return {
    ...manifestOf(new MemoryPool('us-east-1_Source'), [], `run-${hour}`),
    counts: { users: 6_000, groups: 20, memberships: 9_000 },
    deleted: { ...NO_COUNTS, ...over.deleted },
    changed: { ...NO_COUNTS, ...over.changed },
    startedAt: new Date(BEGIN + hour * HOUR_MS).toISOString(),
    ...(over.refused === undefined ? {} : { refused: over.refused }),
  };
}

const said = (intervals: readonly Interval[]): string[] =>
  intervals.flatMap(({ earlier, later, findings }) =>
    findings.map(({ kind, change, items }) => `${earlier.runId} to ${later.runId}: ${items} ${kind} ${change}`),
  );

describe('Damage among the sealed runs', () => {
  it('names the intervals in which a mass changed or vanished, and every deleted group; a few users are an ordinary night', () => {
    const runs = [
      run(0),
      run(24, { deleted: { users: 3 }, changed: { users: 40 } }),
      run(48, { changed: { users: 2_400 } }),
      run(72),
      run(96, { deleted: { groups: 1, memberships: 700 } }),
    ];
    expect(said(damageAmong(runs, 5))).to.deep.equal([
      'run-24 to run-48: 2400 users changed',
      'run-72 to run-96: 1 groups deleted',
      'run-72 to run-96: 700 memberships deleted',
    ]);
  });

  it('names what runs showed that a guard refused, once, against the last sealed run', () => {
    const refused = { changed: { users: 4_200 }, refused: 'MassChangeRefused' };
    const runs = [run(0), run(24, refused), run(48, refused), run(72), run(96, refused)];
    expect(said(damageAmong(runs, 5))).to.deep.equal([
      'run-0 to run-24: 4200 users changed',
      'run-72 to run-96: 4200 users changed',
    ]);
  });

  it('takes the share from who asks, but never less than eleven for a mass', () => {
    const runs = [run(0), run(1, { deleted: { users: 61 } }), run(2, { deleted: { users: 10 } })];
    expect(said(damageAmong(runs, 1))).to.deep.equal(['run-0 to run-1: 61 users deleted']);
    expect(said(damageAmong(runs, 2))).to.deep.equal([]);
    expect(said(damageAmong(runs, 0.01))).to.deep.equal(['run-0 to run-1: 61 users deleted']);
  });

  it('finds none where there is no run before', () => {
    expect(damageAmong([], 5)).to.deep.equal([]);
    expect(damageAmong([run(0, { deleted: { users: 6_000 } })], 5)).to.deep.equal([]);
  });
});

describe("Cognito's own recovery", () => {
  const interval: Interval = { earlier: run(0), later: run(24), findings: [] };
  const at = (hours: number): number => BEGIN + hours * HOUR_MS;

  it('reaches one day back on Essentials and fourteen on Plus, to the start of the last good run', () => {
    const restoreTimestamp = '2026-03-01T00:00:00.000Z';
    expect(nativeRecoveryBefore(interval, 'ESSENTIALS', at(23))).to.deep.equal({ reaches: true, restoreTimestamp });
    expect(nativeRecoveryBefore(interval, 'ESSENTIALS', at(25))).to.deep.equal({ reaches: false, why: 'tooLongAgo' });
    expect(nativeRecoveryBefore(interval, 'PLUS', at(14 * 24 - 1))).to.deep.equal({ reaches: true, restoreTimestamp });
    expect(nativeRecoveryBefore(interval, 'PLUS', at(14 * 24 + 1))).to.deep.equal({
      reaches: false,
      why: 'tooLongAgo',
    });
  });

  it('does not reach on Lite, for an unknown plan, or within a quarter of an hour', () => {
    expect(nativeRecoveryBefore(interval, 'LITE', at(1))).to.deep.equal({ reaches: false, why: 'plan' });
    expect(nativeRecoveryBefore(interval, undefined, at(1))).to.deep.equal({ reaches: false, why: 'unknownPlan' });
    expect(nativeRecoveryBefore(interval, 'PLUS', at(0.2))).to.deep.equal({ reaches: false, why: 'tooRecent' });
  });
});
