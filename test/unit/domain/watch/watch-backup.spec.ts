import { expect } from 'chai';
import { latestItem, manifestItem } from '../../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../../source/domain/backup/manifest.ts';
import { snapshotManifestKey } from '../../../../source/domain/backup/snapshot/names.ts';
import { LAST_KEY } from '../../../../source/domain/verify/backup/last.ts';
import type { Measured } from '../../../../source/domain/watch/metrics.ts';
import { WATCH_KEY } from '../../../../source/domain/watch/state.ts';
import type { WatchState } from '../../../../source/domain/watch/state.ts';
import { watchBackup } from '../../../../source/domain/watch/watch-backup.ts';
import type { WatchSettings } from '../../../../source/domain/watch/watch-backup.ts';
import { manifestOf } from '../../../support/import/sealed-backup.ts';
import { rejection } from '../../../support/rejection.ts';
import { World } from '../../../support/world/world.ts';

const HOUR = 3600 * 1000;
const SETTINGS: WatchSettings = { tableName: 'backup', frequency: 'EVERY_DAY', retentionDays: 35, verifies: true };

/** A Region that is looked at from its launch on. */
class WatchedRegion extends World {
  readonly launchedAt = this.clock.now();

  /** Lets the time go on until so many hours after the launch, and looks. */
  async look(hours: number, settings: Partial<WatchSettings> = {}): Promise<Measured> {
    this.clock.advance(this.launchedAt + hours * HOUR - this.clock.now());
    let measured: Measured = {};
    await watchBackup({ ...this, measure: (found) => (measured = found) }, { ...SETTINGS, ...settings });
    return measured;
  }

  /** Seals a run that began so many hours after the launch and took one. */
  seal(runId: string, hours: number, over: Partial<Manifest> = {}): Manifest {
    const at = (offset: number): string => new Date(this.launchedAt + (hours + offset) * HOUR).toISOString();
    const pool = this.pools.get('p') ?? this.pool('p');
    const counts = (users: number) => ({ users, groups: 1, memberships: 2 });
    const manifest: Manifest = {
      ...manifestOf(pool, [], runId),
      startedAt: at(0),
      endedAt: at(1),
      counts: counts(10),
      added: counts(3),
      changed: counts(4),
      deleted: counts(5),
      ...over,
    };
    for (const item of [manifestItem(manifest), latestItem(manifest)]) this.table.seed(item);
    return manifest;
  }

  async snapshot(manifest: Manifest): Promise<void> {
    await this.objects.put(
      snapshotManifestKey(manifest.runId),
      JSON.stringify({ ...manifest, snapshot: { objects: [] } }),
    );
  }

  async verify(wholeRunId: string): Promise<void> {
    await this.objects.put(LAST_KEY, JSON.stringify({ runId: wholeRunId, wholeRunId, nextObject: 0 }));
  }
}

