import { expect } from 'chai';
import {
  isSnapshotName,
  segmentName,
  snapshotFolder,
  snapshotKey,
  snapshotManifestKey,
} from '../../../../../source/domain/backup/snapshot/names.ts';
import { SNAPSHOT_RUN } from '../../../../support/backup/snapshot-world.ts';

describe('snapshots', () => {
  it('lie in one folder per run', () => {
    expect(snapshotFolder(SNAPSHOT_RUN)).to.equal(`snapshots/${SNAPSHOT_RUN}/`);
    expect(snapshotKey(SNAPSHOT_RUN, segmentName(7))).to.equal(`snapshots/${SNAPSHOT_RUN}/segment-7.ndjson.gz`);
    expect(snapshotManifestKey(SNAPSHOT_RUN)).to.equal(`snapshots/${SNAPSHOT_RUN}/manifest.json`);
    expect(
      [
        'segment-0.ndjson.gz',
        'segment-11.ndjson.gz',
        'kept.ndjson.gz',
        'manifest.json',
        '../segment-0.ndjson.gz',
        'segment-0.ndjson.gz/x',
        '',
      ].map(isSnapshotName),
    ).to.deep.equal([true, true, true, false, false, false, false]);
  });
});
