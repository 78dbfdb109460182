import { expect } from 'chai';
import { Fault } from '../../../../source/domain/errors.ts';
import type { PoolGroup } from '../../../../source/domain/model.ts';
import { poolGroups } from '../../../../source/domain/listing/pool-groups.ts';
import type { Page } from '../../../../source/domain/ports.ts';
import { rejection } from '../../../support/rejection.ts';
import { addGroups } from '../../../support/world/builders.ts';
import { World } from '../../../support/world/world.ts';

const POOL = 'eu-west-1_Source';

describe('Groups of a pool', () => {
  /** Groups `group0` to `group4`, two on a page; `spoilt` may put another page in place of one. */
  const list = (
    spoilt: (token: string | undefined, page: Page<PoolGroup>) => Page<PoolGroup>,
  ): ReturnType<typeof poolGroups> => {
    const world = new World();
    addGroups(world.pool(POOL), [0, 0, 0, 0, 0]);
    world.cognito.knobs.pageSize = 2;
    const listGroupsPage: typeof world.cognito.listGroupsPage = async (poolId, request) => {
      if (world.calls.countOf('cognito.listGroupsPage') > 50) throw new Error('The listing loops.');
      return spoilt(request.token, await world.cognito.listGroupsPage(poolId, request));
    };
    return poolGroups({ pool: { listGroupsPage }, clock: world.clock }, POOL);
  };
  const names = ['group0', 'group1', 'group2', 'group3', 'group4'];

  it('are listed to the end, again where a token is refused or leads back to itself', async () => {
    expect([...(await list((_token, page) => page)).keys()]).to.deep.equal(names);
    let spoils = 4;
    const groups = await list((token, page) => {
      if (token === undefined || (spoils -= 1) < 0) return page;
      if (spoils % 2 === 0) throw new Fault('InvalidPaginationToken', 'refused');
      return { ...page, next: token };
    });
    expect([...groups.keys()]).to.deep.equal(names);
    expect(spoils).to.be.below(0);
  });

  it('are given up where their tokens always lead back to themselves', async () => {
    expect(await rejection(list((token, page) => (token === undefined ? page : { ...page, next: token })))).to.include({
      name: 'ServiceError',
    });
  });
});
