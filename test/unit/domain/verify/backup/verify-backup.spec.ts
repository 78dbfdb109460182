import { expect } from 'chai';
import { verifiedRuns } from '../../../../../source/domain/verify/backup/last.ts';
import type { LastVerification, VerifiedRun } from '../../../../../source/domain/verify/backup/last.ts';
import { manifestKey } from '../../../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../../../source/domain/backup/manifest.ts';
import { snapshotFolder, snapshotManifestKey } from '../../../../../source/domain/backup/snapshot/names.ts';
import type { TableItem } from '../../../../../source/domain/ports.ts';
import type { MemoryFiles } from '../../../../../tools/simulation/storage/memory-files.ts';
import type { SimulatedObjects } from '../../../../../tools/simulation/storage/objects.ts';
import type { VerifyWorld } from '../../../../support/workflows/verify-world.ts';
import { backedUpItems, backedUpWorld } from '../../../../support/workflows/verified-backup.ts';

const DAY_MS = 24 * 3600 * 1000;

describe('VerifyWorkflow: the backup', () => {
  let world: VerifyWorld;
  let runId: string;

  beforeEach(async () => {
    ({ world, runId } = await backedUpWorld());
  });

  const last = (objects: SimulatedObjects<MemoryFiles>): { runId: string; nextObject: number; objects: object } =>
    objects.json('verifications/last.json');

  it('is found in order in the primary Region, with its snapshot, and says so', async () => {
    const ended = await world.verify(world.primary);
    expect(ended.status).to.equal('SUCCEEDED');
    expect(ended.output).to.deep.include({ done: true, skipped: false, runId, percent: 100, notes: [] });
    const { counts } = world.home.table.peek(manifestKey(runId)) as unknown as Manifest;
    expect(ended.output).to.deep.include({ counts, objects: { read: 8, of: 8 } });
    expect(last(world.home.objects)).to.deep.include({ runId, wholeRunId: runId });
    expect(world.messages).to.have.length(1);
    expect(world.messages[0]?.subject).to.equal('Backup in us-east-1 verified: 30 users');
    expect(world.messages[0]?.body).to.include(runId).and.include('8 of 8 objects');
    expect(world.metrics).to.deep.equal(['StepFunctionsWorkflowFinished']);
  });

  it('16.1: is remembered of each run by its last verification, also beside what an earlier version stored', async () => {
    const remembered = (): readonly VerifiedRun[] => verifiedRuns(last(world.home.objects) as LastVerification);
    await world.verify(world.primary);
    const { runs: _runs, ...stored } = last(world.home.objects) as LastVerification;
    await world.home.objects.put('verifications/last.json', JSON.stringify(stored));
    await world.home.clock.sleep(60_000);
    await world.export();
    await world.verify(world.primary, { Percent: 50 });
    const [second, first, ...more] = remembered();
    expect(more).to.deep.equal([]);
    expect(first).to.deep.equal({ runId, verifiedAt: stored.verifiedAt, percent: 100 });
    expect(second).to.include({ percent: 50 });
    await world.home.clock.sleep(60_000);
    await world.verify(world.primary);
    expect(remembered().map(({ percent }) => percent)).to.deep.equal([100, 100]);
  });

  it('changes neither the table nor the bucket but for what it stores below verifications/ and how far it has come', async () => {
    const before = JSON.stringify(backedUpItems(world));
    const objects = (): string[] =>
      [...world.home.objects.stored.keys()].filter((key) => !/^(verifications|notices|progress)\//.test(key)).sort();
    const keys = objects();
    await world.verify(world.primary);
    expect(JSON.stringify(backedUpItems(world))).to.equal(before);
    expect(objects()).to.deep.equal(keys);
    expect([...world.home.objects.stored.keys()].filter((key) => key.startsWith('verifications/'))).to.deep.equal([
      'verifications/run-1/backup.json',
      'verifications/last.json',
    ]);
  });

  it('in the backup Region is copied into a snapshot of that Region, once', async () => {
    const ended = await world.verify(world.backup);
    expect(ended.output).to.deep.include({ skipped: false, runId, objects: { read: 8, of: 8 } });
    const manifest = world.replicaObjects.json<Manifest>(snapshotManifestKey(runId));
    expect(manifest).to.not.have.any.keys('id', 'type');
    const {
      id: _id,
      type: _type,
      snapshot: _snapshot,
      ...sealed
    } = world.replica.peek(manifestKey(runId)) as TableItem & { snapshot: object };
    expect({ ...manifest, snapshot: undefined }).to.deep.equal({ ...sealed, snapshot: undefined });
    expect(manifest.snapshot?.objects.reduce((sum, { items }) => sum + items, 0)).to.equal(backedUpItems(world).length);
    expect(
      [...world.replicaObjects.stored.keys()].filter(
        (key) => key.startsWith('verifications/') && key.includes('/work/'),
      ),
    ).to.deep.equal([]);
    const written = world.home.calls.countOf('objects.write');
    expect((await world.verify(world.backup)).status).to.equal('SUCCEEDED');
    expect(world.home.calls.countOf('objects.write')).to.equal(written);
  });

  it('is not copied while SnapshotRetentionDays is 0', async () => {
    world.retentionDays = 0;
    const ended = await world.verify(world.backup);
    expect(ended.output).to.deep.include({ objects: { read: 0, of: 0 } });
    expect((ended.output as { notes: string[] }).notes[0]).to.match(/snapshot/);
    expect([...world.replicaObjects.stored.keys()].filter((key) => key.startsWith('snapshots/'))).to.deep.equal([]);
  });

  describe('of which only a share is read', () => {
    it('reads other objects each time, and the table whole', async () => {
      const read: string[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        const from = world.home.calls.countOf('objects.read');
        const ended = await world.verify(world.primary, { Percent: 30 });
        expect(ended.output).to.deep.include({ percent: 30, objects: { read: 3, of: 8 } });
        // The index and the settings are read each time.
        expect(world.home.calls.countOf('objects.read') - from).to.equal(3 + 2);
        read.push(
          ...world.home.objects.json<{ state: { snapshot: { chosen: string[] } } }>(
            `verifications/run-${turn + 1}/backup.json`,
          ).state.snapshot.chosen,
        );
      }
      expect(new Set(read).size).to.equal(8);
    });

    it('does not count as verified for the hourly look', async () => {
      await world.verify(world.backup, { Percent: 5 });
      expect((await world.verify(world.backup, { Trigger: 'Schedule' })).output).to.include({ skipped: false });
    });
  });

  it('is not verified while a run is open when somebody asks', async () => {
    world.open(world.primary);
    const ended = await world.verify(world.primary);
    expect(ended).to.include({ status: 'FAILED', error: 'ExportRunOpen' });
    expect(world.messages[0]?.body).to.match(/start\s+VerifyWorkflow\s+again/);
  });

  it('halts with NoSealedBackup where nothing was ever sealed', async () => {
    world.home.table.clear();
    expect(await world.verify(world.primary)).to.include({ status: 'FAILED', error: 'NoSealedBackup' });
  });

  it('ignores the OPEN marker of the sealed run itself, as a replica may show it', async () => {
    world.open(world.backup, runId);
    expect(await world.verify(world.backup)).to.include({ status: 'SUCCEEDED' });
  });

  it('is verified also while the primary Region does not answer, and says what it cannot know', async () => {
    world.primaryAnswers = false;
    const ended = await world.verify(world.backup);
    expect(ended.status).to.equal('SUCCEEDED');
    expect((ended.output as { notes: string[] }).notes).to.deep.equal([
      'The table in the primary Region could not be asked: whether this replica is the newest is not known.',
    ]);
  });

  it('goes slice by slice', async () => {
    world.home.calls.latencies['table.scanPage'] = 5_000;
    world.home.calls.latencies['objects.read'] = 30_000;
    world.invocationMs = 75_000;
    const ended = await world.verify(world.backup);
    expect(ended.status).to.equal('SUCCEEDED');
    expect(ended.states.filter((state) => state === 'VerifyBackup').length).to.be.above(5);
    expect(ended.output).to.deep.include({ objects: { read: 8, of: 8 } });
  });

  it('a snapshot that retention has removed is a note', async () => {
    for (const key of world.home.objects.stored.keys())
      if (key.startsWith(snapshotFolder(runId))) world.home.objects.stored.delete(key);
    world.home.clock.advance(36 * DAY_MS);
    const ended = await world.verify(world.primary);
    expect(ended.status).to.equal('SUCCEEDED');
    expect((ended.output as { notes: string[] }).notes).to.deep.equal([
      `The snapshot of the export ${runId} is older than 35 days and was removed.`,
    ]);
    expect(world.messages[0]?.body).to.include('older than 35 days');
  });
});
