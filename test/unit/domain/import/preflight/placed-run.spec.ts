import { expect } from 'chai';
import type { Manifest } from '../../../../../source/domain/backup/manifest.ts';
import type { KeptRun } from '../../../../../source/domain/import/preflight/kept-run.ts';
import { readPlacedRun } from '../../../../../source/domain/import/preflight/placed-run.ts';
import { keepSnapshot, putRaw, snapshotKeyOf } from '../../../../support/import/kept-snapshot.ts';
import { PlanningWorld } from '../../../../support/import/planning-world.ts';
import { SEALED_RUN, sealBackup } from '../../../../support/import/sealed-backup.ts';
import { rejection } from '../../../../support/rejection.ts';
import { aUser } from '../../../../support/world/builders.ts';

const PLACE = 's3://my-vault/';
const [OLDER, NEWER] = ['20260201T000000Z-0000000a', '20260401T000000Z-0000000b'];

/** A bucket with one snapshot, and what its manifest says. */
function vault(): { readonly world: PlanningWorld; readonly manifest: Manifest } {
  const world = new PlanningWorld();
  world.source.put(aUser());
  const manifest = keepSnapshot(world.objects, world.table, sealBackup(world.table, world.source));
  world.table.clear();
  return { world, manifest };
}
/** One more snapshot there, of the same objects, and of another manifest. */
function add(world: PlanningWorld, manifest: Manifest, runId: string, over: object = {}): void {
  for (const { name } of manifest.snapshot?.objects ?? [])
    putRaw(
      world.objects,
      snapshotKeyOf(runId, name),
      world.objects.stored.get(snapshotKeyOf(SEALED_RUN, name))?.body ?? '',
    );
  putRaw(world.objects, snapshotKeyOf(runId, 'manifest.json'), JSON.stringify({ ...manifest, runId, ...over }));
}
const read = ({ objects }: PlanningWorld, exportRun?: string): Promise<KeptRun> =>
  readPlacedRun(objects, { snapshotPrefix: PLACE, exportRun });
const refusal = async (world: PlanningWorld, exportRun?: string): Promise<[string, string]> => {
  const { name, message } = await rejection(read(world, exportRun));
  expect(message).to.include(PLACE);
  return [name, message];
};

