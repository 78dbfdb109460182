import { expect } from 'chai';
import { addUsers } from '../../../../support/world/builders.ts';
import { WorkflowWorld } from '../../../../support/workflows/workflow-world.ts';

const HOUR_MS = 3_600_000;
const USERS = 100;

describe('The guards, when exports run every hour', function () {
  this.timeout(60_000);

  function pool(): WorkflowWorld {
    const world = new WorkflowWorld();
    addUsers(world.source, USERS, { disabled: 0 });
    return world;
  }
  const scheduled = async (world: WorkflowWorld): Promise<string | undefined> => {
    const { status, error } = await world.export({ Trigger: 'Schedule' });
    world.clock.advance(HOUR_MS);
    return status === 'SUCCEEDED' ? undefined : error;
  };

  it('15.3: count the deletions of 24 hours together, and no longer than that', async () => {
    const world = pool();
    await scheduled(world);
    let next = 0;
    const lose = (users: number): void => {
      for (let n = 0; n < users; n += 1) world.source.remove(`user${next++}`);
    };
    for (let hour = 0; hour < 10; hour += 1) {
      lose(2);
      expect(await scheduled(world), `hour ${hour}`).to.equal(undefined);
    }
    lose(1);
    expect(await scheduled(world), '21 of 100 within 11 hours').to.equal('MassDeleteRefused');
    // The first of those hours is a day ago by then.
    for (let hour = 0; hour < 13; hour += 1) expect(await scheduled(world)).to.equal('MassDeleteRefused');
    expect(await scheduled(world), 'a day after the first hour').to.equal(undefined);
  });

  it('15.3: count the changes of 24 hours together, each user once', async () => {
    const world = pool();
    await scheduled(world);
    const rename = (from: number, to: number, hour: number): void => {
      for (let n = from; n < to; n += 1) {
        const user = world.source.find(`user${n}`);
        if (user !== undefined) world.source.put({ ...user, attributes: { ...user.attributes, name: `hour ${hour}` } });
      }
    };
    for (let hour = 0; hour < 24; hour += 1) {
      rename(0, 45, hour);
      expect(await scheduled(world), `the same 45 users in hour ${hour}`).to.equal(undefined);
    }
    rename(50, 56, 30);
    expect(await scheduled(world), '45 and 6 others').to.equal('MassChangeRefused');
  });
});
