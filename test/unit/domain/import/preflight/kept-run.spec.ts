import { expect } from 'chai';
import { manifestItem, manifestKey } from '../../../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../../../source/domain/backup/manifest.ts';
import { readKeptRun } from '../../../../../source/domain/import/preflight/kept-run.ts';
import type { KeptRun } from '../../../../../source/domain/import/preflight/kept-run.ts';
import { keepSnapshot, putRaw, snapshotKeyOf } from '../../../../support/import/kept-snapshot.ts';
import { PlanningWorld } from '../../../../support/import/planning-world.ts';
import { SEALED_RUN, sealBackup } from '../../../../support/import/sealed-backup.ts';
import { rejection } from '../../../../support/rejection.ts';
import { aUser } from '../../../../support/world/builders.ts';

const OTHER_RUN = '20260302T000000Z-11111111';

function kept(): { readonly world: PlanningWorld; readonly manifest: Manifest } {
  const world = new PlanningWorld();
  world.source.put(aUser());
  return { world, manifest: keepSnapshot(world.objects, world.table, sealBackup(world.table, world.source)) };
}
const read = ({ objects, table }: PlanningWorld, runId = SEALED_RUN): Promise<KeptRun> =>
  readKeptRun({ objects, table }, { runId, tableName: 'backup-table' });
const change = (world: PlanningWorld, manifest: object): void =>
  putRaw(world.objects, snapshotKeyOf(SEALED_RUN, 'manifest.json'), JSON.stringify(manifest));

describe('readKeptRun', () => {
  it('gives the manifest of the run', async () => {
    const { world, manifest } = kept();
    expect(await read(world)).to.deep.equal({ manifest, notes: [] });
  });

  it('names the ten newest runs that are kept, when another one is asked for', async () => {
    const { world } = kept();
    for (let day = 10; day < 22; day += 1)
      putRaw(world.objects, `snapshots/202602${day}T000000Z-0badcafe/manifest.json`, '{}');
    // Not closed by a manifest: no run that could be restored.
    putRaw(world.objects, `snapshots/${OTHER_RUN}/segment-0.ndjson.gz`, 'x');
    const error = await rejection(read(world, OTHER_RUN));
    expect(error.name).to.equal('ExportRunNotFound');
    expect(error.message)
      .to.include(`${SEALED_RUN}, 20260221T000000Z-0badcafe,`)
      .and.to.include('20260213T000000Z-0badcafe and 3 more.')
      .and.not.to.include('20260212');
    expect(error.message.match(new RegExp(OTHER_RUN, 'g'))).to.have.length(1);
  });

  it('says so when no run is kept at all', async () => {
    const world = new PlanningWorld();
    expect((await rejection(read(world))).message).to.match(/No run is kept there: snapshots are off/);
  });

  it('refuses a run of a newer version', async () => {
    const { world, manifest } = kept();
    change(world, { ...manifest, schemaVersion: 2, softwareVersion: 'v9.0.0' });
    const error = await rejection(read(world));
    expect(error.name).to.equal('NoSealedBackup');
    expect(error.message).to.match(/newer version \(v9\.0\.0/);
  });

  it('halts for a manifest that is not the one that the table knows', async () => {
    const [first = '', ...rest] = kept().manifest.checksums;
    for (const [what, over] of [
      ['the counts', { counts: { users: 2, groups: 0, memberships: 0 } }],
      ['the checksums', { checksums: [first.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')), ...rest] }],
      ['the user pool', { userPoolId: 'us-east-1_Other1234' }],
    ] as const) {
      const { world, manifest } = kept();
      change(world, { ...manifest, ...over });
      const error = await rejection(read(world));
      expect(error.name, what).to.equal('SnapshotDamaged');
      expect(error.message).to.include(`${what} differ`).and.to.include(`snapshots/${SEALED_RUN}/manifest.json`);
    }
  });

  it('does not ask for the same objects as the table names: each Region writes its own', async () => {
    const { world, manifest } = kept();
    world.table.seed(manifestItem({ ...manifest, snapshot: { objects: [] } }));
    expect(await read(world)).to.deep.equal({ manifest, notes: [] });
  });

  it('goes on without a manifest in the table, and notes it', async () => {
    const { world, manifest } = kept();
    await world.table.deleteItems([manifestKey(SEALED_RUN)]);
    const found = await read(world);
    expect(found.manifest).to.deep.equal(manifest);
    expect(found.notes.join()).to.match(/backup-table has no manifest of the export/);
  });
});
