import { expect } from 'chai';
import type { Counts, Manifest } from '../../../../source/domain/backup/manifest.ts';
import { NO_COUNTS } from '../../../../source/domain/backup/manifest.ts';
import { damageAmong } from '../../../../source/domain/history/damage.ts';
import { nativeRecoveryBefore, oldestPointWithin } from '../../../../source/domain/history/native-recovery.ts';
import type { Interval } from '../../../../source/domain/history/damage.ts';
import { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { manifestOf } from '../../../support/import/sealed-backup.ts';

const HOUR_MS = 3_600_000;
const BEGIN = Date.parse('2026-03-01T00:00:00Z');

interface Over {
  readonly deleted?: Partial<Counts>;
  readonly changed?: Partial<Counts>;
  readonly refused?: string;
  readonly uncounted?: Manifest['uncounted'];
}

function run(hour: number, over: Over = {}): Manifest {
  return {
    ...manifestOf(new MemoryPool('us-east-1_Source'), [], `run-${hour}`),
    counts: { users: 6_000, groups: 20, memberships: 9_000 },
    deleted: { ...NO_COUNTS, ...over.deleted },
    changed: { ...NO_COUNTS, ...over.changed },
    startedAt: new Date(BEGIN + hour * HOUR_MS).toISOString(),
    ...(over.refused === undefined ? {} : { refused: over.refused }),
    ...(over.uncounted === undefined ? {} : { uncounted: over.uncounted }),
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
    expect(said(damageAmong(runs, { percent: 5 }))).to.deep.equal([
      'run-24 to run-48: 2400 users changed',
      'run-72 to run-96: 1 groups deleted',
      'run-72 to run-96: 700 memberships deleted',
    ]);
  });

  it('16.2: does not count users of whom only attributes changed that the export does not count', () => {
    const uncounted = { attributes: ['custom:last_login'], users: 2_400 };
    expect(
      damageAmong(
        [run(0), run(24, { changed: { users: 2_500 }, uncounted }), run(48, { changed: { users: 2_800 }, uncounted })],
        { percent: 5 },
      ).map(({ later, findings }) => [later.runId, findings.map(({ items }) => items)]),
    ).to.deep.equal([['run-48', [400]]]);
  });

  it('names what runs showed that a guard refused, once, against the last sealed run', () => {
    const refused = { changed: { users: 4_200 }, refused: 'MassChangeRefused' };
    const runs = [run(0), run(24, refused), run(48, refused), run(72), run(96, refused)];
    expect(said(damageAmong(runs, { percent: 5 }))).to.deep.equal([
      'run-0 to run-24: 4200 users changed',
      'run-72 to run-96: 4200 users changed',
    ]);
  });

  it('names what a later refused run shows beyond an earlier one, and one that was sealed after all only once', () => {
    const first = { deleted: { users: 2_000 }, refused: 'MassDeleteRefused' };
    const both = { deleted: { users: 2_000 }, changed: { users: 3_600 } };
    const runs = [run(0), run(24, first), run(48, { ...both, refused: 'MassDeleteRefused' }), run(72, both), run(96)];
    const found = damageAmong(runs, { percent: 5 });
    expect(said(found)).to.deep.equal([
      'run-0 to run-24: 2000 users deleted',
      'run-0 to run-48: 2000 users deleted',
      'run-0 to run-48: 3600 users changed',
    ]);
    expect(found.map(({ sealedBy }) => sealedBy?.runId)).to.deep.equal(['run-72', 'run-72']);
    expect(damageAmong([run(0), run(24, first), run(48)], { percent: 5 })[0]).to.not.have.property('sealedBy');
    // It was there at that time, and did not come about later.
    expect(damageAmong(runs, { percent: 5, since: BEGIN + 60 * HOUR_MS })).to.deep.equal([]);
  });

  it('takes the share from who asks, but never less than eleven for a mass', () => {
    const runs = [run(0), run(1, { deleted: { users: 61 } }), run(2, { deleted: { users: 10 } })];
    expect(said(damageAmong(runs, { percent: 1 }))).to.deep.equal(['run-0 to run-1: 61 users deleted']);
    expect(said(damageAmong(runs, { percent: 2 }))).to.deep.equal([]);
    expect(said(damageAmong(runs, { percent: 0.01 }))).to.deep.equal(['run-0 to run-1: 61 users deleted']);
  });

  it('16.1: adds up what the exports of a day changed, each below the share, and leaves out the ordinary ones around', () => {
    const hourly = (hour: number): Manifest =>
      run(hour, { changed: { users: hour >= 30 && hour < 34 ? 240 : 3 }, deleted: { users: 1 } });
    const runs = Array.from({ length: 72 }, (_, hour) => hourly(hour));
    const [found, ...more] = damageAmong(runs, { percent: 5 });
    expect(more).to.deep.equal([]);
    expect(found).to.deep.include({
      earlier: runs[29],
      later: runs[33],
      exports: 4,
      findings: [{ kind: 'users', change: 'changed', items: 960, of: 6_000 }],
    });
  });

  it('16.1: adds nothing up over more than a day, and not to what is a mass by itself', () => {
    const changed = { changed: { users: 200 } };
    expect(damageAmong([run(0), run(24, changed), run(48, changed), run(72, changed)], { percent: 5 })).to.deep.equal(
      [],
    );
    const runs = [run(0), run(1, changed), run(2, { changed: { users: 2_400 } }), run(3, changed)];
    expect(said(damageAmong(runs, { percent: 5 }))).to.have.members([
      'run-1 to run-2: 2400 users changed',
      'run-0 to run-3: 400 users changed',
    ]);
  });

  it('16.1: finds what vanished in a run that is not kept, by the counts around it', () => {
    const later = { ...run(48), counts: { users: 3_000, groups: 20, memberships: 9_000 } };
    expect(said(damageAmong([run(0), later], { percent: 5 }))).to.deep.equal(['run-0 to run-48: 3000 users deleted']);
  });

  it('16.1: looks at the time that was asked for, and finds an interval alone by its own ends', () => {
    const mass = { changed: { users: 2_400 } };
    const runs = [run(0), run(24, mass), run(48, mass), run(72, mass)];
    const [, second] = damageAmong(runs, { percent: 5 });
    const since = Date.parse(second?.earlier.startedAt ?? '');
    const until = Date.parse(second?.later.startedAt ?? '');
    expect(damageAmong(runs, { percent: 5, since, until })).to.deep.equal([second]);
    expect(damageAmong(runs, { percent: 5, since })).to.have.length(2);
    expect(damageAmong(runs, { percent: 5, until })).to.have.length(2);
  });

  it('finds none where there is no run before', () => {
    expect(damageAmong([], { percent: 5 })).to.deep.equal([]);
    expect(damageAmong([run(0, { deleted: { users: 6_000 } })], { percent: 5 })).to.deep.equal([]);
  });
});

