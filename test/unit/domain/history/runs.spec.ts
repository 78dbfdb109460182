import { expect } from 'chai';
import { snapshotManifestKey } from '../../../../source/domain/backup/snapshot/names.ts';
import { readSnapshotManifest } from '../../../../source/domain/backup/snapshot/read.ts';
import { keepManifest } from '../../../../source/domain/backup/snapshot/thinned.ts';
import { joinRegions, runsIn, runsNamed } from '../../../../source/domain/history/runs.ts';
import type { KeptRunFacts } from '../../../../source/domain/history/runs.ts';
import { addUsers } from '../../../support/world/builders.ts';
import { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';

async function threeExports(): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  world.retentionDays = 30;
  addUsers(world.source, 30);
  await world.export();
  await world.clock.sleep(86_400_000);
  await world.export();
  await world.clock.sleep(86_400_000);
  for (let n = 0; n < 25; n += 1) world.source.remove(`user${n}`);
  expect(await world.export()).to.include({ error: 'MassDeleteRefused' });
  return world;
}

describe('Runs that are kept', () => {
  it('are sealed, refused, interrupted or damaged, the newest first', async () => {
    const world = await threeExports();
    const runs = joinRegions([await runsIn(world.objects, 'us-east-1')]);
    expect(runs.map(({ state }) => state)).to.deep.equal(['refused', 'sealed', 'sealed']);
    expect(runs.map(({ manifest }) => manifest?.counts.users)).to.deep.equal([5, 30, 30]);
    // What a refused run would have done is what shows when the damage was done.
    expect(runs[0]?.manifest).to.deep.include({ refused: 'MassDeleteRefused' });
    expect(runs[0]?.manifest?.deleted.users).to.equal(25);
    const [, second, first] = runs.map(({ runId }) => runId) as [string, string, string];
    world.objects.stored.delete(snapshotManifestKey(second));
    const key = [...world.objects.stored.keys()].find((stored) => stored.startsWith(`snapshots/${first}/segment`));
    world.objects.stored.delete(key as string);
    expect(joinRegions([await runsIn(world.objects, 'us-east-1')]).map(({ state }) => state)).to.deep.equal([
      'refused',
      'interrupted',
      'damaged',
    ]);
  });

  it('are known by their manifests alone where their snapshots were thinned out', async () => {
    const world = await threeExports();
    const [, second, first] = joinRegions([await runsIn(world.objects, 'us-east-1')]).map(({ runId }) => runId) as [
      string,
      string,
      string,
    ];
    for (const runId of [second, first]) {
      const manifest = await readSnapshotManifest(world.objects, runId);
      await keepManifest(world.objects, manifest as NonNullable<typeof manifest>);
    }
    // Thinned long ago; the other one was thinned just now, and expires within a day.
    for (const key of [...world.objects.stored.keys()])
      if (key.startsWith(`snapshots/${second}/`)) world.objects.stored.delete(key);
    const runs = joinRegions([await runsIn(world.objects, 'us-east-1')]);
    expect(runs.map(({ runId, state, regions }) => [runId, state, regions.length]).slice(1)).to.deep.equal([
      [second, 'sealed', 0],
      [first, 'sealed', 1],
    ]);
    expect(runs[1]?.manifest?.counts.users).to.equal(30);
  });

  it('are joined over the Regions: one whole snapshot is enough', async () => {
    const world = await threeExports();
    const here = joinRegions([await runsIn(world.objects, 'us-east-1')]);
    const there: KeptRunFacts[] = here.slice(1).map((run) => ({ ...run, regions: ['eu-west-1'] }));
    const broken: KeptRunFacts[] = here.map(({ runId }) => ({ runId, state: 'damaged', regions: [] }));
    expect(joinRegions([here, there]).map(({ regions }) => regions)).to.deep.equal([
      ['us-east-1'],
      ['us-east-1', 'eu-west-1'],
      ['us-east-1', 'eu-west-1'],
    ]);
    expect(joinRegions([broken, there]).map(({ state, regions }) => [state, regions])).to.deep.equal([
      ['damaged', []],
      ['sealed', ['eu-west-1']],
      ['sealed', ['eu-west-1']],
    ]);
  });

  it('are found by the beginning of their id', async () => {
    const world = await threeExports();
    const runs = joinRegions([await runsIn(world.objects, 'us-east-1')]);
    const [newest] = runs as [KeptRunFacts];
    expect(runsNamed(runs, newest.runId.slice(0, 8))).to.deep.equal([newest]);
    expect(runsNamed(runs, newest.runId.slice(0, 4))).to.have.length(3);
    expect(runsNamed(runs, '1999')).to.deep.equal([]);
  });
});
