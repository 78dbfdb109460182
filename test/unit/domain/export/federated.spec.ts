import { expect } from 'chai';
import { readFederated } from '../../../../source/domain/backup/federated/read.ts';
import type { FederatedUser } from '../../../../source/domain/backup/federated/federated-users.ts';
import type { KeptFederated } from '../../../../source/domain/backup/federated/kept-federated.ts';
import { manifestKey } from '../../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../../source/domain/backup/manifest.ts';
import { FEDERATED_NAME, snapshotKey } from '../../../../source/domain/backup/snapshot/names.ts';
import type { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { independentSeal, sumOfChecksums } from '../../../support/export/expected-table.ts';
import { ExportRunner, POOL_ID } from '../../../support/export/export-runner.ts';
import type { ExportOptions } from '../../../support/export/export-runner.ts';
import { rejection } from '../../../support/rejection.ts';
import { federatedUser } from '../../../support/workflows/federated-world.ts';
import { addUsers, aGroup } from '../../../support/world/builders.ts';
import { World } from '../../../support/world/world.ts';

const GROUPS = ['staff', 'night', `${POOL_ID}_Corp`];

function federatedPool(world: World, count: number): MemoryPool {
  const pool = world.pool(POOL_ID);
  addUsers(pool, 5);
  for (const name of GROUPS) pool.putGroup(aGroup({ name }));
  for (let n = 0; n < count; n += 1) {
    const { username } = federatedUser('Corp', `Id.${n}`);
    pool.put(federatedUser('Corp', `Id.${n}`));
    pool.join(username, GROUPS[2] as string);
    if (n % 3 === 0) pool.join(username, 'staff');
  }
  return pool;
}

const run = (world: World, options: ExportOptions = {}): Promise<{ readonly runId: string }> =>
  new ExportRunner(world, options).run();

const manifestOf = (world: World, runId: string): Manifest =>
  world.table.peek(manifestKey(runId)) as unknown as Manifest;

/** What a reader finds, by sub; from the table, or from the snapshot alone. */
async function kept(
  world: World,
  runId: string,
  from: 'table' | 'snapshot' = 'table',
): Promise<Map<string, FederatedUser>> {
  const { federated } = manifestOf(world, runId);
  const users = new Map<string, FederatedUser>();
  const source = { ...(from === 'table' ? { table: world.table } : {}), objects: world.objects, runId };
  for await (const some of readFederated(source, federated as KeptFederated)) {
    if ('missing' in some) throw new Error(`${some.missing} users are missing`);
    for (const user of some) users.set(user.sub, user);
  }
  return users;
}

const federatedItems = (world: World): string[] =>
  world.table
    .all()
    .filter(({ id }) => id.startsWith('FEDERATED#'))
    .map(({ id, type }) => `${id} ${type}`)
    .sort();

describe('17.3: users of identity providers in the backup', () => {
  it('17.3: are kept with their groups in table and snapshot, and no other count or checksum changes', async () => {
    const world = new World();
    const pool = federatedPool(world, 40);
    const { runId } = await run(world);
    for (const from of ['table', 'snapshot'] as const) {
      const users = await kept(world, runId, from);
      expect(users.size, from).to.equal(40);
      const one = users.get(pool.find('corp_id.3')?.sub ?? '');
      expect(one).to.deep.include({ username: 'corp_id.3', groups: ['staff'], enabled: true });
      expect(one?.attributes.identities).to.contain('"Id.3"');
    }
    const sealed = manifestOf(world, runId);
    expect(sealed.federated).to.include({ users: 40, memberships: 14 });
    const { counts, checksum } = independentSeal(world.table);
    expect(sealed.counts).to.deep.equal(counts).and.include({ users: 5 });
    expect(sumOfChecksums(sealed.checksums)).to.equal(checksum);
    expect(sealed.snapshot?.objects.map(({ name }) => name)).to.not.include(FEDERATED_NAME);
    expect(await world.objects.get(snapshotKey(runId, FEDERATED_NAME))).to.not.equal(undefined);
  });

  it('17.3: an unchanged run writes none of them, a changed one the parts of those who changed, and takes the old ones away', async () => {
    const world = new World();
    const pool = federatedPool(world, 100);
    await run(world);
    const before = federatedItems(world);
    await run(world);
    expect(federatedItems(world)).to.deep.equal(before);
    pool.put({ ...federatedUser('Corp', 'Id.7'), modified: '2026-01-01T00:00:00.000Z' });
    await run(world);
    expect(federatedItems(world), 'a sign-in alone changes nothing').to.deep.equal(before);
    pool.put(federatedUser('Corp', 'Id.7', { attributes: { nickname: 'new' } }));
    pool.remove('corp_id.9');
    const { runId } = await run(world);
    const after = federatedItems(world);
    expect(before.filter((key) => !after.includes(key)).length).to.be.within(1, 2);
    expect((await kept(world, runId)).size).to.equal(99);
    expect(manifestOf(world, runId).federated?.deletedLately).to.have.length(1);
  });

  it('17.3: the mass-delete guard counts them apart, with the runs of the last day, and lets pass what is allowed', async () => {
    const world = new World();
    const pool = federatedPool(world, 100);
    const first = await run(world);
    for (let n = 0; n < 15; n += 1) pool.remove(`corp_id.${n}`);
    await run(world);
    for (let n = 15; n < 30; n += 1) pool.remove(`corp_id.${n}`);
    const error = await rejection(run(world));
    expect(error.name).to.equal('MassDeleteRefused');
    expect(error.message).to.match(
      /identity providers, 30 of 100 users \(30\.0 %\), 15 of them by exports of the last 24 hours/,
    );
    expect(error.message).to.contain('{"AllowMassDelete": true}');
    const { runId } = await run(world, { allowMassDelete: true });
    expect((await kept(world, runId)).size).to.equal(70);
    expect((await kept(world, first.runId, 'snapshot')).size, 'the first snapshot is as it was').to.equal(100);
    pool.remove('corp_id.50');
    await run(world);
  });

  it('17.3: a pool of nobody but users of providers that was emptied never changes the backup', async () => {
    const world = new World();
    const pool = world.pool(POOL_ID);
    for (let n = 0; n < 3; n += 1) pool.put(federatedUser('Corp', `Id.${n}`));
    const { runId } = await run(world);
    for (let n = 0; n < 3; n += 1) pool.remove(`corp_id.${n}`);
    expect((await rejection(run(world, { allowMassDelete: true }))).name).to.equal('SourcePoolEmpty');
    expect((await kept(world, runId)).size).to.equal(3);
  });

  it('17.3: a damaged or lost item is written anew by the next run, and a reader takes the snapshot meanwhile', async () => {
    const world = new World();
    federatedPool(world, 40);
    const { runId } = await run(world);
    const [lost, damaged] = world.table.all().filter(({ id }) => id.startsWith('FEDERATED#'));
    await world.table.deleteItems([lost as never]);
    await world.table.putItems([{ ...(damaged as object), data: 'AAAA' } as never]);
    expect((await kept(world, runId)).size).to.equal(40);
    await world.objects.deleteAll([snapshotKey(runId, FEDERATED_NAME)]);
    expect((await rejection(kept(world, runId))).message).to.contain('missing');
    const next = await run(world);
    expect((await kept(world, next.runId)).size).to.equal(40);
  });
});
