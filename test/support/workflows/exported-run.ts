import { expect } from 'chai';
import { readSnapshotManifest } from '../../../source/domain/backup/snapshot/read.ts';
import type { RunItems } from '../../../source/domain/history/run-items.ts';
import type { WorkflowWorld } from './workflow-world.ts';

/** Exports the pool, whatever it has lost, and gives the run with its snapshot; a minute passes. */
export async function exportedRun(world: WorkflowWorld): Promise<RunItems> {
  expect(await world.export({ AllowMassChange: true, AllowMassDelete: true })).to.include({ status: 'SUCCEEDED' });
  await world.clock.sleep(60_000);
  return newestRun(world);
}

/** The newest run that has a snapshot, a refused one too. */
export async function newestRun({ objects }: WorkflowWorld): Promise<RunItems> {
  const runs = [...objects.stored.keys()].flatMap((key) => /^snapshots\/([^/]+)\/manifest/.exec(key)?.[1] ?? []);
  const manifest = await readSnapshotManifest(objects, runs.sort().at(-1) as string);
  return { manifest: manifest as NonNullable<typeof manifest>, objects };
}
