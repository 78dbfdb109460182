import { expect } from 'chai';
import { groupOf } from '../../../../source/domain/backup/items.ts';
import { findUsers, meantUsers } from '../../../../source/domain/history/find-items.ts';
import type { FoundUser, WantedUser } from '../../../../source/domain/history/find-items.ts';
import type { PoolUser } from '../../../../source/domain/model.ts';
import { subFor } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { rejection } from '../../../support/rejection.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';
import { exportedRun } from '../../../support/workflows/exported-run.ts';
import { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';

const DORA = subFor('dora');

function worldWithDora({ caseSensitive = false } = {}): WorkflowWorld {
  const world = new WorkflowWorld();
  world.retentionDays = 30;
  const { source } = world;
  source.settings = { ...source.settings, caseSensitive };
  addUsers(source, 40);
  source.put(
    aUser({
      username: 'dora',
      attributes: { email: 'Dora@Example.test', phone_number: '+15550100', preferred_username: 'DD' },
    }),
  );
  addGroups(source, [3, 41]);
  source.join('dora', 'group0');
  return world;
}

const subsOf = (found: readonly FoundUser[] | undefined): string[] => (found ?? []).map(({ sub }) => sub);

describe("Users in a run's snapshot", () => {
  it('16.3: are found by sub, username, e-mail address, phone number and preferred username, with their memberships', async () => {
    const run = await exportedRun(worldWithDora());
    const wanted: WantedUser[] = [
      { sub: DORA },
      { name: DORA },
      { name: 'dora' },
      { name: 'Dora@Example.test' },
      { name: '+15550100' },
      { name: 'DD' },
    ];
    const found = await findUsers(run, wanted);
    expect(found.map(subsOf)).to.deep.equal(wanted.map(() => [DORA]));
    for (const [user] of found) {
      expect(user?.profile.attributes).to.include({ email: 'Dora@Example.test', phone_number: '+15550100' });
      expect(user?.memberships.map(groupOf)).to.have.members(['group0', 'group1']);
    }
  });

  it('16.3: are none for somebody unknown, for half a name, and for a name that is given as a sub', async () => {
    const run = await exportedRun(worldWithDora());
    const found = await findUsers(run, [{ name: 'nobody' }, { name: 'dor' }, { sub: 'dora' }, { sub: subFor('x') }]);
    expect(found).to.deep.equal([[], [], [], []]);
    expect(await findUsers(run, [])).to.deep.equal([]);
  });

  it('16.3: are compared in the letter case of the pool; a name in other spelling gives everybody who has it', async () => {
    const careless = await exportedRun(worldWithDora());
    const [inAnyCase] = await findUsers(careless, [{ name: 'DORA@EXAMPLE.TEST' }]);
    expect(inAnyCase?.map(({ sub, isExact }) => [sub, isExact])).to.deep.equal([[DORA, true]]);
    const world = worldWithDora({ caseSensitive: true });
    world.source.put(aUser({ username: 'Dora', attributes: { email: 'another@example.test' } }));
    const strict = await exportedRun(world);
    const [both, none] = await findUsers(strict, [{ name: 'dora' }, { name: 'DORA' }]);
    expect(subsOf(both)).to.have.members([DORA, subFor('Dora')]);
    expect(subsOf(meantUsers(both as FoundUser[]))).to.deep.equal([DORA]);
    expect(subsOf(meantUsers(none as FoundUser[]))).to.have.members([DORA, subFor('Dora')]);
  });

  it('16.3: are all of those who share an e-mail address', async () => {
    const world = worldWithDora();
    world.source.put(aUser({ username: 'second', attributes: { email: 'dora@example.test' } }));
    const [found] = await findUsers(await exportedRun(world), [{ name: 'dora@example.test' }]);
    expect(subsOf(found)).to.have.members([DORA, subFor('second')]);
  });

  it('16.3: are found whole where the run changed the profile and left the memberships as they were', async () => {
    const world = worldWithDora();
    await exportedRun(world);
    const dora = world.source.find('dora') as PoolUser;
    world.source.put({
      ...dora,
      attributes: { ...dora.attributes, email: 'new@example.test' },
      modified: '2026-05-05',
    });
    const [found, before] = await findUsers(await exportedRun(world), [
      { name: 'new@example.test' },
      { name: 'Dora@Example.test' },
    ]);
    expect(found?.flatMap(({ memberships }) => memberships.map(groupOf))).to.have.members(['group0', 'group1']);
    expect(before).to.deep.equal([]);
  });

  it('16.3: are not found in a snapshot that is damaged: it is named', async () => {
    const world = worldWithDora();
    const run = await exportedRun(world);
    const segments = [...world.objects.stored.keys()].filter((key) => /^snapshots.*segment.*gz$/.test(key));
    for (const key of segments) world.objects.stored.delete(key);
    const told: string[] = [];
    const error = await rejection(findUsers(run, [{ sub: DORA }], undefined, (message) => told.push(message)));
    expect([error.name, segments.some((key) => error.message.includes(key))]).to.deep.equal(['SnapshotDamaged', true]);
    expect(told).to.have.length(1);
  });

  it('16.3: are found by a few reads by range, and none of them reads the whole', async () => {
    const world = worldWithDora();
    world.table.pageItems = 3;
    const run = await exportedRun(world);
    world.calls.log.length = 0;
    const [found] = await findUsers(run, [{ name: 'dora@example.test' }]);
    expect(subsOf(found)).to.deep.equal([DORA]);
    expect(world.calls.countOf('objects.read')).to.equal(0);
    expect(world.calls.countOf('objects.readRange')).to.be.within(3, 7);
  });

  it('16.3: are found in the whole where the index is damaged, which is told', async () => {
    const world = worldWithDora();
    world.table.pageItems = 3;
    const run = await exportedRun(world);
    const key = `snapshots/${run.manifest.runId}/index.bin`;
    for (const body of [Buffer.from('?'), undefined]) {
      if (body === undefined) world.objects.stored.delete(key);
      else world.objects.stored.set(key, { body, etag: '"x"' });
      const told: string[] = [];
      const [found] = await findUsers(run, [{ name: 'dora' }], undefined, (message) => told.push(message));
      expect(subsOf(found)).to.deep.equal([DORA]);
      expect(told).to.have.length(1);
      expect(told[0]).to.contain(key).and.to.contain('is read whole');
    }
  });
});
