import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { callFigures, meanPerSecond } from '../../../../tools/bench/call-figures.ts';
import { mostPerSecond } from '../../../../tools/simulation/most-per-second.ts';
import {
  exportCell,
  groupsOf,
  importCell,
  noGroups,
  oneGroup,
  withAdministrators,
} from '../../../../tools/bench/cells.ts';
import { FREQUENCY_HOURS } from '../../../../source/domain/backup/freshness.ts';
import type { ExportFrequency } from '../../../../source/domain/backup/freshness.ts';
import { costsOf, monthlyCost } from '../../../../tools/bench/cost.ts';
import type { CostedExport } from '../../../../tools/bench/cost.ts';
import { readPrices } from '../../../../tools/bench/prices.ts';
import { billOf, WATCH_LIMIT_DOLLARS } from '../../../../tools/bench/watch-cost.ts';
import { exportCalls, exportLimit, importLimit } from '../../../../tools/bench/limits.ts';
import { growthOf } from '../../../../tools/bench/computed/growth.ts';
import { overlapOf } from '../../../../tools/bench/overlap.ts';
import { checksOf } from '../../../../tools/bench/phases.ts';
import { inOrder } from '../../../../tools/bench/report/in-order.ts';
import type { BenchResults, CellResult, StateResult, Usage } from '../../../../tools/bench/results.ts';
import { scheduleOf } from '../../../../tools/bench/schedule.ts';

const usage: Usage = {
  dynamodbCalls: 0,
  itemsWritten: 0,
  writeUnits: 0,
  readUnits: 0,
  s3Writes: 0,
  s3Reads: 0,
  sqsRequests: 0,
  transitions: 0,
  historyEvents: 0,
  largestPayloadBytes: 0,
  invocations: 0,
  coldStarts: 0,
  gbSeconds: 0,
  peakMemoryMb: {},
};

