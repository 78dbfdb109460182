import { expect } from 'chai';
import type { PoolUser } from '../../../source/domain/model.ts';
import { addGroups, addUsers } from '../world/builders.ts';
import { WorkflowWorld } from '../workflows/workflow-world.ts';
import { healthyCli } from './healthy.ts';
import type { InstalledCli } from './installed.ts';

export const DAY_MS = 86_400_000;

/** A command line beside the snapshots that some nights have left in the primary Region. */
export interface KeptNights {
  readonly cli: InstalledCli;
  /** Ids of the runs, the oldest first. */
  readonly runs: readonly string[];
  readonly world: WorkflowWorld;
}

/** Four nights: nothing, three users deleted, a script that empties a name of 40 %, a group deleted. */
export async function fourNights(): Promise<KeptNights> {
  const world = new WorkflowWorld();
  world.retentionDays = 30;
  const { source } = world;
  addUsers(source, 100);
  addGroups(source, [60, 20]);
  const night = async (): Promise<void> => {
    expect(await world.export({ AllowMassChange: true, AllowMassDelete: true })).to.include({ status: 'SUCCEEDED' });
    await world.clock.sleep(DAY_MS);
  };
  await night();
  for (const name of ['user3', 'user50', 'user99']) source.remove(name);
  await night();
  for (let n = 10; n < 50; n += 1) {
    const user = source.find(`user${n}`) as PoolUser;
    source.put({ ...user, attributes: { ...user.attributes, name: '' }, modified: '2026-05-05T05:05:05.000Z' });
  }
  await night();
  source.removeGroup('group1');
  await night();
  const cli = healthyCli();
  cli.objects.clear();
  for (const [key, { body }] of world.objects.stored) if (key.startsWith('snapshots/')) cli.put('us-east-1', key, body);
  const runs = [...world.objects.stored.keys()].flatMap((key) => /^snapshots\/([^/]+)\/manifest/.exec(key)?.[1] ?? []);
  return { cli, runs: runs.sort(), world };
}
