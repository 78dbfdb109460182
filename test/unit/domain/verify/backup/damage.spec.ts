import { expect } from 'chai';
import { itemKind, userKey } from '../../../../../source/domain/backup/items.ts';
import { LATEST_KEY, manifestKey } from '../../../../../source/domain/backup/manifest.ts';
import type { TableItem } from '../../../../../source/domain/ports.ts';
import { addUsers } from '../../../../support/world/builders.ts';
import type { VerifyWorld } from '../../../../support/workflows/verify-world.ts';
import { backedUpItems, backedUpWorld, waitsForSecondLook } from '../../../../support/workflows/verified-backup.ts';

const LOOKS_APART_S = 300;

describe('VerifyWorkflow: the backup with damage', () => {
  let world: VerifyWorld;
  let runId: string;

  beforeEach(async () => {
    ({ world, runId } = await backedUpWorld());
  });

  const victim = (): TableItem => backedUpItems(world).filter((item) => itemKind(item) === 'user')[3] as TableItem;
  const flipped = (item: TableItem): TableItem => ({
    ...item,
    attributes: { ...(item.attributes as object), name: 'Somebody else' },
  });

  const expectFailed = async (
    site: VerifyWorld['primary'],
    error: string,
    message: RegExp,
    looks: number,
  ): Promise<void> => {
    const began = world.home.clock.now();
    const ended = await world.verify(site);
    expect(ended, ended.cause).to.include({ status: 'FAILED', error });
    expect(ended.cause).to.match(message);
    expect(waitsForSecondLook(ended.states)).to.equal(looks - 1);
    expect(world.home.clock.now() - began).to.be.at.least((looks - 1) * LOOKS_APART_S * 1000);
    expect(world.messages).to.have.length(1);
    expect(world.messages[0]?.subject).to.include(error);
    expect(`${world.messages[0]?.body}${world.home.log.lines.join('\n')}`).to.not.match(
      /@example\.test|Somebody|user\d+\b/,
    );
  };

  it('in one attribute: ChecksumDiffers', async () => {
    world.home.table.seed(flipped(victim()));
    await expectFailed(
      world.primary,
      'ChecksumDiffers',
      /1 of 256 checksums differs; 1 item does not hold what its own content hash says/,
      2,
    );
  });

  it("in an item's own hash: ChecksumDiffers", async () => {
    world.home.table.seed({ ...victim(), contentHash: '0'.repeat(64) });
    await expectFailed(world.primary, 'ChecksumDiffers', /0 of 256 checksums differ; 1 item/, 2);
  });

  it('of an item that is gone: CountsDiffer', async () => {
    await world.home.table.deleteItems([victim()]);
    await expectFailed(
      world.primary,
      'CountsDiffer',
      /holds 29 users, 2 groups and 8 memberships, the export .* sealed 30 users/,
      2,
    );
  });

  it('of an item too many: CountsDiffer', async () => {
    world.home.table.seed({ ...victim(), ...userKey('00000000-0000-4000-8000-000000000000') });
    await expectFailed(world.primary, 'CountsDiffer', /holds 31 users/, 2);
  });

  it('of the manifest: ManifestMissing', async () => {
    await world.home.table.deleteItems([manifestKey(runId)]);
    await expectFailed(
      world.primary,
      'ManifestMissing',
      new RegExp(`names the export ${runId}, but its manifest is not there`),
      2,
    );
  });

  it('that is gone at the second look: nothing happened', async () => {
    const item = victim();
    world.home.table.seed(flipped(item));
    world.whileWaiting = () => world.home.table.seed(item);
    const ended = await world.verify(world.primary);
    expect(ended.status).to.equal('SUCCEEDED');
    expect(waitsForSecondLook(ended.states)).to.equal(1);
  });

  describe('in the backup Region', () => {
    it('in one attribute: ChecksumDiffers, and no snapshot is written', async () => {
      world.replica.seed(flipped(victim()));
      await expectFailed(world.backup, 'ChecksumDiffers', /in eu-west-1/, 2);
      expect(
        [...world.replicaObjects.stored.keys()].filter((key) => key.startsWith('snapshots/') || key.includes('/work/')),
      ).to.deep.equal([]);
    });

    it('of an item too many: CountsDiffer', async () => {
      world.replica.seed({ ...victim(), ...userKey('00000000-0000-4000-8000-000000000000') });
      await expectFailed(world.backup, 'CountsDiffer', /holds 31 users/, 2);
    });

    it('of an item that the last run did not write: CountsDiffer', async () => {
      await world.export();
      await world.replica.deleteItems([victim()]);
      await expectFailed(world.backup, 'CountsDiffer', /holds 29 users/, 2);
    });

    it('of a replica at the run before: ReplicaBehind', async () => {
      addUsers(world.home.source, 2, { prefix: 'new' });
      await world.home.export();
      await expectFailed(
        world.backup,
        'ReplicaBehind',
        new RegExp(`last complete export in us-east-1 is .*, here it is ${runId}`),
        2,
      );
    });

    it('of a replica that never got anything: ReplicaBehind', async () => {
      world.replica.clear();
      await expectFailed(world.backup, 'ReplicaBehind', /here it is none/, 2);
    });

    it('of a replica that lacks some of what the last run wrote: ReplicaBehind', async () => {
      const added = new Set(addUsers(world.home.source, 2, { prefix: 'new' }).map(({ sub }) => userKey(sub).id));
      await world.export();
      world.replicate(({ id }) => !added.has(id));
      await expectFailed(world.backup, 'ReplicaBehind', /wrote 2 and deleted 0/, 2);
    });

    it('of a replica that still holds what the last run deleted: ReplicaBehind', async () => {
      const gone = victim();
      world.home.source.remove(gone.username as string);
      await world.export();
      world.replica.seed(gone);
      await expectFailed(world.backup, 'ReplicaBehind', /deleted \d/, 2);
    });

    it('of a manifest that has not arrived: ReplicaBehind; that nobody has: ManifestMissing', async () => {
      world.replicate(({ id }) => id !== manifestKey(runId).id);
      await expectFailed(world.backup, 'ReplicaBehind', /The table in us-east-1 has it/, 2);
      world.messages.length = 0;
      await world.home.table.deleteItems([manifestKey(runId)]);
      await expectFailed(world.backup, 'ManifestMissing', /nor in us-east-1/, 2);
      world.messages.length = 0;
      world.primaryAnswers = false;
      await expectFailed(world.backup, 'ManifestMissing', /could not be asked/, 2);
    });

    it('of a run that arrives between two looks, and then its items: nothing happened', async () => {
      const added = new Set(addUsers(world.home.source, 2, { prefix: 'new' }).map(({ sub }) => userKey(sub).id));
      await world.home.export();
      let waits = 0;
      world.whileWaiting = () => {
        waits += 1;
        world.replicate(waits === 1 ? ({ id }) => !added.has(id) : () => true);
      };
      const ended = await world.verify(world.backup);
      expect(ended.status, ended.cause).to.equal('SUCCEEDED');
      expect(waits).to.equal(2);
      expect((ended.output as { runId: string }).runId).to.equal(world.home.table.peek(LATEST_KEY)?.runId);
    });
  });
});
