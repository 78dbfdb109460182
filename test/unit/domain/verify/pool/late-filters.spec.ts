import { expect } from 'chai';
import { FILTERS_ARE_SPARSE } from '../../../../../source/domain/listing/user-chains.ts';
import { aUser } from '../../../../support/world/builders.ts';
import { RestoredPoolWorld } from '../../../../support/workflows/restored-pool.ts';

describe('A7: VerifyWorkflow of a pool that filters listings after it has cut their pages', () => {
  /** Pages of sixty, and more users of identity providers than others. */
  async function worldWith(federated: number, late: boolean): Promise<RestoredPoolWorld> {
    const world = await RestoredPoolWorld.create();
    Object.assign(world.home.cognito.knobs, { pageSize: 60, filterAfterPaging: late });
    for (let n = 0; n < federated; n += 1)
      world.restored.put(aUser({ username: `facebook_1${n}`, status: 'EXTERNAL_PROVIDER' }));
    return world;
  }
  const compare = async (world: RestoredPoolWorld): Promise<number> => {
    const before = world.home.calls.countOf('cognito.listUsersPage');
    expect((await world.compareRestored()).status).to.equal('SUCCEEDED');
    return world.home.calls.countOf('cognito.listUsersPage') - before;
  };
  const fellBack = ({ home }: RestoredPoolWorld): boolean => home.log.lines.join('\n').includes(FILTERS_ARE_SPARSE);

  it('A7: takes at most 1.3 times the calls, and finds the same', async () => {
    for (const federated of [0, 800, 1_500]) {
      const [ordinary, late] = [await worldWith(federated, false), await worldWith(federated, true)];
      expect((await compare(late)) / (await compare(ordinary)), `${federated} others`).to.be.at.most(1.3);
      expect([fellBack(ordinary), fellBack(late)]).to.deep.equal([false, federated > 0]);
    }
  });

  it('A7: believes in filters whose pages are full of users that it passes over', async () => {
    const world = await worldWith(3_000, false);
    await compare(world);
    expect(fellBack(world)).to.equal(false);
  });
});