describe("Cognito's own recovery", () => {
  const interval: Interval = { earlier: run(0), later: run(24), exports: 1, findings: [] };
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

  it('16.1: cannot help where the pool is gone', () => {
    expect(nativeRecoveryBefore(interval, { gone: true }, at(1))).to.deep.equal({ reaches: false, why: 'gone' });
  });

  it('16.1: names the oldest point where it lies within the interval, as on Essentials between daily exports', () => {
    const night: Interval = { ...interval, later: { ...run(24), endedAt: new Date(at(24.5)).toISOString() } };
    expect(oldestPointWithin(night, 'ESSENTIALS', at(30))).to.equal('2026-03-01T06:15:00.000Z');
    expect(oldestPointWithin(night, 'PLUS', at(14 * 24 + 6))).to.equal('2026-03-01T06:15:00.000Z');
    // It reaches back before it, or not into it any more.
    expect(oldestPointWithin(night, 'ESSENTIALS', at(23.9))).to.equal(undefined);
    expect(oldestPointWithin(night, 'ESSENTIALS', at(48.3))).to.equal(undefined);
    for (const plan of ['LITE', 'PLUS', undefined, { gone: true } as const])
      expect(oldestPointWithin(night, plan, at(30))).to.equal(undefined);
  });

  it('does not reach on Lite, for an unknown plan, or within a quarter of an hour', () => {
    expect(nativeRecoveryBefore(interval, 'LITE', at(1))).to.deep.equal({ reaches: false, why: 'plan' });
    expect(nativeRecoveryBefore(interval, undefined, at(1))).to.deep.equal({ reaches: false, why: 'unknownPlan' });
    expect(nativeRecoveryBefore(interval, 'PLUS', at(0.2))).to.deep.equal({ reaches: false, why: 'tooRecent' });
  });
});
