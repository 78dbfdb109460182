import { expect } from 'chai';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';
import { PLAIN_SETTINGS } from '../../../../tools/simulation/cognito/settings.ts';

const schema = PLAIN_SETTINGS.schema.map((attribute) =>
  attribute.name === 'name' ? { ...attribute, required: true } : attribute,
);

/** A pool that requires a name, and in it one user whom an administrator created without. */
async function world(triggers: readonly string[] = []): Promise<RestoreWorld> {
  const made = new RestoreWorld({ schema }, { triggers });
  addUsers(made.source, 5);
  made.source.put(
    aUser({
      username: 'zoe',
      status: 'FORCE_CHANGE_PASSWORD',
      attributes: { email: 'zoe@example.test', email_verified: 'true' },
    }),
  );
  addGroups(made.source, [6]);
  return made.planned();
}

describe('Users without an attribute that both pools require', () => {
  it('are created one by one, where no import job takes them', async () => {
    const restore = await world();
    expect(restore.plan().counts).to.deep.include({ byCsv: 5, oneByOne: 1, excluded: 0 });
    const outcome = await restore.execute();
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts).to.include({ usersRestored: 6, usersCreatedOneByOne: 1 });
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
    expect(restore.report('failures.csv')).to.match(/zoe,,"?no name, which the pool requires"?,created one by one/);
  });

  it('are reported when the pool refuses them all the same', async () => {
    const restore = await world();
    restore.writer.refuse = (call, username) =>
      call === 'createUser' && username === 'zoe' ? 'InvalidParameterException' : undefined;
    const outcome = await restore.execute();
    expect(outcome).to.deep.include({ outcome: 'partial' });
    expect(outcome.counts).to.include({ usersRestored: 5, usersMissing: 1 });
    expect(restore.report('failures.csv')).to.match(/zoe,.*InvalidParameterException/);
  });

  it("are left out, with the reason, when the pool's triggers would see it", async () => {
    const restore = await world(['PreSignUp']);
    expect(restore.plan().counts).to.deep.include({ byCsv: 5, oneByOne: 1, excluded: 0 });
    const outcome = await restore.execute();
    expect(outcome.outcome).to.equal('partial');
    expect(restore.report('failures.csv')).to.match(/zoe,.*TriggersWouldFire: .*no name, which the pool requires/);
  });
});