describe('readPlacedRun', () => {
  it('17.7: gives the newest sealed run of a place, says where it was read, and asks no table', async () => {
    const { world, manifest } = vault();
    add(world, manifest, OLDER);
    add(world, manifest, NEWER, { refused: 'MassDeleteRefused' });
    const found = await read(world);
    expect(found.manifest).to.deep.equal(manifest);
    expect(found.remarks).to.have.length(1);
    expect(found.remarks?.[0]).to.include(PLACE).and.include(SEALED_RUN).and.include(manifest.userPoolId);
    expect(world.calls.log.filter(({ call }) => call.startsWith('table.'))).to.deep.equal([]);
  });

  it('17.7: gives the run that is named, a refused one too, and says that it was refused', async () => {
    const { world, manifest } = vault();
    add(world, manifest, OLDER);
    add(world, manifest, NEWER, { refused: 'MassDeleteRefused' });
    expect((await read(world, OLDER)).manifest.runId).to.equal(OLDER);
    expect((await read(world, NEWER)).remarks?.[1]).to.match(/was refused \(MassDeleteRefused/);
  });

  it('17.7: says so when nothing is there, or not that run', async () => {
    const empty = await refusal(new PlanningWorld());
    expect(empty[0]).to.equal('ExportRunNotFound');
    expect(empty[1]).to.include(`nothing lies below ${PLACE}snapshots/`);
    const { world } = vault();
    const other = await refusal(world, NEWER);
    expect(other[0]).to.equal('ExportRunNotFound');
    expect(other[1]).to.include(SEALED_RUN);
  });

  it('17.7: tells unsealed, not all there, damaged, and of a newer version apart', async () => {
    for (const [about, change, name, found] of [
      ['unsealed', { remove: 'manifest.json' }, 'ExportRunNotFound', /has no manifest, which is written last/],
      [
        'incomplete',
        { remove: 'segment-3.ndjson.gz' },
        'ExportRunNotFound',
        /1 of 8 objects is not there: not all of it has been copied yet/,
      ],
      ['damaged', { manifest: '{"runId":' }, 'SnapshotDamaged', /is no manifest of export run/],
      [
        'newer',
        { over: { schemaVersion: 2, softwareVersion: 'v9.0.0', counts: 'many' } },
        'NoSealedBackup',
        /newer version \(v9\.0\.0/,
      ],
    ] as const)
      for (const named of [undefined, SEALED_RUN]) {
        const { world, manifest } = vault();
        const key = snapshotKeyOf(SEALED_RUN, 'manifest.json');
        if ('remove' in change) world.objects.stored.delete(snapshotKeyOf(SEALED_RUN, change.remove));
        else
          putRaw(
            world.objects,
            key,
            'over' in change ? JSON.stringify({ ...manifest, ...change.over }) : change.manifest,
          );
        const [error, message] = await refusal(world, named);
        expect(error, about).to.equal(name);
        expect(message, about).to.match(found);
      }
  });

  it('17.7: takes the newest that is all there, and says what it passed over', async () => {
    const { world, manifest } = vault();
    add(world, manifest, NEWER);
    world.objects.stored.delete(snapshotKeyOf(NEWER, 'segment-0.ndjson.gz'));
    const { manifest: taken, remarks } = await read(world);
    expect(taken.runId).to.equal(SEALED_RUN);
    expect(remarks?.[1])
      .to.match(/^1 newer export is there, too, and cannot be restored now\./)
      .and.include(NEWER);
    // An older one is in nobody's way.
    const { world: other, manifest: one } = vault();
    add(other, one, OLDER);
    other.objects.stored.delete(snapshotKeyOf(OLDER, 'segment-0.ndjson.gz'));
    expect((await read(other)).remarks).to.have.length(1);
  });

  it('17.7: never takes an older run because a newer version sealed the newest', async () => {
    const { world, manifest } = vault();
    add(world, manifest, NEWER, { schemaVersion: 2 });
    expect((await refusal(world))[0]).to.equal('NoSealedBackup');
    expect((await read(world, SEALED_RUN)).manifest.runId).to.equal(SEALED_RUN);
  });

  it('17.7: takes none of several pools unasked', async () => {
    const { world, manifest } = vault();
    add(world, manifest, OLDER, { userPoolId: 'us-east-1_Another12' });
    const [error, message] = await refusal(world);
    expect(error).to.equal('InvalidInput');
    expect(message).to.include(`us-east-1_Another12 ("ExportRun": "${OLDER}")`);
    expect((await read(world, OLDER)).manifest.userPoolId).to.equal('us-east-1_Another12');
  });

  it('17.8: takes none of several adopted runs unasked, since each may be of another pool that nobody knows', async () => {
    const { world, manifest } = vault();
    const unknown = { origin: '1.x', userPoolId: 'not known' };
    add(world, manifest, SEALED_RUN, unknown);
    expect((await read(world)).manifest.runId).to.equal(SEALED_RUN);
    add(world, manifest, OLDER, unknown);
    const [error, message] = await refusal(world);
    expect(error).to.equal('InvalidInput');
    expect(message).to.include('several user pools, or of pools that nobody knows');
    for (const runId of [OLDER, SEALED_RUN]) expect(message).to.include(`"ExportRun": "${runId}"`);
    expect((await read(world, OLDER)).manifest.runId).to.equal(OLDER);
  });

  it('17.7: names the refused runs where there are no others', async () => {
    const { world, manifest } = vault();
    add(world, manifest, SEALED_RUN, { refused: 'MassDeleteRefused' });
    const [error, message] = await refusal(world);
    expect(error).to.equal('ExportRunNotFound');
    expect(message).to.include(`"ExportRun": "${SEALED_RUN}"`);
  });
});
