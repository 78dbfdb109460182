import { expect } from 'chai';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';

const LOCKED = 'the user cannot sign in before an administrator sets a permanent password';

/** Five users for the import job, and two who are created one by one: zoe has a verified address, una has none. */
async function world(): Promise<RestoreWorld> {
  const made = new RestoreWorld();
  addUsers(made.source, 5);
  made.source.put(
    aUser({ username: 'zoe', attributes: { email: 'zoe@example.test', email_verified: 'true', name: 'two\nlines' } }),
  );
  made.source.put(aUser({ username: 'una', attributes: { email: 'una@example.test' } }));
  addGroups(made.source, [7]);
  return made.planned();
}

const refusing = (restore: RestoreWorld, times = Infinity): void => {
  let left = times;
  restore.writer.refuse = (call, username) =>
    call === 'setPassword' && username === 'zoe' && (left -= 1) >= 0 ? 'InvalidPasswordException' : undefined;
};
const rowsOf = (restore: RestoreWorld, name: string): string[] =>
  restore
    .report('failures.csv')
    .split('\n')
    .filter((row) => row.includes(`,${name},`));

describe('Passwords of users who are created one by one', () => {
  it('are tried once more at the end when Cognito refused them', async () => {
    const restore = await world();
    refusing(restore, 1);
    const outcome = await restore.execute();
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts.usersWithoutPassword).to.equal(0);
    expect(restore.target.find('zoe')?.status).to.equal('CONFIRMED');
    expect(rowsOf(restore, 'zoe')).to.have.length(1);
    expect(rowsOf(restore, 'zoe')[0]).to.contain('permanent random password');
  });

  it('are tried again by the next start, and reported until they are set', async () => {
    const restore = await world();
    refusing(restore);
    const outcome = await restore.execute('execution-1');
    expect(outcome.outcome).to.equal('partial');
    expect(outcome.counts).to.include({
      usersRestored: 7,
      usersMissing: 0,
      usersDifferent: 0,
      usersWithoutPassword: 1,
      usersCreatedOneByOne: 2,
    });
    expect(rowsOf(restore, 'zoe')).to.have.length(1);
    expect(rowsOf(restore, 'zoe')[0])
      .to.contain('setting the password was refused (InvalidPasswordException)')
      .and.to.contain(LOCKED);

    restore.writer.refuse = () => undefined;
    const again = await restore.execute('execution-2');
    expect(again.outcome).to.equal('complete');
    expect(again.counts).to.include({ usersWithoutPassword: 0, usersCreatedOneByOne: 2 });
    expect(restore.target.find('zoe')?.status).to.equal('CONFIRMED');
    expect(rowsOf(restore, 'zoe')[0]).to.contain('permanent random password');
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
  });

  it('are left alone at the next start when an administrator has set one', async () => {
    const restore = await world();
    refusing(restore);
    expect((await restore.execute('execution-1')).counts.usersWithoutPassword).to.equal(1);
    const zoe = restore.target.find('zoe');
    if (zoe !== undefined) restore.target.put({ ...zoe, status: 'CONFIRMED' });
    const before = restore.calls.countOf('cognito.setPassword');
    expect((await restore.execute('execution-2')).outcome).to.equal('complete');
    expect(restore.calls.countOf('cognito.setPassword')).to.equal(before);
  });

  it('are not set by the next start for a stranger who has taken the name', async () => {
    const restore = await world();
    refusing(restore);
    await restore.execute('execution-1');
    restore.writer.refuse = () => undefined;
    restore.target.remove('zoe');
    const stranger = aUser({
      username: 'zoe',
      status: 'FORCE_CHANGE_PASSWORD',
      attributes: { email: 'stranger@example.test', email_verified: 'true' },
    });
    restore.target.put(stranger);
    const before = restore.calls.countOf('cognito.setPassword');
    expect((await restore.execute('execution-2')).outcome).to.equal('partial');
    expect(restore.calls.countOf('cognito.setPassword')).to.equal(before);
    expect(restore.target.find('zoe')).to.deep.equal(stranger);
  });

  it('cannot be set again by users without a verified address: they are counted, and the report says so', async () => {
    const restore = await world();
    const outcome = await restore.execute();
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts).to.include({
      usersCreatedOneByOne: 2,
      usersWithoutVerifiedAddress: 1,
      usersWithoutPassword: 0,
    });
    expect(rowsOf(restore, 'una')[0])
      .to.contain('cannot sign in before an administrator')
      .and.not.contain('forgot password');
    expect(rowsOf(restore, 'zoe')[0]).to.contain('forgot password');
  });
});
