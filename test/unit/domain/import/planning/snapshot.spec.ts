import { expect } from 'chai';
import { itemKind, membershipItem, userKey } from '../../../../../source/domain/backup/items.ts';
import type { Manifest, SnapshotObject } from '../../../../../source/domain/backup/manifest.ts';
import type { RestoreUser } from '../../../../../source/domain/import/plan/plan-model.ts';
import type { TableItem } from '../../../../../source/domain/ports.ts';
import { keepSnapshot, putRaw, putSnapshotObject, snapshotKeyOf } from '../../../../support/import/kept-snapshot.ts';
import { PlanningWorld } from '../../../../support/import/planning-world.ts';
import { manifestOf, SEALED_RUN, sealBackup } from '../../../../support/import/sealed-backup.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addGroups, addUsers, aGroup, aUser } from '../../../../support/world/builders.ts';

const FROM_SNAPSHOT = { exportRun: SEALED_RUN };

/** A pool whose run is kept; since then the table has gone on. */
function kept(late?: (item: TableItem) => boolean): { readonly world: PlanningWorld; readonly manifest: Manifest } {
  const world = new PlanningWorld();
  addUsers(world.source, 30, { disabled: 0.2 });
  addGroups(world.source, [3, 30, 0]);
  world.source.put(aUser({ username: 'noverified', attributes: { email: 'y@example.test', email_verified: 'false' } }));
  const manifest = keepSnapshot(world.objects, world.table, sealBackup(world.table, world.source), late);
  const { id } = userKey(world.source.find('user7')?.sub as string);
  for (const item of world.table.all()) if (item.id === id) void world.table.deleteItems([{ id, type: item.type }]);
  world.table.seed({
    ...userKey('not-of-this-run'),
    username: 'late',
    attributes: {},
    enabled: true,
    status: 'CONFIRMED',
    created: '',
    modified: '',
  });
  return { world, manifest };
}
const manifestKey = snapshotKeyOf(SEALED_RUN, 'manifest.json');
const bytesOf = (world: PlanningWorld, key: string): Uint8Array => world.objects.stored.get(key)?.body as Uint8Array;

/** Every user of the plan with the names of its groups. */
function planned(world: PlanningWorld): Record<string, string[]> {
  const groups = world.groups();
  const users = [
    ...world.chunkUsers().flat(),
    ...world.batchOps().flatMap(({ ops }) => ops.flatMap((op) => (op.op === 'create' ? [op.user] : []))),
  ];
  return Object.fromEntries(
    users.map((user: RestoreUser) => [user.name, user.groups.map((group) => groups[group]?.name as string).sort()]),
  );
}

function wanted(world: PlanningWorld): Record<string, string[]> {
  const groups = [...world.source.groups.values()];
  return Object.fromEntries(
    [...world.source.users.keys()].map((name) => [
      name,
      groups
        .filter(({ members }) => members.has(name))
        .map(({ group }) => group.name)
        .sort(),
    ]),
  );
}

async function refusal(world: PlanningWorld): Promise<string> {
  const error = await rejection(world.scan({ ...FROM_SNAPSHOT, acceptIncomplete: true }));
  expect(error.name).to.equal('SnapshotDamaged');
  expect(error.message).not.to.match(/user\d|example\.test/);
  expect([...world.target.users.keys(), ...world.newUsersQueue.sent, ...world.updatesQueue.sent]).to.deep.equal([]);
  return error.message;
}

