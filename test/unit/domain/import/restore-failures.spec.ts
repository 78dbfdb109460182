import { expect } from 'chai';
import { CHUNK_LIMITS } from '../../../../source/domain/import/planning/chunk-size.ts';
import type { ImportJob } from '../../../../source/domain/ports.ts';
import { Fault } from '../../../../source/domain/errors.ts';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { rejection } from '../../../support/rejection.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';

async function world(users = 60, prepare: (world: RestoreWorld) => void = () => undefined): Promise<RestoreWorld> {
  const made = new RestoreWorld();
  addUsers(made.source, users, { disabled: 0.1 });
  addGroups(made.source, [0, 2, 20, users]);
  prepare(made);
  return made.planned();
}

function spoil({ target }: RestoreWorld, attributes: Record<string, string>): void {
  const user = target.find('user5');
  if (user === undefined) throw new Error('user5 was not imported');
  target.put({ ...user, attributes: { ...user.attributes, ...attributes } });
}

const first = ({ jobName }: Pick<ImportJob, 'jobName'>): boolean => jobName.endsWith('-a1');

describe('Import jobs that do not go well', () => {
  it('finishes by a follow-up job what a job that failed half-way left', async () => {
    const it = await world();
    it.jobs.knobs.endEarly = (job) =>
      first(job)
        ? { afterRows: 25, status: 'Failed', message: 'Too many users have failed or been skipped during the import.' }
        : undefined;
    const outcome = await it.execute();
    expect(differences(it.source, it.target)).to.deep.equal([]);
    expect(outcome).to.deep.include({ outcome: 'complete' });
    expect(it.ended.map(({ status, imported }) => [status, imported])).to.deep.equal([
      ['Failed', 25],
      ['Succeeded', 35],
    ]);
  });

  it('goes on after a job that was stopped by hand', async () => {
    const it = await world();
    it.jobs.knobs.endEarly = (job) =>
      first(job) ? { afterRows: 10, status: 'Stopped', message: 'The user import job was stopped.' } : undefined;
    await it.execute();
    expect(differences(it.source, it.target)).to.deep.equal([]);
  });

  it('creates one by one what three jobs did not import', async () => {
    const it = await world(12);
    it.jobs.knobs.rowFate = (_job, line) => (line === 1 ? 'lost' : undefined);
    const outcome = await it.execute();
    expect(it.ended).to.have.length(3);
    expect(differences(it.source, it.target)).to.deep.equal([]);
    expect(outcome.counts.usersCreatedOneByOne).to.equal(1);
  });

  it('waits for a late log, then believes the pool', async () => {
    const it = await world();
    it.jobs.knobs.logDelayMs = 40_000;
    it.jobs.knobs.rowFate = (job, line) => (first(job) && line === 3 ? 'failed' : undefined);
    await it.execute();
    expect(differences(it.source, it.target)).to.deep.equal([]);
    expect(it.ended).to.have.length(1);
    expect(it.report('failures.csv')).to.match(/user\d+,,An internal error occurred\.,created one by one/);
  });

  it('looks rows up that a log never tells of', async () => {
    const it = await world(150);
    it.jobs.knobs.rowFate = (job, line) =>
      !first(job) ? undefined : line === 1 ? 'failed' : line > 5 ? 'silent' : line > 3 ? 'lost' : undefined;
    await it.execute();
    expect(differences(it.source, it.target)).to.deep.equal([]);
    expect(it.ended.map(({ imported }) => imported)).to.deep.equal([147, 3]);
  });

  for (const firstLineNumber of [0, 1, 2] as const) {
    it(`finds the row of a stranger in the log of a job that ended early, when its lines count from ${firstLineNumber}`, async () => {
      const it = new RestoreWorld({}, { triggers: ['PreSignUp'] });
      addUsers(it.source, 30);
      addGroups(it.source, [30]);
      await it.planned();
      const { name = '', sub } = it.chunkUsers()[0]?.[6] ?? {};
      it.target.put(
        aUser({
          username: name,
          sub: 'ffffffff-0000-4000-8000-000000000000',
          attributes: { email: 'stranger@example.test', email_verified: 'true' },
        }),
      );
      it.jobs.knobs.firstLineNumber = firstLineNumber;
      it.jobs.knobs.endEarly = (job) =>
        first(job) ? { afterRows: 12, status: 'Failed', message: 'An internal error.' } : undefined;
      const outcome = await it.execute();
      expect(outcome.counts).to.include({ usersRestored: 29, usersBlocked: 1, usersMissing: 0, membershipsMissing: 1 });
      expect(it.report('failures.csv')).to.contain(`${sub},${name},7,`);
    });
  }

  it('takes over a job whose creator died, whether or not its file was there', async () => {
    for (const [call, jobs] of [
      ['jobs.createJob', 2],
      ['jobs.uploadCsv', 1],
      ['jobs.startJob', 1],
    ] as const) {
      const it = await world(10);
      it.calls.fail({ call, when: 'after', error: () => new Fault('ServiceError', 'the answer was lost') });
      expect((await rejection(it.execute())).message).to.equal('the answer was lost');
      await it.execute();
      expect(differences(it.source, it.target), call).to.deep.equal([]);
      expect(it.calls.countOf('jobs.createJob'), call).to.equal(jobs);
      expect(
        it.ended.filter(({ status }) => status === 'Succeeded'),
        call,
      ).to.have.length(1);
    }
  });

  it('starts the same job later when another one of the account is active', async () => {
    const it = await world(10);
    it.jobs.knobs.busyStarts = 3;
    await it.execute();
    expect(differences(it.source, it.target)).to.deep.equal([]);
    expect(it.calls.countOf('jobs.createJob')).to.equal(1);
    expect(it.calls.countOf('jobs.startJob')).to.equal(4);
  });

  it('replaces a job that expired before it was started', async () => {
    const it = await world(10);
    it.jobs.knobs.busyStarts = 10_000;
    const slow = it.execute();
    await it.clock.sleep(60_000);
    it.clock.advance(25 * 3_600_000);
    it.jobs.knobs.busyStarts = 2;
    await slow;
    expect(differences(it.source, it.target)).to.deep.equal([]);
    expect(it.calls.countOf('jobs.createJob')).to.equal(2);
  });

  it('stops with the cause of a whole job, and goes on when it is started again', async () => {
    const it = await world(10);
    it.jobs.knobs.endEarly = () => ({
      afterRows: 0,
      status: 'Failed',
      message: 'The log role canary@example.test cannot be assumed.',
    });
    const error = await rejection(it.execute('execution-1'));
    expect(error).to.include({ name: 'ImportJobFailed' });
    expect(error.message)
      .to.match(/log role/)
      .and.not.match(/canary/);
    it.jobs.knobs.endEarly = () => undefined;
    await it.execute('execution-2');
    expect(differences(it.source, it.target)).to.deep.equal([]);
  });

  it('never touches a user who took a name of the backup meanwhile', async () => {
    const it = await world(10);
    const stranger = aUser({
      username: 'user3',
      sub: 'ffffffff-0000-4000-8000-000000000000',
      attributes: { email: 'stranger@example.test', email_verified: 'true' },
    });
    it.target.put(stranger);
    const outcome = await it.execute();
    expect(it.target.find('user3')).to.deep.include({
      sub: stranger.sub,
      enabled: true,
      attributes: stranger.attributes,
    });
    for (const { members } of it.target.groups.values()) expect([...members.keys()]).to.not.include('user3');
    expect(outcome.outcome).to.equal('partial');
    expect(outcome.counts).to.include({ usersRestored: 9, usersBlocked: 1, unknownUsers: 1 });
    expect(it.report('failures.csv')).to.contain('user3').and.to.contain('NameCollision');
    expect(it.head().phase).to.equal('partial');
    expect(it.report('sub-map.csv')).to.not.contain(stranger.sub);

    it.target.remove('user3');
    const again = await it.execute('execution-2');
    expect(again.outcome).to.equal('complete');
    expect(differences(it.source, it.target)).to.deep.equal([]);
    expect(it.head().phase).to.equal('complete');
  });
});

