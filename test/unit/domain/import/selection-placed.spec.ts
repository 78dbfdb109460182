import { expect } from 'chai';
import { putRaw } from '../../../support/import/kept-snapshot.ts';
import { putRequest, reportOfSelection, resultsOf, select } from '../../../support/import/selections.ts';
import { SOURCE, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { aUser } from '../../../support/world/builders.ts';

const VAULT = 'my-vault';
const PLACE = { SnapshotPrefix: `s3://${VAULT}/` };

/** A launch without a backup of its own; in the vault lie two runs of another one, by whose second `ana` is gone. */
async function vaultOfTwoRuns(): Promise<{ readonly world: WorkflowWorld; readonly runs: readonly [string, string] }> {
  const world = new WorkflowWorld();
  world.vaultBucket = VAULT;
  for (const username of ['ana', 'ben'])
    world.source.put(aUser({ username, attributes: { email: `${username}@example.test`, email_verified: 'true' } }));
  world.source.putGroup({ name: 'staff', description: 'Everybody' });
  for (const username of ['ana', 'ben']) world.source.join(username, 'staff');
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  world.source.remove('ana');
  await world.clock.sleep(86_400_000);
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  const folders = [...world.objects.stored.keys()].filter((key) => key.startsWith('snapshots/'));
  const [first = '', second = ''] = [...new Set(folders.map((key) => key.split('/')[1] ?? ''))].sort();
  for (const [key, { body }] of world.objects.stored)
    if (key.startsWith('snapshots/')) putRaw(world.bucket(VAULT), key, body);
  world.objects.stored.clear();
  world.table.clear();
  return { world, runs: [first, second] };
}

describe('A selection from a snapshot in another bucket', () => {
  it('17.7: takes whom it names from the newest run there, and from no table', async () => {
    const { world, runs } = await vaultOfTwoRuns();
    world.source.remove('ben');
    const before = [...world.bucket(VAULT).stored.keys()];
    const id = await putRequest(world, { users: [{ name: 'ben' }], groups: [{ name: 'staff' }], existing: 'skip' });
    const dry = await select(world, id, { ...PLACE, DryRun: true });
    expect(dry, dry.cause).to.include({ status: 'SUCCEEDED' });
    expect(world.source.find('ben')).to.equal(undefined);
    expect(await select(world, id, PLACE)).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id)).to.include('ben created').and.to.include('staff ben created');
    expect(world.source.find('ben')?.attributes).to.include({ email: 'ben@example.test' });
    expect(reportOfSelection(world, id).notes.join(' '))
      .to.include(`SnapshotPrefix names s3://${VAULT}/: the export ${runs[1]}`)
      .and.include('no table vouches for it');
    expect([...world.bucket(VAULT).stored.keys()]).to.deep.equal(before);
    expect(world.writer.sentToUsers).to.deep.equal([]);
  });

  it('17.7: takes each from the run that the request or the input names', async () => {
    for (const named of ['request', 'input', 'folder'] as const) {
      const { world, runs } = await vaultOfTwoRuns();
      const [run] = runs;
      const id = await putRequest(world, { users: [{ name: 'ana', ...(named === 'request' ? { run } : {}) }] });
      const ended = await select(world, id, {
        ...(named === 'folder' ? { SnapshotPrefix: `s3://${VAULT}/snapshots/${run}/` } : PLACE),
        ...(named === 'input' ? { ExportRun: run } : {}),
      });
      expect(ended, named).to.include({ status: 'SUCCEEDED' });
      expect(resultsOf(world, id), named).to.include('ana created');
    }
  });

  it('17.7: whom the newest run lacks is told, and a run that is not there', async () => {
    const { world } = await vaultOfTwoRuns();
    const id = await putRequest(world, { users: [{ name: 'ana' }] });
    expect(await select(world, id, PLACE)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(resultsOf(world, id)).to.deep.equal(['ana notInBackup']);
    const run = '20200101T000000Z-0a1b2c3d';
    const missing = await putRequest(world, { users: [{ name: 'ben', run }] });
    const ended = await select(world, missing, PLACE);
    expect(ended).to.include({ status: 'FAILED', error: 'ExportRunNotFound' });
    expect(ended.cause).to.include(`no snapshot of the export ${run} in s3://${VAULT}/`);
  });

  it('17.7: another bucket is refused before the request is read', async () => {
    const { world } = await vaultOfTwoRuns();
    const id = await putRequest(world, { users: [{ name: 'ben' }] });
    const ended = await select(world, id, { SnapshotPrefix: 's3://somebodys-bucket/' });
    expect(ended).to.include({ status: 'FAILED', error: 'InvalidInput' });
    expect(ended.cause).to.include('may not read');
  });

  it('17.7: a name that nobody has may be a sub', async () => {
    const { world } = await vaultOfTwoRuns();
    const { sub = '' } = world.source.find('ben') ?? {};
    world.source.remove('ben');
    const id = await putRequest(world, { users: [{ name: sub }] });
    expect(await select(world, id, { ...PLACE, pool: SOURCE })).to.include({ status: 'SUCCEEDED' });
    expect(world.source.find('ben')).to.be.an('object');
  });
});
