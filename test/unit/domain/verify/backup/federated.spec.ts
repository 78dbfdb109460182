import { expect } from 'chai';
import { readFederated } from '../../../../../source/domain/backup/federated/read.ts';
import type { KeptFederated } from '../../../../../source/domain/backup/federated/kept-federated.ts';
import { FEDERATED_NAME, snapshotKey } from '../../../../../source/domain/backup/snapshot/names.ts';
import { readSnapshotManifest } from '../../../../../source/domain/backup/snapshot/read.ts';
import { federatedUser } from '../../../../support/workflows/federated-world.ts';
import { backedUpWorld } from '../../../../support/workflows/verified-backup.ts';
import type { VerifyWorld } from '../../../../support/workflows/verify-world.ts';

describe('17.3: VerifyWorkflow: users of identity providers', () => {
  let world: VerifyWorld;
  let runId: string;

  beforeEach(async () => {
    ({ world } = await backedUpWorld());
    for (let n = 0; n < 5; n += 1) world.home.source.put(federatedUser('Corp', `Id.${n}`));
    runId = await world.export();
  });

  it('17.3: writes them into the snapshot of the backup Region, from the replica', async () => {
    expect((await world.verify(world.backup)).status).to.equal('SUCCEEDED');
    const manifest = await readSnapshotManifest(world.replicaObjects, runId);
    let users = 0;
    for await (const some of readFederated(
      { objects: world.replicaObjects, runId },
      manifest?.federated as KeptFederated,
    ))
      users += 'missing' in some ? 0 : some.length;
    expect(users).to.equal(5);
  });

  it('17.3: finds a part that a replica lacks, and one of the snapshot that was changed', async () => {
    world.replicate(({ id }) => !id.startsWith('FEDERATED#'));
    const behind = await world.verify(world.backup);
    expect(behind, behind.cause).to.include({ status: 'FAILED', error: 'ReplicaBehind' });
    expect(behind.cause).to.contain('5 users of identity providers');
    await world.home.objects.put(snapshotKey(runId, FEDERATED_NAME), 'something else');
    const damaged = await world.verify(world.primary);
    expect(damaged, damaged.cause).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
    expect(damaged.cause).to.contain(FEDERATED_NAME).and.contain('5 users of identity providers');
  });
});
