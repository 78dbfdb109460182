import { expect } from 'chai';
import { differences } from '../../support/import/differences.ts';
import { keepSnapshot, putRaw } from '../../support/import/kept-snapshot.ts';
import { SEALED_RUN, sealBackup } from '../../support/import/sealed-backup.ts';
import { Stopped, WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import { DISASTERS, untilRestored } from '../../support/workflows/started-again.ts';
import { addGroups, addUsers } from '../../support/world/builders.ts';

const VAULT = 'my-vault';
const RETAINED = 'stackset-cognitouser-0a1b2c-mappingfilebucket-0a1b2c3d4e5f';
const INPUT = { SnapshotPrefix: `s3://${VAULT}/` };

/** A launch whose own table and bucket are empty; the snapshot of another one lies in the vault. */
function worldBefore(bucket = VAULT): WorkflowWorld {
  const world = new WorkflowWorld();
  world.vaultBucket = VAULT;
  world.cognito.knobs.pageSize = 4;
  addUsers(world.source, 6, { disabled: 0.3 });
  addGroups(world.source, [0, 1, 5]);
  keepSnapshot(world.objects, world.table, sealBackup(world.table, world.source));
  for (const [key, { body }] of world.objects.stored) putRaw(world.bucket(bucket), key, body);
  world.objects.stored.clear();
  world.table.clear();
  return world;
}

function expectRestored(world: WorkflowWorld, { SnapshotPrefix }: typeof INPUT, about: string): void {
  expect(differences(world.source, world.target), about).to.deep.equal([]);
  expect(world.head()?.phase, about).to.equal('complete');
  const report = JSON.parse(world.report('report.json')) as object;
  expect(report, about).to.deep.include({ exportRun: SEALED_RUN, source: 'snapshot', snapshotPrefix: SnapshotPrefix });
  expect(world.writer.sentToUsers, about).to.deep.equal([]);
}

const keysOf = (world: WorkflowWorld, bucket: string): string[] => [...world.bucket(bucket).stored.keys()].sort();

describe('17.7: a restore from a snapshot in another bucket, by its own ASL', function () {
  this.timeout(120_000);

  for (const [disaster, strike] of Object.entries(DISASTERS))
    it(`17.7: ends the same after ${disaster}, at any single call until it is planned, and writes nothing there`, async () => {
      const whole = worldBefore();
      const before = keysOf(whole, VAULT);
      expect(await whole.import(INPUT)).to.include({ status: 'SUCCEEDED' });
      expectRestored(whole, INPUT, 'undisturbed');
      // From then on it is the same as any restore (restore-snapshot.spec.ts).
      const planned = whole.calls.log.findIndex(({ call }) => call === 'jobs.createJob');
      expect(planned).to.be.above(20);
      for (let nth = 1; nth <= planned; nth += 1) {
        const about = `${disaster}: call ${nth} of ${planned}, ${whole.calls.log[nth - 1]?.call ?? ''}`;
        const world = worldBefore();
        strike(world, nth);
        await untilRestored(world, INPUT, about);
        expectRestored(world, INPUT, about);
        expect(keysOf(world, VAULT), about).to.deep.equal(before);
      }
    });

  it('17.7: reads the retained bucket of an earlier launch, and says in the message where it read', async () => {
    const world = worldBefore(RETAINED);
    const input = { SnapshotPrefix: `s3://${RETAINED}/snapshots/${SEALED_RUN}/` };
    expect(await world.import(input)).to.include({ status: 'SUCCEEDED' });
    expectRestored(world, { SnapshotPrefix: `s3://${RETAINED}/` }, 'retained');
    const body = world.messages.at(-1)?.body.replaceAll(/\s+/g, ' ');
    expect(body)
      .to.include(`It read the export ${SEALED_RUN} from its snapshot in s3://${RETAINED}/.`)
      .and.include('no table vouches for it');
  });

  it('17.7: refuses any other bucket before anything else', async () => {
    const world = worldBefore();
    const ended = await world.import({ SnapshotPrefix: 's3://somebodys-bucket/' });
    expect(ended).to.include({ status: 'FAILED', error: 'InvalidInput' });
    expect(ended.cause).to.match(/a prefix of a bucket that the functions of this launch may not read/);
    expect(world.invoked).to.deep.equal(['CheckStateMachine', 'MessageBroker']);
    expect([...world.buckets.keys()]).to.deep.equal([VAULT]);
  });

  it('17.7: goes on from the same place only', async () => {
    const world = worldBefore();
    world.stopOnKill = true;
    const whole = worldBefore();
    await whole.import(INPUT);
    const started = whole.calls.log.findIndex(({ call }) => call === 'jobs.startJob') + 1;
    world.calls.killAt(started, 'after');
    await world.import(INPUT).catch((error: unknown) => expect(error).to.be.instanceOf(Stopped));
    expect(world.head()?.phase).to.equal('writing');
    for (const base of ['', 'adopted/']) {
      const ended = await world.import({ SnapshotPrefix: `s3://${RETAINED}/${base}` });
      expect(ended).to.include({ status: 'FAILED', error: 'InvalidInput' });
      expect(ended.cause).to.include('Start without "SnapshotPrefix" to continue it');
    }
    expect(await world.import(INPUT)).to.include({ status: 'SUCCEEDED' });
    expectRestored(world, INPUT, 'continued');
  });

  it('17.7: a dry run says where it read, and writes nothing to the pool', async () => {
    const world = worldBefore();
    expect(await world.import({ ...INPUT, DryRun: true })).to.include({ status: 'SUCCEEDED' });
    expect(world.target.users.size + world.target.groups.size).to.equal(0);
    expect(world.messages.at(-1)?.body.replaceAll(/\s+/g, ' ')).to.include(
      `from its snapshot in s3://${VAULT}/. This backup holds 6 users`,
    );
  });

  it('17.7: ends with its own error for damage, names the place, and has written nothing to the pool', async () => {
    const world = worldBefore();
    const key = `snapshots/${SEALED_RUN}/segment-3.ndjson.gz`;
    const vault = world.bucket(VAULT);
    putRaw(vault, key, Buffer.concat([vault.stored.get(key)?.body as Uint8Array, Buffer.from('x')]));
    const ended = await world.import(INPUT);
    expect(ended).to.include({ status: 'FAILED', error: 'SnapshotDamaged' });
    expect(ended.cause).to.include('In s3://my-vault/: The object snapshots/');
    expect(world.target.users.size + world.target.groups.size).to.equal(0);
  });
});