describe('Bench: figures', () => {
  it('finds the most calls in any sliding second, also across the border of two', () => {
    expect(mostPerSecond([0, 900, 950, 1_000, 1_100, 1_900])).to.equal(4);
    expect(mostPerSecond([0, 1_000, 2_000])).to.equal(1);
    expect(mostPerSecond([])).to.equal(0);
  });

  it('takes the mean over intervals, and counts seconds by their calls', () => {
    expect(meanPerSecond([0, 500, 1_000])).to.equal(2);
    expect(callFigures([0, 100, 2_500], 1, undefined))
      .to.include({ total: 3, throttled: 1, maxInASecond: 2 })
      .and.to.deep.include({ histogram: [1, 1, 1], perSecond: [2, 0, 1] });
  });

  it('computes the limits of the design', () => {
    expect(exportLimit(noGroups(100_000), 10, 100)).to.be.closeTo(166.7 + 0.1, 0.1);
    expect(exportLimit(oneGroup(500_000), 10, 100)).to.be.closeTo(27.8 * 60, 2);
    expect(exportLimit(oneGroup(500_000), 25, 100), 'pages of one group come one after the other').to.be.closeTo(
      333.4 + 833.4,
      0.5,
    );
    expect(exportCalls(withAdministrators(groupsOf(2_000, 5)))).to.deep.equal({
      users: 167,
      groups: 34 + 2_000 + 1,
      pagesOfLargest: 1,
    });
    expect(importLimit(oneGroup(100_000), 10, 300)).to.be.closeTo(
      1000 / 300 + (1 + 100_000 + 2_000 + 200) / 10 + (1 + 200_000 / 60) / 10,
      0.5,
    );
    expect(importLimit(groupsOf(10_000, 1), 25, 1000), 'CreateGroup').to.be.closeTo(
      1 + 10_000 / 4.5 + (10_000 + 20_000 / 60) / 25,
      0.5,
    );
  });

  it('stand in the order in which a reader looks for them, whichever ended first', () => {
    const cell = (
      how: CellResult['how'],
      of: ReturnType<typeof exportCell>,
      more: Partial<CellResult> = {},
    ): CellResult => ({ ...of, how, ...more }) as CellResult;
    const [large, small] = [
      exportCell({ shape: oneGroup(500), callsPerSecond: 10 }),
      exportCell({ shape: noGroups(100), callsPerSecond: 25 }),
    ];
    const restored = importCell({ shape: oneGroup(500), callsPerSecond: 10, jobUsersPerSecond: 30 });
    const changed = exportCell({ shape: oneGroup(500), callsPerSecond: 10, after: 'export', churn: 0.02 });
    const ended = [
      cell('computed', restored),
      cell('computed', changed),
      cell('computed', small),
      cell('computed', small, { twin: true }),
      cell('computed', large),
      cell('measured', large),
      cell('computed', large, { twin: true }),
      cell('measured', small),
    ];
    expect(inOrder(ended).map(({ how, twin, id }) => `${twin === true ? 'twin' : how} ${id}`)).to.deep.equal([
      `measured ${large.id}`,
      `measured ${small.id}`,
      `twin ${large.id}`,
      `twin ${small.id}`,
      `computed ${small.id}`,
      `computed ${large.id}`,
      `computed ${changed.id}`,
      `computed ${restored.id}`,
    ]);
  });

  it('says which bars are broken', () => {
    const broken = (cell: Parameters<typeof checksOf>[0], found: Partial<Parameters<typeof checksOf>[1]>): string[] =>
      checksOf(cell, {
        seconds: 10,
        limitSeconds: 10,
        maxInASecond: 10,
        mean: undefined,
        throttled: 0,
        calls: 100,
        callSeconds: 10,
        usage,
        ...found,
      })
        .filter(({ ok }) => !ok)
        .map(({ name }) => name);
    const shape = oneGroup(10_000);
    expect(broken(exportCell({ shape, callsPerSecond: 10 }), {})).to.deep.equal([]);
    expect(
      broken(exportCell({ shape, callsPerSecond: 10 }), { seconds: 72, maxInASecond: 11, mean: 8.6 }),
    ).to.deep.equal(['seconds', 'calls in any second', 'mean calls per second']);
    expect(
      broken(exportCell({ shape, callsPerSecond: 10, after: 'export' }), { usage: { ...usage, itemsWritten: 21 } }),
    ).to.deep.equal(['items written']);
    expect(
      broken(exportCell({ shape, callsPerSecond: 10, grantedShare: 0.4 }), { throttled: 6, callSeconds: 31 }),
    ).to.deep.equal(['seconds of calls', 'throttled share of calls']);
    expect(
      broken(importCell({ shape, callsPerSecond: 10, jobUsersPerSecond: 30 }), {
        usage: { ...usage, historyEvents: 2_001, peakMemoryMb: { ScanTable: 513 } },
      }),
    ).to.deep.equal(['history events', 'memory of ScanTable, MB']);
  });

  it('tells how updates and import jobs overlapped', () => {
    expect(overlapOf([2_000, 3_000, 5_000, 9_000], 5_000, 1_000)).to.deep.equal({
      jobsDone: 4,
      updatesFrom: 1,
      updatesDuringJobs: 0.5,
    });
    expect(overlapOf([], 5_000, 1_000)).to.deep.equal({ jobsDone: 4 });
  });

  it('sees a function that takes more than in proportion', () => {
    const at = (users: number, cpuSeconds: number, peakMemoryMb: number): StateResult => ({
      workflow: 'export',
      users,
      memberships: 0,
      largestObjectMb: 0,
      largestPayloadKb: 0,
      checks: [],
      functions: {
        SyncUsers: {
          invocations: 1,
          coldStarts: 1,
          seconds: 1,
          longestSeconds: 1,
          cpuSeconds,
          longestCpuSeconds: cpuSeconds,
          peakMemoryMb,
        },
      },
    });
    const ok = (...state: readonly StateResult[]): boolean[] => growthOf(state).map((growth) => growth.ok);
    expect(ok(at(1_000_000, 40, 400), at(250_000, 10, 150)), 'in proportion').to.deep.equal([true]);
    expect(ok(at(250_000, 10, 150), at(1_000_000, 160, 200)), 'quadratic time').to.deep.equal([false]);
    expect(ok(at(250_000, 10, 100), at(1_000_000, 40, 450)), 'memory beyond the users').to.deep.equal([false]);
    expect(ok(at(250_000, 0.01, 100), at(1_000_000, 1, 110)), 'noise').to.deep.equal([true]);
    expect(ok(at(250_000, 1, 1))).to.deep.equal([]);
  });

  const daily = { frequency: 'EVERY_DAY', churnPercent: 2 } as const;
  const costed = (more: Partial<Usage>, unchangedWriteUnits = 0): CostedExport => ({
    changed: { shape: oneGroup(500_000), seconds: 1_800, usage: { ...usage, ...more } },
    unchangedWriteUnits,
  });

  it('adds a month up line by line', () => {
    const prices = readPrices();
    const cells = costed({ writeUnits: 1e6, transitions: 1_000 });
    const { lines, dollarsPerMonth } = monthlyCost(cells, daily, prices);
    const dollars = Object.fromEntries(lines.map((line) => [line.service, line.dollars]));
    expect(dollars['Export: DynamoDB writes']).to.be.closeTo(60 * 0.625, 1e-9);
    expect(dollars['Export: Step Functions']).to.be.closeTo(30 * 0.025, 1e-9);
    expect(dollarsPerMonth).to.be.closeTo(
      Object.values(dollars).reduce((sum, value) => sum + value, 0),
      1e-9,
    );
    const verification = {
      whole: { ...usage, readUnits: 1e6, s3Writes: 40 },
      idle: { ...usage, transitions: 10 },
      snapshotBytes: 1e8,
    };
    const more = monthlyCost({ ...cells, changed: { ...cells.changed, verification } }, daily, prices);
    expect(more.dollarsPerMonth - dollarsPerMonth).to.be.closeTo(
      30 * 0.125 +
        690 * 10 * 0.000025 +
        // 35 days, and two until S3 has removed them.
        0.1 * 37 * 2 * 0.023 +
        // Written, and tagged when the next one is there.
        2 * 40 * 30 * 0.000005,
      1e-9,
    );
    const { watch, backup } = billOf(more.lines);
    expect(watch, 'alarms, metrics, dashboards').to.be.within(0.5, WATCH_LIMIT_DOLLARS);
    expect(watch + backup).to.be.closeTo(more.dollarsPerMonth, 1e-9);
    expect(prices.date).to.match(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('15.3: costs by frequency: what an export compares counts in each, what changed once', () => {
    const prices = readPrices();
    const cells = costed({ readUnits: 1_000, writeUnits: 15_000 }, 3_000);
    const at = (frequency: ExportFrequency): Readonly<Record<string, number>> =>
      Object.fromEntries(
        monthlyCost(cells, { ...daily, frequency }, prices).lines.map(({ service, dollars }) => [service, dollars]),
      );
    for (const [frequency, exports] of [
      ['EVERY_HOUR', 720],
      ['EVERY_6_HOURS', 120],
      ['EVERY_DAY', 30],
      ['EVERY_30_DAYS', 1],
    ] as const) {
      const dollars = at(frequency);
      expect(dollars['Export: DynamoDB reads'], frequency).to.be.closeTo(exports * 0.000125, 1e-9);
      expect(dollars['Export: DynamoDB writes'], frequency).to.be.closeTo(
        (exports * 3_000 + 30 * 12_000) * 2 * 0.000000625,
        1e-9,
      );
    }
    expect(at('EVERY_DAY')).not.to.have.property('Alarms and metrics: metrics');
    expect(at('EVERY_HOUR')['Alarms and metrics: metrics'], '22 metrics, of which 10 are free').to.be.closeTo(
      3.6,
      1e-9,
    );
  });

  it('15.3: a month of exports: no more than fit one after the other, and what thinning leaves of their snapshots', () => {
    expect(scheduleOf('EVERY_DAY', 60)).to.deep.equal({ exports: 30, thinned: 0, snapshots: 37 });
    expect(scheduleOf('EVERY_HOUR', 60)).to.deep.equal({
      exports: 720,
      thinned: 690,
      snapshots: 4 * 24 + 33,
    });
    expect(scheduleOf('EVERY_6_HOURS', 60)).to.include({ exports: 120, thinned: 90, snapshots: 4 * 4 + 33 });
    expect(scheduleOf('EVERY_HOUR', 3_601)).to.include({ exports: 360 });
    expect(scheduleOf('EVERY_30_DAYS', 60)).to.include({ exports: 1, snapshots: 2 });
  });

  it('15.3: costs stand in the documents for every pool at every frequency', () => {
    const { cells } = JSON.parse(
      readFileSync(new URL('../../../../tools/bench/results.json', import.meta.url), 'utf8'),
    ) as BenchResults;
    const costs = costsOf(cells);
    expect(costs.map(({ users, frequency }) => `${users} ${frequency}`)).to.deep.equal(
      [10_000, 100_000, 500_000, 1_000_000].flatMap((users) =>
        Object.keys(FREQUENCY_HOURS).map((frequency) => `${users} ${frequency}`),
      ),
    );
    for (const [index, { users, dollarsPerMonth }] of costs.entries()) {
      const rarer = costs[index + 1];
      if (rarer?.users === users) expect(dollarsPerMonth).to.be.above(rarer.dollarsPerMonth);
    }
  });
});
