import { expect } from 'chai';
import { itemKind } from '../../../source/domain/backup/items.ts';
import { differences } from '../../support/import/differences.ts';
import { keepSnapshot, putRaw, snapshotKeyOf } from '../../support/import/kept-snapshot.ts';
import { SEALED_RUN, sealBackup } from '../../support/import/sealed-backup.ts';
import { WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import { DISASTERS, untilRestored } from '../../support/workflows/started-again.ts';
import { addGroups, addUsers, aUser } from '../../support/world/builders.ts';

const INPUT = { ExportRun: SEALED_RUN };

/** A run is kept, two of its users late; since then everything in the table was lost. */
function worldBefore(): WorkflowWorld {
  const world = new WorkflowWorld();
  world.cognito.knobs.pageSize = 4;
  addUsers(world.source, 6, { disabled: 0.3 });
  world.source.put(
    aUser({
      username: 'zoe',
      enabled: false,
      attributes: { email: 'zoe@example.test', email_verified: 'true', name: 'two\nlines' },
    }),
  );
  addGroups(world.source, [0, 1, 5]);
  const late = new Set(['user1', 'user4'].map((name) => `USER#${world.source.find(name)?.sub ?? ''}`));
  const manifest = sealBackup(world.table, world.source);
  keepSnapshot(world.objects, world.table, manifest, (item) => itemKind(item) === 'user' && late.has(item.id));
  for (const { id, type } of world.table.all())
    if (id.startsWith('USER#')) void world.table.deleteItems([{ id, type }]);
  return world;
}

function expectRestored(world: WorkflowWorld, about: string): void {
  expect(differences(world.source, world.target), about).to.deep.equal([]);
  expect(world.head()?.phase, about).to.equal('complete');
  const report = JSON.parse(world.report('report.json')) as {
    counts: object;
  };
  expect(report, about).to.deep.include({ exportRun: SEALED_RUN, source: 'snapshot', differencesFromManifest: null });
  expect(report.counts, about).to.include({
    usersInBackup: 7,
    usersRestored: 7,
    usersMissing: 0,
    usersDifferent: 0,
    membershipsMissing: 0,
    membershipsWithoutUser: 0,
  });
  expect(world.writer.sentToUsers, about).to.deep.equal([]);
}

describe('The restore of a kept run, by its own ASL', function () {
  this.timeout(120_000);

  for (const [disaster, strike] of Object.entries(DISASTERS)) {
    it(`ends the same after ${disaster}, at any single call`, async () => {
      const whole = worldBefore();
      expect(await whole.import(INPUT)).to.include({ status: 'SUCCEEDED' });
      expectRestored(whole, 'undisturbed');
      expect(whole.calls.log.filter(({ call }) => call === 'objects.read')).to.have.length.of.at.least(9);
      for (let nth = 1; nth <= whole.calls.count; nth += 1) {
        const about = `${disaster}: call ${nth} of ${whole.calls.count}, ${whole.calls.log[nth - 1]?.call ?? ''}`;
        const world = worldBefore();
        strike(world, nth);
        await untilRestored(world, INPUT, about);
        expectRestored(world, about);
      }
    });
  }

  it('names the run in the message', async () => {
    const world = worldBefore();
    await world.import(INPUT);
    expect(world.messages.at(-1)?.body.replaceAll(/\s+/g, ' ')).to.include(
      `It read the export ${SEALED_RUN} from the snapshot that this Region keeps of it.`,
    );
  });

  it('ends with its own error for damage, and has written nothing to the pool', async () => {
    const world = worldBefore();
    const key = snapshotKeyOf(SEALED_RUN, 'segment-3.ndjson.gz');
    putRaw(world.objects, key, Buffer.concat([world.objects.stored.get(key)?.body as Uint8Array, Buffer.from('x')]));
    const ended = await world.import({ ...INPUT, AcceptIncomplete: true });
    expect(ended).to.include({ status: 'FAILED', error: 'SnapshotDamaged' });
    expect(ended.cause).to.include(key);
    expect(world.target.users.size + world.target.groups.size).to.equal(0);
    expect(world.messages.at(-1)?.subject).to.include('SnapshotDamaged');
  });

  it('halts when another run is kept, and names it', async () => {
    const ended = await worldBefore().import({ ExportRun: '20250101T000000Z-00000000' });
    expect(ended).to.include({ status: 'FAILED', error: 'ExportRunNotFound' });
    expect(ended.cause).to.include(SEALED_RUN);
  });
});
