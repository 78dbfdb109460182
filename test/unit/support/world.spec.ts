import { expect } from 'chai';
import { Fault } from '../../../source/domain/errors.ts';
import { rejection } from '../../support/rejection.ts';
import { addGroups, addUsers } from '../../support/world/builders.ts';
import { World } from '../../support/world/world.ts';

const POOL = 'eu-west-1_Source';

describe('the world in memory', () => {
  it('takes virtual time per call and lets concurrent calls overlap', async () => {
    const world = new World();
    addUsers(world.pool(POOL), 10);
    world.calls.latencies['cognito'] = 100;
    await Promise.all(Array.from({ length: 20 }, () => world.cognito.listUsersPage(POOL, {})));
    expect(world.clock.elapsed).to.equal(100);
    expect(world.calls.maxPerSecond('cognito')).to.equal(20);
  });

  it('kills at the chosen call, keeps everything dead, and works again when revived', async () => {
    const world = new World();
    world.calls.killAt(2, 'after');
    await world.table.putItems([{ id: 'a', type: 't' }]);
    expect((await rejection(world.table.putItems([{ id: 'b', type: 't' }]))).name).to.equal('KilledError');
    expect((await rejection(world.objects.get('x'))).name).to.equal('KilledError');
    world.calls.revive();
    expect(await world.table.getItem({ id: 'b', type: 't' })).to.deep.equal({ id: 'b', type: 't' });
  });

  it('fails the chosen calls, with or without their effect', async () => {
    const world = new World();
    world.calls.fail({
      call: 'objects.put',
      nth: 2,
      when: 'after',
      error: () => new Fault('ServiceError', 'lost answer'),
    });
    await world.objects.put('a', '1');
    expect((await rejection(world.objects.put('b', '2'))).name).to.equal('ServiceError');
    expect(world.objects.text('b')).to.equal('2');
  });

  it('builds groups with the wanted numbers of members', () => {
    const pool = new World().pool(POOL);
    addUsers(pool, 50);
    addGroups(pool, [0, 10, 50]);
    expect([...pool.groups.values()].map(({ members }) => members.size)).to.deep.equal([0, 10, 50]);
  });
});
