import { expect } from 'chai';
import { manifestIn, manifestKey, settingsKey } from '../../../../../source/domain/backup/manifest.ts';
import { readSnapshotManifest } from '../../../../../source/domain/backup/snapshot/read.ts';
import { SETTINGS_NAME, snapshotKey } from '../../../../../source/domain/backup/snapshot/names.ts';
import { readPoolSettings } from '../../../../../source/domain/pool-settings/kept.ts';
import type { VerifyWorld } from '../../../../support/workflows/verify-world.ts';
import { backedUpWorld } from '../../../../support/workflows/verified-backup.ts';

describe('VerifyWorkflow: the kept settings of the pool', () => {
  let world: VerifyWorld;
  let runId: string;
  let hash: string;

  beforeEach(async () => {
    ({ world, runId } = await backedUpWorld());
    hash = manifestIn(world.home.table.peek(manifestKey(runId)) as never).settings?.hash ?? '';
    expect(hash).to.have.length(64);
  });

  it('17.5: are in order in both Regions, and the backup Region puts them into its own snapshot', async () => {
    expect((await world.verify(world.primary)).status).to.equal('SUCCEEDED');
    expect((await world.verify(world.backup)).status).to.equal('SUCCEEDED');
    const manifest = await readSnapshotManifest(world.replicaObjects, runId);
    const settings = await readPoolSettings(
      { objects: world.replicaObjects },
      manifest as NonNullable<typeof manifest>,
    );
    expect(settings?.pool).to.have.property('Name', 'customers');
  });

  it('17.5: missing or damaged ones in the table are damage', async () => {
    const key = settingsKey(hash, 0);
    const stored = world.home.table.peek(key) as NonNullable<ReturnType<typeof world.home.table.peek>>;
    for (const damage of [
      () => world.home.table.take(key),
      () => world.home.table.seed({ ...stored, content: String(stored.content).replace(/..../, 'AAAA') }),
    ]) {
      damage();
      const ended = await world.verify(world.primary);
      expect(ended, ended.cause).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
      expect(ended.cause).to.include(key.id).and.to.include('ExportWorkflow');
    }
  });

  it('17.5: damaged ones in the snapshot are damage', async () => {
    await world.home.objects.put(snapshotKey(runId, SETTINGS_NAME), 'others');
    const ended = await world.verify(world.primary);
    expect(ended, ended.cause).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
    expect(ended.cause).to.include(SETTINGS_NAME);
  });
});
