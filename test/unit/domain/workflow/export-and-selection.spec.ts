import { expect } from 'chai';
import { mostPerSecond } from '../../../../tools/simulation/most-per-second.ts';
import { putRequest, resultsOf, select } from '../../../support/import/selections.ts';
import { expectSealed } from '../../../support/workflows/small-worlds.ts';
import { SETTINGS, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';

describe('16.2: an export and a selection into the pool that it exports', function () {
  this.timeout(60_000);

  it('16.2: both end well, below CognitoTPS together, and only what was asked has changed in the pool', async () => {
    const world = new WorkflowWorld();
    world.calls.latencies.cognito = 100;
    world.cognito.knobs.pageSize = 1;
    world.paced = true;
    addUsers(world.source, 80, { disabled: 0 });
    addGroups(world.source, [80]);
    expect(await world.export()).to.include({ status: 'SUCCEEDED' });
    await world.clock.sleep(3_600_000);
    for (const username of ['user3', 'user4']) world.source.remove(username);
    const id = await putRequest(world, { users: [{ name: 'user3' }] });
    const others = (): unknown =>
      [...world.source.users.values()].map(({ user }) => user).filter(({ username }) => username !== 'user3');
    const before = others();

    const exporting = world.export();
    await world.clock.sleep(3_000);
    const selected = await select(world, id);
    const exported = await exporting;

    expect(selected, selected.cause).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id)).to.include('user3 created');
    expect(others()).to.deep.equal(before);
    expect(exported, exported.cause).to.include({ status: 'SUCCEEDED' });
    expect(world.history.filter(({ error }) => error !== undefined)).to.deep.equal([]);
    expect(world.history.some(({ answer }) => (answer as { paused?: true } | null)?.paused === true)).to.equal(true);
    const calls = world.calls.log.filter(({ call }) => /^(cognito|writer|jobs)\./.test(call));
    expect(mostPerSecond(calls.map(({ at }) => at))).to.be.at.most(SETTINGS.callsPerSecond);
    expect(await world.export()).to.include({ status: 'SUCCEEDED' });
    expectSealed(world);
  });
});
