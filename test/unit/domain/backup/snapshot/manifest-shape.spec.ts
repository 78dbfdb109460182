import { expect } from 'chai';
import type { Manifest, SnapshotObject } from '../../../../../source/domain/backup/manifest.ts';
import { snapshotManifestKey } from '../../../../../source/domain/backup/snapshot/names.ts';
import { readSnapshotManifest } from '../../../../../source/domain/backup/snapshot/read.ts';
import { itemsIn, putSnapshotManifest } from '../../../../../source/domain/backup/snapshot/write.ts';
import { Checksums } from '../../../../../source/domain/backup/checksums.ts';
import { rejection } from '../../../../support/rejection.ts';
import { PLAIN_SETTINGS } from '../../../../../tools/simulation/cognito/settings.ts';
import { SEGMENT_NAME, SNAPSHOT_RUN, SnapshotWorld } from '../../../../support/backup/snapshot-world.ts';

describe('snapshots: the manifest', () => {
  let world: SnapshotWorld;
  beforeEach(() => {
    world = new SnapshotWorld();
  });

  const manifest: Manifest = {
    runId: SNAPSHOT_RUN,
    userPoolId: 'eu-west-1_Source',
    poolSettings: PLAIN_SETTINGS,
    counts: { users: 1, groups: 0, memberships: 0 },
    checksums: new Checksums().toHex(),
    added: { users: 1, groups: 0, memberships: 0 },
    changed: { users: 0, groups: 0, memberships: 0 },
    deleted: { users: 0, groups: 0, memberships: 0 },
    skipped: { federatedUsers: 0, federatedMemberships: 0 },
    startedAt: '2026-03-01T00:00:00.000Z',
    endedAt: '2026-03-01T00:01:00.000Z',
    softwareVersion: 'v2.1.0',
    schemaVersion: 1,
    snapshot: { objects: [{ name: SEGMENT_NAME, bytes: 20, sha256: '0'.repeat(64), items: 1 }] },
  };

  it('closes the snapshot, and is undefined before', async () => {
    expect(await readSnapshotManifest(world.objects, SNAPSHOT_RUN)).to.equal(undefined);
    await putSnapshotManifest(world.objects, manifest);
    await putSnapshotManifest(world.objects, manifest);
    expect(await readSnapshotManifest(world.objects, SNAPSHOT_RUN)).to.deep.equal(manifest);
    expect(itemsIn(manifest.snapshot?.objects ?? [])).to.equal(1);
  });

  const [object] = manifest.snapshot?.objects as [SnapshotObject];
  const wrong: Record<string, unknown> = {
    'no JSON': undefined,
    'no object': null,
    'another run': { ...manifest, runId: '20260301T000000Z-00000000' },
    'no snapshot': { ...manifest, snapshot: undefined },
    'no counts': { ...manifest, counts: { users: 1, groups: 0 } },
    'a count that is none': { ...manifest, deleted: { users: -1, groups: 0, memberships: 0 } },
    'too few checksums': { ...manifest, checksums: manifest.checksums.slice(1) },
    'a checksum that is none': {
      ...manifest,
      checksums: manifest.checksums.map((sum, index) => (index === 9 ? `${sum}0` : sum)),
    },
    'no pool settings': { ...manifest, poolSettings: null },
    'no version': { ...manifest, schemaVersion: '1' },
    'an object elsewhere': { ...manifest, snapshot: { objects: [{ ...object, name: '../manifest.json' }] } },
    'an object without a digest': { ...manifest, snapshot: { objects: [{ ...object, sha256: '' }] } },
  };
  for (const [what, value] of Object.entries(wrong)) {
    it(`is damaged when it is or has ${what}`, async () => {
      await world.objects.put(
        snapshotManifestKey(SNAPSHOT_RUN),
        value === undefined ? JSON.stringify(manifest).slice(0, -2) : JSON.stringify(value),
      );
      const error = await rejection(readSnapshotManifest(world.objects, SNAPSHOT_RUN));
      expect(error).to.have.property('name', 'SnapshotDamaged');
      expect(error.message).to.include(snapshotManifestKey(SNAPSHOT_RUN)).and.to.include('no manifest of export run');
    });
  }
});
