import { expect } from 'chai';
import { LATEST_KEY } from '../../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../../source/domain/backup/manifest.ts';
import type { RestoreOutcome } from '../../../../source/domain/import/plan/outcome.ts';
import type { EndedExecution } from '../../../../tools/simulation/workflow/run-workflow.ts';
import { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';

/** A backup of 40 users; then 30 of them are gone, one is new, and an export is refused. */
async function refused(): Promise<{ readonly world: WorkflowWorld; readonly sealed: string; readonly runId: string }> {
  const world = new WorkflowWorld();
  addUsers(world.source, 40);
  addGroups(world.source, [3]);
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  for (let n = 0; n < 30; n += 1) world.source.remove(`user${n}`);
  addUsers(world.source, 1, { prefix: 'new' });
  world.clock.advance(24 * 3600 * 1000);
  expect(await world.export()).to.include({ status: 'FAILED', error: 'MassDeleteRefused' });
  const sealed = world.table.peek(LATEST_KEY)?.runId as string;
  const [key = ''] = [...world.objects.stored.keys()].filter(
    (name) => name.endsWith('/manifest.json') && name.startsWith('snapshots/') && !name.includes(sealed),
  );
  return { world, sealed, runId: world.objects.json<Manifest>(key).runId };
}
const body = (world: WorkflowWorld): string => world.messages.at(-1)?.body.replaceAll(/\s+/g, ' ') ?? '';
const REMARK =
  /The export \S+ was refused \(MassDeleteRefused: it would have deleted more than MaxDeletePercent allows\), so it never became the backup/;

describe('A run that a guard refused', () => {
  it('A: is restored by its id, and report and message say that it was refused and why', async () => {
    const { world, runId } = await refused();
    const ended = await world.import({ ExportRun: runId });
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    const outcome = ended.output as RestoreOutcome;
    expect(outcome).to.deep.include({ outcome: 'complete', exportRun: runId, source: 'snapshot' });
    expect([...world.target.users.keys()])
      .to.have.length(11)
      .and.include('new0');
    expect(outcome.remarks?.[0]).to.match(REMARK).and.include(runId);
    expect(body(world)).to.match(REMARK);
    const [report = ''] = outcome.report.keys;
    expect(world.objects.json<{ readonly notes: string[] }>(report).notes[0]).to.match(REMARK);
  });

  it('A: says so in a dry run, too', async () => {
    const { world, runId } = await refused();
    const ended = await world.import({ ExportRun: runId, DryRun: true });
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(body(world)).to.match(REMARK);
    const [report = ''] = (ended.output as { readonly reportKeys: readonly string[] }).reportKeys;
    expect(world.objects.json<{ readonly notes: string[] }>(report).notes[0]).to.match(REMARK);
  });

  it('A: is never what a restore without its id brings back, and is marked in the list of kept runs', async () => {
    const { world, sealed, runId } = await refused();
    const other: EndedExecution = await world.import({ ExportRun: '20200101T000000Z-00000000' });
    expect(other).to.include({ error: 'ExportRunNotFound' });
    expect(other.cause).to.include(`Kept, the newest first: ${runId} (refused), ${sealed}.`);
    // The table is damaged: the newest sealed run is what is left.
    for (const item of world.table.all()) if (item.type === 'PROFILE') world.table.take(item);
    const ended = await world.import();
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(ended.output).to.include({ exportRun: sealed, source: 'snapshot' });
    expect(world.target.users.size).to.equal(40);
    expect(body(world)).to.include('The snapshot that this Region keeps of the same export');
  });
});
