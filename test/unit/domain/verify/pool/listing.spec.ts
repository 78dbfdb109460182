import { expect } from 'chai';
import { Fault } from '../../../../../source/domain/errors.ts';
import { aUser } from '../../../../support/world/builders.ts';
import { subFor } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import { RestoredPoolWorld } from '../../../../support/workflows/restored-pool.ts';

describe('VerifyWorkflow: a user pool whose listing is disturbed or slow', () => {
  let world: RestoredPoolWorld;

  beforeEach(async () => {
    world = await RestoredPoolWorld.create();
  });

  it('is listed to the end through refused filters, refused tokens, empty pages and throttles', async () => {
    const { knobs } = world.home.cognito;
    knobs.emptyPages = 0.3;
    world.home.calls.fail({
      call: 'cognito.listUsersPage',
      nth: 3,
      error: () => new Fault('InvalidPaginationToken', 'no'),
    });
    world.home.calls.fail({
      call: 'cognito.listUsersInGroupPage',
      nth: 3,
      error: () => new Fault('InvalidPaginationToken', 'no'),
    });
    world.home.calls.fail({
      call: 'cognito.listUsersPage',
      nth: 9,
      times: 2,
      error: () => new Fault('Throttled', 'slow down'),
    });
    expect((await world.compareRestored()).status).to.equal('SUCCEEDED');
    world.home.calls.fail({ call: 'cognito.listUsersPage', nth: 4, error: () => new Fault('FilterRefused', 'no') });
    const ended = await world.compareRestored();
    expect(ended.status).to.equal('SUCCEEDED');
    expect(world.home.log.lines.join('\n')).to.include('refused the listing by the first digit of sub; one chain');
  });

  it('is looked at in one chain before a user counts as missing that the filters did not show', async () => {
    const list = world.home.cognito.listUsersPage;
    world.home.cognito.listUsersPage = async (poolId, request) => {
      const page = await list(poolId, request);
      return request.filter === undefined
        ? page
        : { ...page, items: page.items.filter(({ username }) => username !== 'user9') };
    };
    expect((await world.compareRestored()).status).to.equal('SUCCEEDED');
  });

  it('goes slice by slice', async () => {
    world.home.calls.latencies['cognito.listUsersPage'] = 3_000;
    world.home.calls.latencies['cognito.listUsersInGroupPage'] = 3_000;
    world.home.calls.latencies['table.scanPage'] = 3_000;
    world.invocationMs = 66_000;
    world.restored.remove('user1');
    world.restored.put(aUser({ username: 'stranger', sub: subFor('stranger') }));
    const ended = await world.compareRestored();
    expect(ended).to.include({ error: 'PoolDiffers' });
    expect(ended.states.filter((state) => state === 'ComparePool').length).to.be.above(5);
    expect(world.rows().filter((row) => row.endsWith(',missing') || row.includes('no such user'))).to.have.length(2);
  });
});
