import { expect } from 'chai';
import { putRaw } from '../../../support/import/kept-snapshot.ts';
import { federatedWorld, IDS } from '../../../support/workflows/federated-world.ts';

describe('A restore from a snapshot in another bucket, of a pool with identity providers', () => {
  it('17.7: reads users of identity providers there, too, and nothing of this launch', async () => {
    const world = federatedWorld('PRELINK');
    world.vaultBucket = 'my-vault';
    expect(await world.export()).to.include({ status: 'SUCCEEDED' });
    for (const [key, { body }] of world.objects.stored)
      if (key.startsWith('snapshots/')) putRaw(world.bucket('my-vault'), key, body);
    world.objects.stored.clear();
    world.table.clear();
    const ended = await world.import({ SnapshotPrefix: 's3://my-vault/' });
    // One link is to a provider that the new pool lacks.
    expect(ended, ended.cause).to.include({ error: 'RestoreIncomplete' });
    expect(JSON.parse(world.report('report.json'))).to.have.nested.include({
      'counts.federatedUsers': 3,
      'counts.federatedMade': 2,
    });
    expect(world.report('federated.csv')).to.include(IDS.fee);
  });
});
