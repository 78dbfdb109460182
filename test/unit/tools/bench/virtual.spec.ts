import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { exportCell, groupsOf, importCell, withAdministrators } from '../../../../tools/bench/cells.ts';
import { compute } from '../../../../tools/bench/computed/compute.ts';
import { stateResult } from '../../../../tools/bench/computed/state-result.ts';
import { firstDigit, indexOfSub, Memberships, subNumber } from '../../../../tools/bench/population.ts';
import { drawChart } from '../../../../tools/bench/report/chart.ts';
import { benchCharts } from '../../../../tools/bench/report/charts.ts';
import { benchMarkdown } from '../../../../tools/bench/report/markdown.ts';
import { brokenBars } from '../../../../tools/bench/report/terminal.ts';
import type { BenchResults, CellResult } from '../../../../tools/bench/results.ts';
import { LATENCIES } from '../../../../tools/bench/virtual/meter.ts';
import { VirtualCloud } from '../../../../tools/bench/virtual/virtual-cloud.ts';

describe('Bench: workflows on virtual time', () => {
  const shape = withAdministrators(groupsOf(20, 15));
  let cells: CellResult[];
  let cloud: VirtualCloud;

  before(async () => {
    cloud = new VirtualCloud({
      shape,
      callsPerSecond: 25,
      jobUsersPerSecond: 300,
      folder: mkdtempSync(join(tmpdir(), 'bench-test-')),
    });
    cells = [];
    for (const cell of [
      exportCell({ shape, callsPerSecond: 25 }),
      exportCell({ shape, callsPerSecond: 25, after: 'export' }),
      exportCell({ shape, callsPerSecond: 25, after: 'export', churn: 0.02 }),
      importCell({ shape, callsPerSecond: 25, jobUsersPerSecond: 300 }),
    ])
      cells.push(await compute(cloud, cell));
  });
  after(() => {
    cloud.remove();
  });

  it('runs the real state machines to their end, within every bar', () => {
    expect(cells.flatMap(({ checks }) => checks).filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(cells.map(({ calls }) => calls.maxInASecond).every((most) => most <= 25)).to.equal(true);
  });

  it('17.5: 300 app clients take no longer than their calls at 4.5 per second, and the next export of the day asks for none', async () => {
    const clients = 300;
    const many = new VirtualCloud({
      shape,
      callsPerSecond: 10,
      clients,
      folder: mkdtempSync(join(tmpdir(), 'bench-test-')),
    });
    const results = [
      await compute(many, exportCell({ shape, callsPerSecond: 10, clients })),
      await compute(many, exportCell({ shape, callsPerSecond: 10, after: 'export', clients })),
    ];
    many.remove();
    expect(results.flatMap(({ checks }) => checks).filter(({ ok }) => !ok)).to.deep.equal([]);
    const [first = 0, second = 0] = results.map(({ calls }) => calls.total);
    expect(first - second).to.be.within(4 * clients - 20, 4 * clients + 20);
    expect(results.map(({ calls }) => calls.throttled)).to.deep.equal([0, 0]);
  });

  it('writes every item once, nothing for an unchanged pool, and changes only', () => {
    const [whole = 0, unchanged = 0, churned = 0] = cells.map(({ usage }) => usage.itemsWritten);
    expect(whole)
      .to.be.at.least(300 + 21 + 305)
      .and.at.most(300 + 21 + 305 + 10);
    expect(unchanged).to.be.at.most(20);
    expect(churned)
      .to.be.at.least(unchanged + 6)
      .and.at.most(unchanged + 20);
  });

  it('verifies the export in the backup Region once, and then finds nothing new', async () => {
    const whole = await cloud.verify();
    expect(whole.output).to.deep.include({ done: true, skipped: false });
    expect(cloud.importObjects.sizeOf('snapshots/')).to.be.above(1_000);
    const reads = cloud.meter.count('units.read');
    const idle = await cloud.verify();
    expect(idle.output).to.deep.include({ done: true, skipped: true });
    expect(cloud.meter.count('units.read')).to.be.below(reads);
  });

  it('restores everybody, administrators first', () => {
    const { milestones, seconds } = cells[3] as CellResult;
    expect(milestones?.administratorsBack).to.be.below(seconds / 2);
    expect(milestones?.updatesDuringJobs, 'updates while jobs run').to.be.within(0, 1);
    expect(milestones?.jobsDone).to.be.below(seconds);
    // The memory of this process is that of all tests before it; the bench looks at it in a process of its own.
    expect(
      stateResult(cloud, shape, cells[3] as CellResult).checks.filter(
        ({ ok, name }) => !ok && !name.startsWith('memory of'),
      ),
    ).to.deep.equal([]);
  });

  it('is drawn and told from the results alone, without a gap', () => {
    const larger = cells.map((cell) => ({
      ...cell,
      shape: { ...cell.shape, users: 3_000, groups: 1 },
      callsPerSecond: 10,
    }));
    const results: BenchResults = {
      profile: 'quick',
      startedAt: '2026-03-01T00:00:00.000Z',
      tookSeconds: { measured: 60, computed: 30 },
      machine: { node: 'v20.0.0', cpus: 2, memoryMb: 1 },
      latencies: { ...LATENCIES },
      cells: [
        ...larger,
        ...larger.map((cell) => ({ ...cell, shape: { ...cell.shape, users: 9_000 } })),
        { ...(cells[0] as CellResult), how: 'measured' },
      ],
      agreement: [],
      growth: [],
      failed: [],
      state: [stateResult(cloud, shape, cells[3] as CellResult)],
    };
    const charts = benchCharts(results);
    expect([...charts.keys()]).to.include.members([
      'bench-essence.svg',
      'bench-export-one-group.svg',
      'bench-import-one-group.svg',
      'bench-calls.svg',
      'bench-cost.svg',
    ]);
    for (const text of [...[...charts.values()].map(drawChart), benchMarkdown(results, [...charts.keys()])])
      expect(text).not.to.match(/NaN|undefined|Infinity/);
    expect(brokenBars(results).filter((bar) => !bar.includes('memory of'))).to.deep.equal([]);
    expect(
      brokenBars({ ...results, failed: ['Computing x failed'] }).filter((bar) => !bar.includes('memory of')),
    ).to.deep.equal(['Computing x failed']);
    expect(
      brokenBars({
        ...results,
        agreement: [
          { id: 'x', title: 'x', measuredSeconds: 10, computedSeconds: 12, differencePercent: 20, ok: false },
        ],
      }).filter((bar) => !bar.includes('memory of')),
    ).to.have.lengthOf(1);
  });
});

describe('Bench: population', () => {
  it('finds a user by its sub again, and nobody by the sub of another pool', () => {
    for (const index of [0, 1, 77, 999_999]) expect(indexOfSub(subNumber(index))).to.equal(index);
    expect(indexOfSub(subNumber(7, 1))).to.equal(undefined);
    expect(subNumber(7))
      .to.match(/^[0-9a-f]{8}-/)
      .and.to.satisfy((sub: string) => Number.parseInt(sub[0] as string, 16) === firstDigit(7));
  });

  it('numbers every membership once, seen from users and from groups', () => {
    const memberships = new Memberships({ users: 30, groups: 4, perUser: 3, administrators: 5 });
    const fromUsers = Array.from({ length: 30 }, (_, user) =>
      memberships.groupsOf(user).map((group) => `${user} ${group}`),
    )
      .flat()
      .sort();
    const fromGroups = Array.from({ length: 5 }, (_, group) => {
      const found: string[] = [];
      for (
        let place = 0, user = memberships.memberAt(group, 0);
        user !== undefined;
        place += 1, user = memberships.memberAt(group, place)
      )
        found.push(`${user} ${group}`);
      return found;
    })
      .flat()
      .sort();
    expect(fromUsers).to.deep.equal(fromGroups).and.to.have.lengthOf(memberships.count());
    const ordinals = new Set(
      fromUsers.map((pair) => memberships.ordinal(Number(pair.split(' ')[0]), Number(pair.split(' ')[1]))),
    );
    expect(ordinals.size).to.equal(fromUsers.length);
    expect(memberships.groups.map(({ name }) => memberships.indexOf(name))).to.deep.equal([0, 1, 2, 3, 4]);
  });
});