describe('WatchBackup', () => {
  let region: WatchedRegion;
  beforeEach(() => {
    region = new WatchedRegion();
  });

  it('counts from the first look until a run is sealed, then from the start of the last one', async () => {
    expect(await region.look(0)).to.deep.equal({ BackupAge: 0, BackupAgeRatio: 0, UnverifiedAge: 0 });
    expect(await region.look(36)).to.include({ BackupAge: (36 * HOUR) / 1000, BackupAgeRatio: 1 });
    region.seal('r1', 36);
    expect(await region.look(45)).to.include({ BackupAge: (9 * HOUR) / 1000, BackupAgeRatio: 0.25 });
    expect((await region.look(73)).BackupAgeRatio).to.be.above(1);
  });

  it('emits what a run holds and changed once, whatever the number of looks', async () => {
    await region.look(0);
    region.seal('r1', 1);
    expect(await region.look(3)).to.include({
      Users: 10,
      Groups: 1,
      Memberships: 2,
      Added: 6,
      Changed: 7,
      Deleted: 8,
      ExportDuration: 3600,
    });
    expect(await region.look(4)).not.to.have.any.keys('Users', 'Added', 'ExportDuration');
    region.seal('r2', 5, { deleted: { users: 0, groups: 0, memberships: 0 } });
    expect(await region.look(7)).to.include({ Users: 10, Deleted: 0 });
  });

  it('a replica that shows the pointer but not yet the manifest: the run before counts', async () => {
    region.seal('r1', 0);
    await region.look(2);
    region.table.seed(latestItem({ ...manifestOf(region.pool('p'), [], 'r2') }));
    expect(await region.look(12)).to.include({ BackupAge: (12 * HOUR) / 1000 });
  });

  it('counts how long sealed runs have waited to be verified, from the first of them, and stops when one is', async () => {
    await region.look(0);
    region.seal('r1', 0);
    expect(await region.look(2)).to.include({ UnverifiedAge: 3600 });
    region.seal('r2', 24);
    expect(await region.look(26)).to.include({ UnverifiedAge: 25 * 3600 });
    await region.verify('r2');
    expect(await region.look(27)).to.include({ UnverifiedAge: 0 });
    region.seal('r3', 48);
    expect(await region.look(50), 'counts anew').to.include({ UnverifiedAge: 3600 });
  });

  it('runs that come faster than they are verified count from the one that followed the last verified one', async () => {
    await region.look(0, { frequency: 'EVERY_HOUR' });
    for (let hour = 1; hour < 60; hour += 1) {
      region.seal(`r${hour}`, hour);
      const { UnverifiedAge = NaN } = await region.look(hour + 1.5, { frequency: 'EVERY_HOUR' });
      expect(UnverifiedAge, `hour ${hour}`).to.be.below(3 * 3600);
      await region.verify(`r${hour}`);
    }
  });

  it('tells nothing about verification in a Region that verifies nothing by itself', async () => {
    region.seal('r1', 0);
    expect(await region.look(2, { verifies: false })).not.to.have.property('UnverifiedAge');
  });

  it('tells how old the newest snapshot is against its retention, or the time within which the next is due', async () => {
    const first = region.seal('r1', 0);
    expect(await region.look(2)).not.to.have.property('SnapshotAgeRatio');
    await region.snapshot(first);
    expect(await region.look(35 * 12)).to.include({ SnapshotAgeRatio: 0.5 });
    region.seal('r2', 30 * 24);
    expect((await region.look(36 * 24)).SnapshotAgeRatio, 'the last run has none').to.be.above(1);
    expect((await region.look(36 * 24, { frequency: 'EVERY_30_DAYS' })).SnapshotAgeRatio).to.be.below(1);
    expect(await region.look(36 * 24, { retentionDays: 0 })).not.to.have.property('SnapshotAgeRatio');
  });

  it('refused runs and damaged snapshots are none', async () => {
    const manifest = region.seal('r1', 0);
    await region.objects.put(snapshotManifestKey('r1'), '{}');
    await region.snapshot({ ...manifest, runId: 'r0', refused: 'MassDeleteRefused' });
    expect(await region.look(2)).not.to.have.property('SnapshotAgeRatio');
  });

  it('begins anew where its object is damaged, and keeps the launch otherwise', async () => {
    await region.look(0);
    await region.look(5);
    expect(await region.look(6)).to.include({ BackupAge: 6 * 3600 });
    await region.objects.put(WATCH_KEY, '{"launchedAt":"never"}');
    expect(await region.look(7)).to.include({ BackupAge: 0 });
  });

  it('fails and emits nothing when the table cannot be read, so that the alarm gets no data', async () => {
    const found: Measured[] = [];
    const table = { getItem: () => Promise.reject(new Error('down')) };
    const deps = { ...region, table, measure: (measured: Measured) => void found.push(measured) };
    expect(await rejection(watchBackup(deps, SETTINGS))).to.include({ message: 'down' });
    expect([found, region.objects.stored.has(WATCH_KEY)]).to.deep.equal([[], false]);
  });

  it('keeps no personal data: run ids and times only', async () => {
    region.seal('r1', 0);
    await region.look(2);
    const state = JSON.parse(Buffer.from(region.objects.stored.get(WATCH_KEY)?.body ?? []).toString()) as object;
    expect(state).to.have.all.keys('launchedAt', 'at', 'staleFrom', 'backup', 'measuredRun', 'unverified');
  });

  it('15.2: remembers what EventBridge and Step Functions say about exports, where there are any', async () => {
    await region.look(0);
    expect(region.objects.json<WatchState>(WATCH_KEY).exports).to.equal(undefined);
    const exports = { rule: 'r', state: 'disabled', unanswered: [] } as const;
    Object.assign(region, { lookAtExports: () => Promise.resolve(exports) });
    await region.look(1);
    expect(region.objects.json<WatchState>(WATCH_KEY).exports).to.deep.equal(exports);
  });
});
