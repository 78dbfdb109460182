import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { allowedAge, FREQUENCY_HOURS, freshnessOf } from '../../../../source/domain/backup/freshness.ts';
import type { ExportFrequency } from '../../../../source/domain/backup/freshness.ts';

const HOUR = 3600 * 1000;
const LAUNCH = Date.parse('2026-03-01T00:00:00.000Z');
const at = (hours: number): string => new Date(LAUNCH + hours * HOUR).toISOString();
const sealed = (from: number, to: number) => ({ runId: 'r1', startedAt: at(from), endedAt: at(to) });

describe('Freshness of a backup', () => {
  it('allows half a period more than the schedule, or time for a run twice as long as the last one', () => {
    const cases: readonly (readonly [ExportFrequency, lastHours: number, allowedHours: number])[] = [
      ['EVERY_HOUR', 0, 2],
      ['EVERY_HOUR', 0.75, 3.5],
      ['EVERY_6_HOURS', 0, 9],
      ['EVERY_6_HOURS', 1, 9],
      ['EVERY_6_HOURS', 4, 15],
      ['EVERY_DAY', 5.5, 36],
      ['EVERY_DAY', 6, 37],
      ['EVERY_7_DAYS', 3, 252],
      ['EVERY_30_DAYS', 200, 1121],
    ];
    for (const [frequency, last, allowed] of cases)
      expect(allowedAge(frequency, last * HOUR), `${frequency} after ${last} h`).to.equal(allowed * HOUR);
  });

  it('counts the age from the start of the last sealed run, not from its end', () => {
    const { ageMs, allowedMs, ratio, staleFrom } = freshnessOf({
      frequency: 'EVERY_DAY',
      sealed: sealed(10, 16),
      launchedAt: LAUNCH,
      now: LAUNCH + 28.5 * HOUR,
    });
    expect({ ageMs, allowedMs, ratio }).to.deep.equal({ ageMs: 18.5 * HOUR, allowedMs: 37 * HOUR, ratio: 0.5 });
    expect(new Date(staleFrom).toISOString()).to.equal(at(47));
  });

  it('counts from the launch as long as no run was sealed, so that a launch is not stale before its first export is due', () => {
    const of = (hours: number) =>
      freshnessOf({ frequency: 'EVERY_DAY', sealed: undefined, launchedAt: LAUNCH, now: LAUNCH + hours * HOUR }).ratio;
    expect(of(0)).to.equal(0);
    expect(of(36)).to.equal(1);
    expect(of(36.1)).to.be.above(1);
  });

  it('a clock that is behind the run gives the age 0', () => {
    const { ageMs, ratio } = freshnessOf({
      frequency: 'EVERY_DAY',
      sealed: sealed(1, 1.01),
      launchedAt: LAUNCH,
      now: LAUNCH,
    });
    expect([ageMs, ratio]).to.deep.equal([0, 0]);
  });

  it('a run that ended before it began, by its manifest, took no time', () => {
    expect(
      freshnessOf({ frequency: 'EVERY_DAY', sealed: sealed(2, 1), launchedAt: LAUNCH, now: LAUNCH }).allowedMs,
    ).to.equal(36 * HOUR);
  });

  it('refuses a manifest without readable times instead of giving a number that is none', () => {
    for (const broken of [
      { ...sealed(1, 2), startedAt: 'yesterday' },
      { ...sealed(1, 2), endedAt: '' },
    ])
      expect(() => freshnessOf({ frequency: 'EVERY_DAY', sealed: broken, launchedAt: LAUNCH, now: LAUNCH }))
        .to.throw('The manifest of the export r1 does not tell')
        .with.property('name', 'BadState');
  });

  it('knows every value that the templates allow for ExportFrequency', () => {
    for (const file of ['cognito-user-profiles-export-reference-architecture.yaml', 'stack-set-template.yaml']) {
      const [, block = ''] =
        /^ {2}ExportFrequency:\n((?: {4}.*\n)+)/m.exec(readFileSync(`templates/${file}`, 'utf8')) ?? [];
      const allowed = block.match(/EVERY_\w+/g) ?? [];
      expect(allowed, file).to.include('EVERY_DAY');
      expect(Object.keys(FREQUENCY_HOURS), file).to.include.members(allowed);
    }
  });
});
