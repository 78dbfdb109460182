import { expect } from 'chai';
import { FILTERS_ARE_SPARSE } from '../../../../source/domain/listing/user-chains.ts';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addUsers, aUser } from '../../../support/world/builders.ts';

interface Restore extends RestoreWorld {
  /** The filter of each page of users that was asked for; empty without one. */
  readonly asked: string[];
}

async function restoreOf(users: number, late: boolean): Promise<Restore> {
  const restore = Object.assign(new RestoreWorld(), { asked: [] as string[] });
  addUsers(restore.source, users, { disabled: 0 });
  await restore.planned();
  restore.calls.latencies['cognito.listUsersPage'] = 100;
  restore.cognito.knobs.filterAfterPaging = late;
  const { listUsersPage } = restore.cognito;
  restore.cognito.listUsersPage = (poolId, request) => {
    restore.asked.push(request.filter ?? '');
    return listUsersPage(poolId, request);
  };
  return restore;
}
const byPrefix = ({ asked }: Restore): string[] => asked.filter((filter) => filter.startsWith('sub ^='));
const fallbacks = ({ log }: Restore): number => log.lines.filter((line) => line.includes(FILTERS_ARE_SPARSE)).length;

describe('A7: a restore whose new pool filters listings after it has cut their pages', () => {
  for (const users of [50, 300, 800, 1_500])
    it(`A7: compares ${users} users with at most 1.3 times the calls, and finds the same`, async () => {
      const [ordinary, late] = [await restoreOf(users, false), await restoreOf(users, true)];
      for (const restore of [ordinary, late]) {
        expect((await restore.execute()).counts).to.include({ usersRestored: users, usersMissing: 0, unknownUsers: 0 });
        expect(differences(restore.source, restore.target)).to.deep.equal([]);
      }
      expect(fallbacks(ordinary)).to.equal(0);
      expect(byPrefix(ordinary)).to.have.length.of.at.least(16);
      expect(fallbacks(late)).to.equal(users > 60 ? 1 : 0);
      expect(late.asked.length / ordinary.asked.length).to.be.at.most(1.3);
    });

  it('A7: does not ask again in the execution that follows, nor counts a stranger twice', async () => {
    const restore = await restoreOf(800, true);
    restore.target.put(aUser({ username: 'stranger', sub: '00000000-0000-4000-8000-000000000000' }));
    // The comparison decides for one chain, and a few calls later the invocation dies.
    const { warn } = restore.log;
    restore.log.warn = (message, extra) => {
      warn(message, extra);
      if (message === FILTERS_ARE_SPARSE) restore.calls.killAt(6);
    };
    const outcome = await restore.executeDespiteKills();
    expect(restore.calls.generation).to.equal(1);
    expect(fallbacks(restore)).to.equal(1);
    expect(byPrefix(restore)).to.have.length.of.at.most(8);
    expect(outcome.counts).to.include({ usersRestored: 800, unknownUsers: 1 });
  });
});
