import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { settingsKey } from '../../../../source/domain/backup/manifest.ts';
import { SETTINGS_NAME, snapshotKey } from '../../../../source/domain/backup/snapshot/names.ts';
import {
  readPoolSettings,
  settingsBytes,
  settingsItems,
  settingsRecord,
} from '../../../../source/domain/pool-settings/kept.ts';
import { keptSettingsShape, settingsHash } from '../../../../source/domain/pool-settings/shape.ts';
import type { KeptSettings } from '../../../../source/domain/pool-settings/shape.ts';
import { problemWith } from '../../../../source/domain/state/shape.ts';
import { keptSettings } from '../../../support/pool-settings/kept-settings.ts';
import { rejection } from '../../../support/rejection.ts';
import { World } from '../../../support/world/world.ts';

const RUN = '20260301T000000Z-0a1b2c3d';

async function stored(settings: KeptSettings) {
  const { table, objects } = new World();
  const bytes = settingsBytes(settings);
  const items = settingsItems(settingsHash(settings), bytes);
  await table.putItems(items);
  await objects.put(snapshotKey(RUN, SETTINGS_NAME), bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const manifest = {
    runId: RUN,
    settings: settingsRecord(settings, items),
    snapshot: { objects: [], settings: { name: SETTINGS_NAME, bytes: bytes.length, sha256 } },
  };
  return { table, objects, items, manifest };
}

describe('kept settings of a pool', () => {
  it('17.5: come back from the table and from a snapshot as they were', async () => {
    const settings = keptSettings();
    expect(problemWith(settings, keptSettingsShape)).to.equal(undefined);
    const { table, objects, manifest } = await stored(settings);
    expect(await readPoolSettings({ table }, manifest)).to.deep.equal(settings);
    expect(await readPoolSettings({ objects }, manifest)).to.deep.equal(settings);
    expect(manifest.settings).to.include({ items: 1, leftOut: 1 });
  });

  it('17.5: branding of 2 MB lies in items below 400 KB each', async () => {
    const logo = {
      Category: 'FORM_LOGO',
      ColorMode: 'LIGHT',
      Extension: 'PNG',
      Bytes: randomBytes(2_000_000).toString('base64'),
    };
    const settings = keptSettings({ managedLoginBranding: [{ ClientId: '1example23456789', Assets: [logo] }] });
    const { table, items, manifest } = await stored(settings);
    expect(items.length).to.be.above(6);
    for (const item of items) expect(Buffer.byteLength(JSON.stringify(item))).to.be.below(400 * 1024);
    expect(await readPoolSettings({ table }, manifest)).to.deep.equal(settings);
  });

  it('17.5: the hash is that of the settings, whenever they were read and in whatever order their members came', () => {
    const { pool, ...rest } = keptSettings();
    const hash = settingsHash({ ...rest, pool });
    expect(settingsHash(keptSettings({ takenAt: '2026-03-02T00:00:00.000Z' }))).to.equal(hash);
    expect(settingsHash(keptSettings({ pool: { ...pool, Name: 'others' } }))).to.not.equal(hash);
  });

  it('17.5: what is damaged or missing is never taken for settings', async () => {
    const { table, objects, items, manifest } = await stored(keptSettings());
    await table.putItems([{ ...settingsKey(manifest.settings.hash, 0), content: 'H4sIAAAA' }]);
    expect((await rejection(readPoolSettings({ table }, manifest))).name).to.equal('SnapshotDamaged');
    await table.deleteItems(items);
    expect((await rejection(readPoolSettings({ table }, manifest))).message).to.include('SETTINGS#');
    const others = await stored(keptSettings({ tags: { team: 'another' } }));
    await table.putItems(others.items.map((item) => ({ ...item, id: settingsKey(manifest.settings.hash, 0).id })));
    expect((await rejection(readPoolSettings({ table }, manifest))).name).to.equal('SnapshotDamaged');
    await objects.put(snapshotKey(RUN, SETTINGS_NAME), 'no settings');
    expect((await rejection(readPoolSettings({ objects }, manifest))).message).to.include(
      snapshotKey(RUN, SETTINGS_NAME),
    );
  });

  it('17.5: a run of an earlier version kept none', async () => {
    const { table, objects } = await stored(keptSettings());
    expect(await readPoolSettings({ table }, { runId: RUN })).to.equal(undefined);
    expect(await readPoolSettings({ objects }, { runId: RUN })).to.equal(undefined);
  });
});
