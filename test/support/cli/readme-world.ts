import { addGroups, addUsers } from '../world/builders.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import { WorkflowWorld } from '../workflows/workflow-world.ts';
import { healthyCli } from './healthy.ts';
import type { InstalledCli } from './installed.ts';

const DAY_MS = 86_400_000;

/** The backup of which README shows what `damage` finds: of 200 users a script emptied the name of 80, the night before. */
export async function readmeCli(): Promise<InstalledCli> {
  const world = new WorkflowWorld();
  const { source, clock } = world;
  addUsers(source, 200);
  addGroups(source, [60]);
  const cli = healthyCli();
  cli.objects.clear();
  await world.export();
  await clock.sleep(DAY_MS);
  for (let n = 0; n < 80; n += 1) {
    const user = source.find(`user${n}`) as PoolUser;
    source.put({ ...user, attributes: { ...user.attributes, name: '' }, modified: '2026-05-05T05:05:05.000Z' });
  }
  await world.export();
  for (const [key, { body }] of world.objects.stored) if (key.startsWith('snapshots/')) cli.put('us-east-1', key, body);
  cli.clock.advance(2 * DAY_MS);
  cli.cloud.on('DescribeUserPool', () => ({ UserPool: { UserPoolTier: 'PLUS' } }));
  return cli;
}