describe('Updates that do not go well', () => {
  it('reports what Cognito keeps refusing, and tries it again in the next execution', async () => {
    const it = await world(
      10,
      ({ source }) => void source.put(aUser({ username: 'zoe', attributes: { email: 'zoe@example.test' } })),
    );
    it.writer.refuse = (call, username) =>
      username === 'zoe' && call === 'createUser' ? 'InvalidParameterException' : undefined;
    const outcome = await it.execute('execution-1');
    expect(outcome.outcome).to.equal('partial');
    expect(outcome.counts).to.include({ usersMissing: 1, usersRestored: 10 });
    expect(outcome.summary).to.contain('10 of 11 users restored').and.not.contain('zoe');
    expect(it.report('failures.csv')).to.contain('zoe').and.to.contain('InvalidParameterException');
    expect(await it.execute('execution-1')).to.deep.equal(outcome);

    it.writer.refuse = () => undefined;
    expect((await it.execute('execution-2')).outcome).to.equal('complete');
    expect(differences(it.source, it.target)).to.deep.equal([]);
  });

  it('creates nobody when the triggers of the pool would see it', async () => {
    const it = new RestoreWorld({}, { triggers: ['PreSignUp'] });
    addUsers(it.source, 10);
    await it.planned();
    it.jobs.knobs.rowFate = (_job, line) => (line === 2 ? 'failed' : undefined);
    const outcome = await it.execute();
    expect(it.calls.countOf('cognito.createUser')).to.equal(0);
    expect(outcome.outcome).to.equal('partial');
    expect(it.report('failures.csv')).to.contain('TriggersWouldFire');

    it.target.settings = { ...it.target.settings, triggers: [] };
    expect((await it.execute('execution-2')).outcome).to.equal('complete');
    expect(differences(it.source, it.target)).to.deep.equal([]);
  });

  it('creates nobody either when the triggers came after the plan', async () => {
    const it = await world(
      10,
      ({ source }) => void source.put(aUser({ username: 'zoe', attributes: { email: 'zoe@example.test' } })),
    );
    it.target.settings = { ...it.target.settings, triggers: ['PreSignUp'] };
    const outcome = await it.execute();
    expect(it.calls.countOf('cognito.createUser')).to.equal(0);
    expect(outcome.counts).to.include({ usersRestored: 10, usersBlocked: 1 });
  });

  it('creates nobody who vanished after the import either, when triggers would see it', async () => {
    const it = new RestoreWorld({}, { triggers: ['CustomMessage'] });
    addUsers(it.source, 10);
    await it.planned();
    it.whenJobEnded = () => it.target.remove('user5');
    const outcome = await it.execute();
    expect(it.calls.countOf('cognito.createUser')).to.equal(0);
    expect(outcome.counts).to.include({ usersRestored: 9, usersBlocked: 1 });
  });

  it('brings back whoever vanished after the import', async () => {
    const it = await world(30);
    it.whenJobEnded = () => it.target.remove('user5');
    expect((await it.execute()).outcome).to.equal('complete');
    expect(differences(it.source, it.target)).to.deep.equal([]);
  });

  it("goes on with a repair where it was killed, also when a name had turned out to be a stranger's before", async function () {
    this.timeout(20_000);
    const disturbed = async (killAt: number): Promise<RestoreWorld> => {
      const it = new RestoreWorld();
      addUsers(it.source, 9);
      await it.planned({}, { limits: { ...CHUNK_LIMITS, firstChunkUsers: 3, chunkUsers: 3 } });
      const gone = it
        .chunkUsers()
        .slice(1)
        .flatMap((chunk) => chunk.slice(0, 2).map(({ name }) => name));
      const stranger = it.chunkUsers()[0]?.[2]?.name ?? '';
      it.target.put(
        aUser({
          username: stranger,
          sub: 'ffffffff-0000-4000-8000-000000000000',
          attributes: { email: 'stranger@example.test', email_verified: 'true' },
        }),
      );
      it.whenJobEnded = () => {
        for (const name of gone) it.target.remove(name);
      };
      it.writer.refuse = (call) => (call === 'createUser' ? 'InvalidParameterException' : undefined);
      expect(it.plan().chunks.map(({ users }) => users)).to.deep.equal([3, 3, 3]);
      expect((await it.execute('execution-1')).counts).to.include({ usersMissing: 4, usersBlocked: 1 });
      it.writer.refuse = (call, username) =>
        call === 'createUser' && username === stranger ? 'UsernameExistsException' : undefined;
      // So slow that the progress of the repair is stored between two calls.
      it.calls.latencies.cognito = 12_000;
      it.calls.killAt(killAt);
      return it;
    };
    for (let killAt = 20; killAt < 46; killAt += 1) {
      const it = await disturbed(killAt);
      const outcome = await it.executeDespiteKills('execution-2');
      expect(outcome.counts, `killed at call ${killAt}`).to.include({
        usersMissing: 0,
        usersBlocked: 1,
        usersRestored: 8,
      });
    }
  });

  it('puts right what differs after the import', async () => {
    const it = await world(70);
    // A value that the import stored in another form, as birth dates may be.
    it.whenJobEnded = () => spoil(it, { name: 'other' });
    const outcome = await it.execute();
    expect(it.calls.countOf('cognito.updateAttributes')).to.equal(1);
    expect(differences(it.source, it.target)).to.deep.equal([]);
    expect(outcome.outcome).to.equal('complete');
    expect(it.writer.sentToUsers).to.deep.equal([]);
  });

  it('says which attributes differ when they cannot be changed', async () => {
    const it = await world(10);
    it.writer.refuse = (call) => (call === 'updateAttributes' ? 'InvalidParameterException' : undefined);
    it.whenJobEnded = () => spoil(it, { name: 'other', locale: 'xx' });
    const outcome = await it.execute();
    expect(outcome).to.deep.include({ outcome: 'partial' });
    expect(outcome.counts.usersDifferent).to.equal(1);
    expect(it.report('failures.csv')).to.match(/user5,,InvalidParameterException,updated once,different: locale name/);
  });

  it('survives refused tokens, refused filters, short and empty pages, lossy and doubling queues', async () => {
    const it = await world(130);
    Object.assign(it.cognito.knobs, { shortPages: 0.3, emptyPages: 0.2, subFilter: false });
    it.newUsersQueue.lossy = it.updatesQueue.lossy = 0.5;
    it.newUsersQueue.duplicating = it.updatesQueue.duplicating = 0.5;
    it.calls.fail({
      call: 'cognito.listUsersInGroupPage',
      nth: 3,
      error: () => new Fault('InvalidPaginationToken', 'refused'),
    });
    const outcome = await it.execute();
    expect(outcome.outcome).to.equal('complete');
    expect(differences(it.source, it.target)).to.deep.equal([]);
  });

  it('keeps names, subs and addresses out of the log and the outcome', async () => {
    const it = await world(30);
    it.jobs.knobs.rowFate = (_job, line) => (line === 2 ? 'failed' : undefined);
    const outcome = await it.execute();
    const said = it.log.lines.join('\n') + JSON.stringify(outcome);
    for (const { user } of it.source.users.values())
      for (const secret of [user.username, user.sub]) expect(said.includes(`${secret}"`), secret).to.equal(false);
    expect(said).to.not.contain('example.test');
    expect(said).to.not.contain('X-Amz-Signature');
  });
});
