import { expect } from 'chai';
import { CanaryWorld } from '../../support/privacy/canary-world.ts';

describe("17.6: nobody's data outside the table and the encrypted objects, in drills", () => {
  let world: CanaryWorld;
  beforeEach(async () => {
    world = new CanaryWorld();
    await world.exported();
  });

  it('17.6: after one that restored everybody and was good', async () => {
    const ended = await world.run(world.drill());
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(world.messages.at(-1)?.subject).to.include('restored and compared');
    world.expectSilent();
  });

  it('17.6: after one that found differences, and after its pool could not be deleted', async () => {
    world.entered = (state) => {
      if (state !== 'ComparePool') return;
      const [id = ''] = world.throwAway.known.keys();
      const pool = world.pools.get(id);
      const [username = ''] = pool?.users.keys() ?? [];
      pool?.remove(username);
    };
    world.throwAway.remove = () => Promise.reject(new Error(`${world.users[0]?.username} is in it`));
    const ended = await world.run(world.drill());
    expect(ended).to.include({ status: 'FAILED' });
    world.expectSilent();
  });

  it('17.6: after it was killed while it restored, and the next one cleaned up', async () => {
    world.stopOnKill = true;
    world.entered = (state) => {
      if (state === 'UpdateUsers') world.calls.killAt(3, 'after');
    };
    await world.drill().catch(() => undefined);
    world.entered = undefined;
    world.stopOnKill = false;
    world.calls.revive();
    expect(await world.run(world.drill({ CleanUp: true }))).to.include({ status: 'SUCCEEDED' });
    world.expectSilent();
  });
});
