import { expect } from 'chai';
import { readFederated } from '../../../source/domain/backup/federated/read.ts';
import { manifestKey } from '../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { ExportRunner, POOL_ID } from '../../support/export/export-runner.ts';
import { federatedUser } from '../../support/workflows/federated-world.ts';
import { addUsers, aGroup } from '../../support/world/builders.ts';
import { World } from '../../support/world/world.ts';

const USERS = 8;

/** A sealed run with one user of a provider less and another group: what follows deletes, changes and adds parts. */
async function changedWorld(): Promise<World> {
  const world = new World();
  const pool = world.pool(POOL_ID);
  addUsers(pool, 2);
  pool.putGroup(aGroup());
  for (let n = 1; n <= USERS; n += 1) pool.put(federatedUser('Corp', `Id.${n}`));
  await new ExportRunner(world).run();
  pool.remove('corp_id.1');
  pool.put(federatedUser('Corp', 'Id.9'));
  pool.join('corp_id.2', 'staff');
  return world;
}

async function keptIn(world: World, runId: string): Promise<string[]> {
  const { federated } = world.table.peek(manifestKey(runId)) as unknown as Manifest;
  const names: string[] = [];
  for await (const users of federated === undefined
    ? []
    : readFederated({ table: world.table, objects: world.objects, runId }, federated))
    for (const { username, groups } of 'missing' in users ? [] : users) names.push([username, ...groups].join(' '));
  return names.sort();
}

describe('Users of identity providers in an export that is killed', function () {
  this.timeout(120_000);

  it('17.3: are all in the next run, and no part is left that nobody names, whichever call was the last', async () => {
    const calm = await changedWorld();
    const from = calm.calls.count;
    await new ExportRunner(calm).run();
    const log = calm.calls.log.slice(from).map(({ call }) => call);
    const first = log.indexOf('table.scanPage');
    expect(first).to.be.above(0);
    for (let nth = first; nth <= log.length; nth += 1) {
      const world = await changedWorld();
      world.calls.killAt(nth, nth % 2 === 0 ? 'before' : 'after');
      await new ExportRunner(world).run().catch(() => undefined);
      world.calls.revive();
      const { runId } = await new ExportRunner(world).run();
      const about = `killed at call ${nth}: ${log[nth - 1] ?? ''}`;
      const expected = [2, 3, 4, 5, 6, 7, 8, 9].map((n) => `corp_id.${n}${n === 2 ? ' staff' : ''}`);
      expect(await keptIn(world, runId), about).to.deep.equal(expected);
      const items = world.table.all().filter(({ id }) => id.startsWith('FEDERATED#'));
      const { federated } = world.table.peek(manifestKey(runId)) as unknown as Manifest;
      expect(items, about).to.have.length(federated?.parts.length ?? 0);
    }
  });
});
