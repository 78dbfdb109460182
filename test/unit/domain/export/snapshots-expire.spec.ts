import { expect } from 'chai';
import { LATEST_KEY } from '../../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../../source/domain/backup/manifest.ts';
import { Halt } from '../../../../source/domain/errors.ts';
import type { MemoryFiles } from '../../../../tools/simulation/storage/memory-files.ts';
import type { SimulatedObjects } from '../../../../tools/simulation/storage/objects.ts';
import { BucketLifecycle } from '../../../support/backup/bucket-lifecycle.ts';
import { VerifyWorld } from '../../../support/workflows/verify-world.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const RETENTION_DAYS = 4;

/** Both Regions, their buckets' lifecycles, and what happens there day by day. */
class Years {
  readonly world = new VerifyWorld();
  readonly #lifecycles: readonly BucketLifecycle[];

  constructor() {
    const { world } = this;
    world.retentionDays = RETENTION_DAYS;
    world.home.retentionDays = RETENTION_DAYS;
    addUsers(world.home.source, 40);
    addGroups(world.home.source, [3]);
    const retention = (): number => world.home.retentionDays;
    this.#lifecycles = [world.home.objects, world.replicaObjects].map(
      (objects) => new BucketLifecycle(objects, retention),
    );
  }

  /** Days on each of which the schedule starts the export, and the backup Region looks. */
  async days(count: number): Promise<void> {
    const { world } = this;
    for (let day = 0; day < count; day += 1) {
      await world.home.export({ Trigger: 'Schedule' });
      world.replicate();
      await world.verify(world.backup, { Trigger: 'Schedule' });
      this.idle(1);
    }
  }

  /** Days on each of which exports start every so many hours; the buckets' lifecycle runs once a day. */
  async everyHours(hours: number, days: number, before?: (run: number) => void): Promise<void> {
    const { world } = this;
    for (let run = 0; run * hours < days * 24; run += 1) {
      if ((run * hours) % 24 === 0) for (const lifecycle of this.#lifecycles) lifecycle.run(world.home.clock.now());
      before?.(run);
      await world.home.export({ Trigger: 'Schedule' });
      world.replicate();
      await world.verify(world.backup, { Trigger: 'Schedule' });
      world.home.clock.advance(hours * HOUR_MS);
    }
  }

  /** Days on which nothing happens. */
  idle(count: number): void {
    for (let day = 0; day < count; day += 1) {
      for (const lifecycle of this.#lifecycles) lifecycle.run(this.world.home.clock.now());
      this.world.home.clock.advance(DAY_MS);
    }
  }

  get sealed(): string {
    return this.world.home.table.peek(LATEST_KEY)?.runId as string;
  }
}

/** Runs with a folder, the oldest first, and whether the folder has a manifest. */
function folders(objects: SimulatedObjects<MemoryFiles>): Record<string, boolean> {
  const runs: Record<string, boolean> = {};
  for (const key of [...objects.stored.keys()].sort()) {
    const [, runId, name] = /^snapshots\/([^/]+)\/(.+)$/.exec(key) ?? [];
    if (runId !== undefined) runs[runId] = (runs[runId] ?? false) || name === 'manifest.json';
  }
  return runs;
}

describe('Snapshots that grow old', () => {
  it('A: are kept for SnapshotRetentionDays in both Regions while exports complete', async () => {
    const years = new Years();
    await years.days(7);
    const { home, replicaObjects } = years.world;
    for (const objects of [home.objects, replicaObjects]) {
      const runs = folders(objects);
      expect(Object.keys(runs)).to.have.length.within(4, 5).and.include(years.sealed);
      expect(Object.values(runs)).to.not.include(false);
    }
  });

  it('A: the newest complete one stays however long exports are refused; what those bring expires like the others', async () => {
    const years = new Years();
    await years.days(2);
    const { home, replicaObjects } = years.world;
    const newest = years.sealed;
    const users = [...home.source.users.values()].map(({ user }) => user);
    for (const { username } of users.slice(0, 30)) home.source.remove(username);
    await years.days(7);
    expect(years.sealed).to.equal(newest);
    const kept = Object.keys(folders(home.objects));
    expect(kept[0]).to.equal(newest);
    expect(kept).to.have.length.within(5, 6);
    expect(Object.keys(folders(replicaObjects))).to.deep.equal([newest]);
    expect(await years.world.home.import({ ExportRun: newest })).to.include({ status: 'SUCCEEDED' });

    for (const user of users) home.source.put(user);
    await years.days(2);
    expect(years.sealed).to.not.equal(newest);
    for (const objects of [home.objects, replicaObjects])
      expect(Object.keys(folders(objects)))
        .to.include(years.sealed)
        .and.not.include(newest);
    years.idle(RETENTION_DAYS + 2);
    for (const objects of [home.objects, replicaObjects])
      expect(Object.keys(folders(objects))).to.deep.equal([years.sealed]);
  });

  it('A: what exports gave up, what earlier versions left, and folders without a manifest expire', async () => {
    const years = new Years();
    await years.days(1);
    const { home } = years.world;
    const earlier = years.sealed;
    home.objects.tags.clear(); // As a version that tagged nothing.
    const givenUp = earlier.replace(/-.*$/, '-ffffffff');
    for (const runId of ['20250101T000000Z-00000001', givenUp])
      home.objects.stored.set(`snapshots/${runId}/segment-0.ndjson.gz`, { body: Buffer.from('x'), etag: '1' });
    years.idle(RETENTION_DAYS + 1);
    expect(Object.keys(folders(home.objects))).to.have.length(3);
    await years.days(1);
    expect(Object.keys(folders(home.objects))).to.deep.equal([years.sealed]);
    expect(years.sealed).to.not.equal(earlier);
  });

  it('A: all of them go when SnapshotRetentionDays becomes 0, in both Regions', async () => {
    const years = new Years();
    await years.days(3);
    years.world.home.retentionDays = 0;
    years.world.retentionDays = 0;
    await years.days(1);
    years.idle(2);
    for (const objects of [years.world.home.objects, years.world.replicaObjects])
      expect([...objects.stored.keys()].filter((key) => key.startsWith('snapshots/'))).to.deep.equal([]);
  });

  it('A: an export that may not tag completes all the same, and says so', async () => {
    const years = new Years();
    await years.days(1);
    const { home } = years.world;
    home.calls.fail({ call: 'objects.tag', times: 1_000, error: () => new Halt('AccessDenied', 'no') });
    const ended = await home.export();
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(home.messages.at(-1)?.subject).to.include('BUT old snapshots were not marked to expire');
    expect(home.messages.at(-1)?.body.replaceAll(/\s+/g, ' '))
      .to.include('Superseded snapshots could not be marked to expire (AccessDenied)')
      .and.include('s3:PutObjectTagging');
  });

  it('15.3: keep all runs of two days, then one a day, in both Regions, and the manifests of the others', async function () {
    this.timeout(120_000);
    const years = new Years();
    const { world } = years;
    world.retentionDays = world.home.retentionDays = 35;
    const sealed: string[] = [];
    await years.everyHours(6, 7, (run) => {
      if (run > 0) sealed.push(years.sealed);
      addUsers(world.home.source, 1, { prefix: `late${run}-` });
    });
    sealed.push(years.sealed);
    const now = world.home.clock.now();
    for (const objects of [world.home.objects, world.replicaObjects]) {
      const runs = folders(objects);
      expect(Object.values(runs)).to.not.include(false);
      const kept = Object.keys(runs);
      const byDay = new Map<string, string[]>();
      for (const runId of sealed) byDay.set(runId.slice(0, 8), [...(byDay.get(runId.slice(0, 8)) ?? []), runId]);
      const days = [...byDay.values()];
      // Marked two days after, by the next export; gone with the lifecycle's next day.
      for (const ofDay of days.slice(0, 3))
        expect(kept.filter((runId) => ofDay.includes(runId))).to.deep.equal([ofDay.at(-1)]);
      for (const runId of days.slice(-2).flat()) expect(kept).to.include(runId);
      const gone = sealed.filter((runId) => !kept.includes(runId));
      expect(gone).to.have.length.at.least(9);
      for (const runId of gone) {
        const manifest = objects.json<Manifest>(`manifests/${runId}.json`);
        expect(manifest).to.include({ runId });
        if (runId !== sealed[0]) expect(manifest.added).to.deep.equal({ users: 1, groups: 0, memberships: 0 });
        expect(manifest).to.not.have.property('snapshot');
        expect(Date.parse(manifest.startedAt)).to.be.lessThan(now - 2 * DAY_MS);
      }
    }
    expect(await world.home.import({ ExportRun: sealed[3] })).to.include({ status: 'SUCCEEDED' });
  });

  it('15.3: of refused runs, too, one a day stays, and the newest complete one however many follow', async function () {
    this.timeout(120_000);
    const years = new Years();
    const { world } = years;
    world.retentionDays = world.home.retentionDays = 35;
    await years.everyHours(6, 1);
    const newest = years.sealed;
    for (const { user } of [...world.home.source.users.values()].slice(0, 30)) world.home.source.remove(user.username);
    await years.everyHours(6, 6);
    expect(years.sealed).to.equal(newest);
    const kept = Object.keys(folders(world.home.objects));
    expect(kept).to.include(newest);
    for (const day of ['20260302', '20260303']) expect(kept.filter((runId) => runId.startsWith(day))).to.have.length(1);
    expect(await world.home.import({ ExportRun: newest })).to.include({ status: 'SUCCEEDED' });
  });
});
