import { expect } from 'chai';
import { CHUNK_LIMITS } from '../../../../source/domain/import/planning/chunk-size.ts';
import type { PoolUser } from '../../../../source/domain/model.ts';
import { Fault } from '../../../../source/domain/errors.ts';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addUsers, aUser } from '../../../support/world/builders.ts';
import { plannedRestore } from '../../../support/import/planned-restore.ts';

function spoil({ target }: RestoreWorld, attributes: Record<string, string>): void {
  const user = target.find('user5');
  if (user === undefined) throw new Error('user5 was not imported');
  target.put({ ...user, attributes: { ...user.attributes, ...attributes } });
}

describe('Updates that do not go well', () => {
  it('reports what Cognito keeps refusing, and tries it again in the next execution', async () => {
    const restore = await plannedRestore(
      10,
      ({ source }) => void source.put(aUser({ username: 'zoe', attributes: { email: 'zoe@example.test' } })),
    );
    restore.writer.refuse = (call, username) =>
      username === 'zoe' && call === 'createUser' ? 'InvalidParameterException' : undefined;
    const outcome = await restore.execute('execution-1');
    expect(outcome.outcome).to.equal('partial');
    expect(outcome.counts).to.include({ usersMissing: 1, usersRestored: 10 });
    expect(outcome.summary).to.contain('10 of 11 users restored').and.not.contain('zoe');
    expect(restore.report('failures.csv')).to.contain('zoe').and.to.contain('InvalidParameterException');
    expect(await restore.execute('execution-1')).to.deep.equal(outcome);

    restore.writer.refuse = () => undefined;
    expect((await restore.execute('execution-2')).outcome).to.equal('complete');
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
  });

  it('creates nobody when the triggers of the pool would see it', async () => {
    const restore = new RestoreWorld({}, { triggers: ['PreSignUp'] });
    addUsers(restore.source, 10);
    await restore.planned();
    restore.jobs.knobs.rowFate = (_job, line) => (line === 2 ? 'failed' : undefined);
    const outcome = await restore.execute();
    expect(restore.calls.countOf('cognito.createUser')).to.equal(0);
    expect(outcome.outcome).to.equal('partial');
    expect(restore.report('failures.csv')).to.contain('TriggersWouldFire');

    restore.target.settings = { ...restore.target.settings, triggers: [] };
    expect((await restore.execute('execution-2')).outcome).to.equal('complete');
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
  });

  it('creates nobody either when the triggers came after the plan', async () => {
    const restore = await plannedRestore(
      10,
      ({ source }) => void source.put(aUser({ username: 'zoe', attributes: { email: 'zoe@example.test' } })),
    );
    restore.target.settings = { ...restore.target.settings, triggers: ['PreSignUp'] };
    const outcome = await restore.execute();
    expect(restore.calls.countOf('cognito.createUser')).to.equal(0);
    expect(outcome.counts).to.include({ usersRestored: 10, usersBlocked: 1 });
  });

  it("goes on with a repair where it was killed, also when a name had turned out to be a stranger's before", async function () {
    this.timeout(20_000);
    const disturbed = async (killAt: number): Promise<RestoreWorld> => {
      const restore = new RestoreWorld();
      addUsers(restore.source, 9);
      await restore.planned({}, { limits: { ...CHUNK_LIMITS, firstChunkUsers: 3, chunkUsers: 3 } });
      restore.jobs.knobs.rowFate = (job, line) => (/-c[12]-/.test(job.jobName) && line <= 2 ? 'failed' : undefined);
      const stranger = restore.chunkUsers()[0]?.[2]?.name ?? '';
      restore.target.put(
        aUser({
          username: stranger,
          sub: 'ffffffff-0000-4000-8000-000000000000',
          attributes: { email: 'stranger@example.test', email_verified: 'true' },
        }),
      );
      restore.writer.refuse = (call) => (call === 'createUser' ? 'InvalidParameterException' : undefined);
      expect(restore.plan().chunks.map(({ users }) => users)).to.deep.equal([3, 3, 3]);
      expect((await restore.execute('execution-1')).counts).to.include({ usersMissing: 4, usersBlocked: 1 });
      restore.writer.refuse = (call, username) =>
        call === 'createUser' && username === stranger ? 'UsernameExistsException' : undefined;
      // So slow that the progress of the repair is stored between two calls.
      restore.calls.latencies.cognito = 12_000;
      restore.calls.killAt(killAt);
      return restore;
    };
    for (let killAt = 20; killAt < 46; killAt += 1) {
      const restore = await disturbed(killAt);
      const outcome = await restore.executeDespiteKills('execution-2');
      expect(outcome.counts, `killed at call ${killAt}`).to.include({
        usersMissing: 0,
        usersBlocked: 1,
        usersRestored: 8,
      });
    }
  });

  for (const [how, datesWrites] of [
    ['do not move', false],
    ['move', true],
  ] as const)
    it(`puts right what differs after the import, where our writes ${how} the date of change`, async () => {
      const restore = await plannedRestore(70);
      restore.writer.datesWrites = datesWrites;
      restore.calls.latencies['cognito.addUserToGroup'] = 1_000;
      // A value that the import stored in another form, as birth dates may be.
      restore.whenJobEnded = () => spoil(restore, { name: 'other' });
      const outcome = await restore.execute();
      expect(restore.calls.countOf('cognito.updateAttributes')).to.equal(1);
      expect(differences(restore.source, restore.target)).to.deep.equal([]);
      expect(outcome.outcome).to.equal('complete');
      expect(outcome.counts.usersChangedSince).to.equal(0);
      expect(restore.writer.sentToUsers).to.deep.equal([]);
    });

  it('says which attributes differ when they cannot be changed', async () => {
    const restore = await plannedRestore(10);
    restore.writer.refuse = (call) => (call === 'updateAttributes' ? 'InvalidParameterException' : undefined);
    restore.whenJobEnded = () => spoil(restore, { name: 'other', locale: 'xx' });
    const outcome = await restore.execute();
    expect(outcome).to.deep.include({ outcome: 'partial' });
    expect(outcome.counts.usersDifferent).to.equal(1);
    expect(restore.report('failures.csv')).to.match(
      /user5,,InvalidParameterException,updated once,different: locale name/,
    );
  });

  it('E19: a value that cannot be set later costs no other attribute of the user', async () => {
    const restore = await plannedRestore(10, ({ source }) => {
      const user = source.find('user5') as PoolUser;
      source.put({ ...user, attributes: { ...user.attributes, locale: 'es-ES' } });
    });
    const update = restore.writer.updateAttributes;
    restore.writer.updateAttributes = (poolId, username, attributes) =>
      'locale' in attributes
        ? Promise.resolve({ refused: 'InvalidParameterException' })
        : update(poolId, username, attributes);
    restore.whenJobEnded = () => spoil(restore, { name: 'other', locale: 'xx' });
    const outcome = await restore.execute();
    expect(outcome.counts.usersDifferent).to.equal(1);
    expect(restore.report('failures.csv')).to.match(
      /user5,,InvalidParameterException,updated once,different: locale\n/,
    );
  });

  it('survives refused tokens, refused filters, short and empty pages, lossy and doubling queues', async () => {
    const restore = await plannedRestore(130);
    Object.assign(restore.cognito.knobs, { shortPages: 0.3, emptyPages: 0.2, subFilter: false });
    restore.newUsersQueue.lossy = restore.updatesQueue.lossy = 0.5;
    restore.newUsersQueue.duplicating = restore.updatesQueue.duplicating = 0.5;
    restore.calls.fail({
      call: 'cognito.listUsersInGroupPage',
      nth: 3,
      error: () => new Fault('InvalidPaginationToken', 'refused'),
    });
    const outcome = await restore.execute();
    expect(outcome.outcome).to.equal('complete');
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
  });

  it('keeps names, subs and addresses out of the log and the outcome', async () => {
    const restore = await plannedRestore(30);
    restore.jobs.knobs.rowFate = (_job, line) => (line === 2 ? 'failed' : undefined);
    const outcome = await restore.execute();
    const said = restore.log.lines.join('\n') + JSON.stringify(outcome);
    for (const { user } of restore.source.users.values())
      for (const secret of [user.username, user.sub]) expect(said.includes(`${secret}"`), secret).to.equal(false);
    expect(said).to.not.contain('example.test');
    expect(said).to.not.contain('X-Amz-Signature');
  });
});