describe('planning from a snapshot', () => {
  it('plans exactly the kept run, whatever the table holds now', async () => {
    const { world, manifest } = kept();
    expect(await world.scan(FROM_SNAPSHOT)).to.deep.include({
      done: true,
      exportRun: SEALED_RUN,
      source: 'snapshot',
      backup: manifest.counts,
      byCsv: 30,
      oneByOne: 1,
    });
    expect(planned(world)).to.deep.equal(wanted(world));
    expect(world.plan().runId).to.equal(SEALED_RUN);
    expect(world.plan().notes).to.have.length(1);
    expect(world.plan().notes[0]).to.match(/^1 of 31 users cannot use "forgot password"/);
    expect(world.calls.countOf('table.scanPage')).to.equal(0);
    expect([...world.objects.stored.keys()].filter((key) => key.includes('/spool/'))).to.deep.equal([]);
  });

  it('brings users together with their memberships where the export kept some of them late', async () => {
    for (const late of [
      (item: TableItem) => itemKind(item) === 'user' && /[0-7]$/.test(item.id),
      (item: TableItem) => itemKind(item) === 'membership' && /[0-7]$/.test(item.id),
      (item: TableItem) => item.type === 'MEMBER_OF#group0' || (itemKind(item) === 'user' && /[0-7]$/.test(item.id)),
      (item: TableItem) => item.id.startsWith('USER#'),
      () => true,
    ]) {
      const { world } = kept(late);
      expect(await world.scan(FROM_SNAPSHOT)).to.include({ done: true });
      expect(planned(world)).to.deep.equal(wanted(world));
      expect(world.plan().counts.membershipsWithoutUser).to.equal(0);
    }
  });

  it('counts memberships whose user is not in the snapshot, kept late or not', async () => {
    for (const late of [() => false, (item: TableItem) => item.type === 'MEMBER_OF#ghosts']) {
      const world = new PlanningWorld();
      addUsers(world.source, 5);
      world.source.putGroup(aGroup({ name: 'ghosts' }));
      world.source.join('user1', 'ghosts');
      sealBackup(world.table, world.source);
      for (const sub of ['gone-1', 'gone-2']) world.table.seed(membershipItem(sub, 'ghosts', SEALED_RUN));
      keepSnapshot(world.objects, world.table, manifestOf(world.source, world.table.all()), late);
      await world.scan(FROM_SNAPSHOT);
      expect(world.plan().counts).to.include({ membershipsWithoutUser: 2, memberships: 1 });
      expect(planned(world)).to.deep.equal(wanted(world));
    }
  });

  it('goes on object by object over many invocations', async () => {
    const { world } = kept((item) => itemKind(item) === 'user' && /[0-7]$/.test(item.id));
    world.calls.latencies['objects.read'] = 250_000;
    let rounds = 1;
    for (let result = await world.scan(FROM_SNAPSHOT); !result.done; result = await world.scan(FROM_SNAPSHOT))
      rounds += 1;
    expect(rounds).to.be.at.least(6);
    expect(planned(world)).to.deep.equal(wanted(world));
  });

  it('halts for any damage to any object, and nothing is planned', async () => {
    const names =
      kept()
        .manifest.snapshot?.objects.filter(({ items }) => items > 0)
        .map(({ name }) => name) ?? [];
    expect(names).to.have.length.of.at.least(4);
    for (const name of names) {
      const key = snapshotKeyOf(SEALED_RUN, name);
      for (const damage of ['flipped', 'truncated', 'missing', 'longer'] as const) {
        const { world } = kept();
        const body = bytesOf(world, key);
        const middle = body.length >> 1;
        if (damage === 'missing') world.objects.stored.delete(key);
        else
          putRaw(
            world.objects,
            key,
            damage === 'truncated'
              ? body.subarray(0, -1)
              : damage === 'longer'
                ? Buffer.concat([body, body])
                : body.map((byte, at) => (at === middle ? byte ^ 1 : byte)),
          );
        expect(await refusal(world), damage).to.include(key);
      }
    }
  });

  it('halts when the objects are whole but not those of the manifest', async () => {
    const dropped = kept();
    putRaw(
      dropped.world.objects,
      manifestKey,
      JSON.stringify({ ...dropped.manifest, snapshot: { objects: dropped.manifest.snapshot?.objects.slice(1) } }),
    );
    expect(await refusal(dropped.world)).to.match(
      /hold \d+ users, \d+ groups and \d+ memberships, the export sealed 31 users, 3 groups and 33 memberships, and \d+ of 256 checksums differs?/,
    );

    // One item exchanged by somebody who also adjusted size, SHA-256 and number in manifest.json.
    const forged = kept();
    const items = forged.world.table
      .all()
      .filter((item) => itemKind(item) === 'group')
      .map((item) => ({ ...item, precedence: 99 }));
    const others = forged.manifest.snapshot?.objects ?? [];
    const victim = others[0] as SnapshotObject;
    const object = putSnapshotObject(forged.world.objects, SEALED_RUN, victim.name, items);
    putRaw(
      forged.world.objects,
      manifestKey,
      JSON.stringify({
        ...forged.manifest,
        snapshot: { objects: others.map((other) => (other.name === victim.name ? object : other)) },
      }),
    );
    expect(await refusal(forged.world)).to.include('do not match their manifest');
  });

  it('notes a table that knows nothing of the run', async () => {
    const { world } = kept();
    world.table.clear();
    await world.scan(FROM_SNAPSHOT);
    expect(world.plan().notes.join()).to.match(/has no manifest of the export/);
    expect(planned(world)).to.deep.equal(wanted(world));
  });

  it('makes a dry run, whose report names the run', async () => {
    const { world } = kept();
    const result = await world.scan({ ...FROM_SNAPSHOT, dryRun: true });
    expect(result).to.include({ done: true, dryRun: true, exportRun: SEALED_RUN, source: 'snapshot' });
    const [report] = (result as { readonly reportKeys?: readonly string[] }).reportKeys as [string];
    expect(world.objects.json(report)).to.deep.include({ dryRun: true, exportRun: SEALED_RUN, source: 'snapshot' });
    expect(world.newUsersQueue.sent).to.deep.equal([]);
  });
});
