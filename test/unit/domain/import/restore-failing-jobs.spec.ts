import { expect } from 'chai';
import type { ImportJob } from '../../../../source/domain/ports.ts';
import { Fault } from '../../../../source/domain/errors.ts';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { rejection } from '../../../support/rejection.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';
import { plannedRestore } from '../../../support/import/planned-restore.ts';

const first = ({ jobName }: Pick<ImportJob, 'jobName'>): boolean => jobName.endsWith('-a1');

describe('Import jobs that do not go well', () => {
  it('finishes by a follow-up job what a job that failed half-way left', async () => {
    const restore = await plannedRestore();
    restore.jobs.knobs.endEarly = (job) =>
      first(job)
        ? { afterRows: 25, status: 'Failed', message: 'Too many users have failed or been skipped during the import.' }
        : undefined;
    const outcome = await restore.execute();
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
    expect(outcome).to.deep.include({ outcome: 'complete' });
    expect(restore.ended.map(({ status, imported }) => [status, imported])).to.deep.equal([
      ['Failed', 25],
      ['Succeeded', 35],
    ]);
  });

  it('goes on after a job that was stopped by hand', async () => {
    const restore = await plannedRestore();
    restore.jobs.knobs.endEarly = (job) =>
      first(job) ? { afterRows: 10, status: 'Stopped', message: 'The user import job was stopped.' } : undefined;
    await restore.execute();
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
  });

  it('creates one by one what three jobs did not import', async () => {
    const restore = await plannedRestore(12);
    restore.jobs.knobs.rowFate = (_job, line) => (line === 1 ? 'lost' : undefined);
    const outcome = await restore.execute();
    expect(restore.ended).to.have.length(3);
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
    expect(outcome.counts.usersCreatedOneByOne).to.equal(1);
  });

  it('waits for a late log, then believes the pool', async () => {
    const restore = await plannedRestore();
    restore.jobs.knobs.logDelayMs = 40_000;
    restore.jobs.knobs.rowFate = (job, line) => (first(job) && line === 3 ? 'failed' : undefined);
    await restore.execute();
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
    expect(restore.ended).to.have.length(1);
    expect(restore.report('failures.csv')).to.match(/user\d+,,An internal error occurred\.,created one by one/);
  });

  it('looks rows up that a log never tells of', async () => {
    const restore = await plannedRestore(150);
    restore.jobs.knobs.rowFate = (job, line) =>
      !first(job) ? undefined : line === 1 ? 'failed' : line > 5 ? 'silent' : line > 3 ? 'lost' : undefined;
    await restore.execute();
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
    expect(restore.ended.map(({ imported }) => imported)).to.deep.equal([147, 3]);
  });

  for (const firstLineNumber of [0, 1, 2] as const) {
    it(`finds the row of a stranger in the log of a job that ended early, when its lines count from ${firstLineNumber}`, async () => {
      const restore = new RestoreWorld({}, { triggers: ['PreSignUp'] });
      addUsers(restore.source, 30);
      addGroups(restore.source, [30]);
      await restore.planned();
      const { name = '', sub } = restore.chunkUsers()[0]?.[6] ?? {};
      restore.target.put(
        aUser({
          username: name,
          sub: 'ffffffff-0000-4000-8000-000000000000',
          attributes: { email: 'stranger@example.test', email_verified: 'true' },
        }),
      );
      restore.jobs.knobs.firstLineNumber = firstLineNumber;
      restore.jobs.knobs.endEarly = (job) =>
        first(job) ? { afterRows: 12, status: 'Failed', message: 'An internal error.' } : undefined;
      const outcome = await restore.execute();
      expect(outcome.counts).to.include({ usersRestored: 29, usersBlocked: 1, usersMissing: 0, membershipsMissing: 1 });
      expect(restore.report('failures.csv')).to.contain(`${sub},${name},7,`);
    });
  }

  it('B5: takes nobody for imported by the line of the next row, where the first row of a job that ended early was lost', async () => {
    const restore = await plannedRestore(30);
    restore.jobs.knobs.rowFate = (job, line) => (first(job) && line === 1 ? 'lost' : undefined);
    restore.jobs.knobs.endEarly = (job) =>
      first(job) ? { afterRows: 6, status: 'Stopped', message: 'stopped' } : undefined;
    const outcome = await restore.execute();
    expect(outcome.counts).to.include({ usersRestored: 30, usersDeletedSince: 0 });
    expect(outcome.outcome).to.equal('complete');
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
  });

  it('takes over a job whose creator died, whether or not its file was there', async () => {
    for (const [call, jobs] of [
      ['jobs.createJob', 2],
      ['jobs.uploadCsv', 1],
      ['jobs.startJob', 1],
    ] as const) {
      const restore = await plannedRestore(10);
      restore.calls.fail({ call, when: 'after', error: () => new Fault('ServiceError', 'the answer was lost') });
      expect((await rejection(restore.execute())).message).to.equal('the answer was lost');
      await restore.execute();
      expect(differences(restore.source, restore.target), call).to.deep.equal([]);
      expect(restore.calls.countOf('jobs.createJob'), call).to.equal(jobs);
      expect(
        restore.ended.filter(({ status }) => status === 'Succeeded'),
        call,
      ).to.have.length(1);
    }
  });

  it('starts the same job later when another one of the account is active', async () => {
    const restore = await plannedRestore(10);
    restore.jobs.knobs.busyStarts = 3;
    await restore.execute();
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
    expect(restore.calls.countOf('jobs.createJob')).to.equal(1);
    expect(restore.calls.countOf('jobs.startJob')).to.equal(4);
  });

  it('replaces a job that expired before it was started', async () => {
    const restore = await plannedRestore(10);
    restore.jobs.knobs.busyStarts = 10_000;
    const slow = restore.execute();
    await restore.clock.sleep(60_000);
    restore.clock.advance(25 * 3_600_000);
    restore.jobs.knobs.busyStarts = 2;
    await slow;
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
    expect(restore.calls.countOf('jobs.createJob')).to.equal(2);
  });

  it('stops with the cause of a whole job, and goes on when it is started again', async () => {
    const restore = await plannedRestore(10);
    restore.jobs.knobs.endEarly = () => ({
      afterRows: 0,
      status: 'Failed',
      message: 'The log role canary@example.test cannot be assumed.',
    });
    const error = await rejection(restore.execute('execution-1'));
    expect(error).to.include({ name: 'ImportJobFailed' });
    expect(error.message)
      .to.match(/log role/)
      .and.not.match(/canary/);
    restore.jobs.knobs.endEarly = () => undefined;
    await restore.execute('execution-2');
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
  });

  it('never touches a user who took a name of the backup meanwhile', async () => {
    const restore = await plannedRestore(10);
    const stranger = aUser({
      username: 'user3',
      sub: 'ffffffff-0000-4000-8000-000000000000',
      attributes: { email: 'stranger@example.test', email_verified: 'true' },
    });
    restore.target.put(stranger);
    const outcome = await restore.execute();
    expect(restore.target.find('user3')).to.deep.include({
      sub: stranger.sub,
      enabled: true,
      attributes: stranger.attributes,
    });
    for (const { members } of restore.target.groups.values()) expect([...members.keys()]).to.not.include('user3');
    expect(outcome.outcome).to.equal('partial');
    expect(outcome.counts).to.include({ usersRestored: 9, usersBlocked: 1, unknownUsers: 1 });
    expect(restore.report('failures.csv')).to.contain('user3').and.to.contain('NameCollision');
    expect(restore.head().phase).to.equal('partial');
    expect(restore.report('sub-map.csv')).to.not.contain(stranger.sub);

    restore.target.remove('user3');
    const again = await restore.execute('execution-2');
    expect(again.outcome).to.equal('complete');
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
    expect(restore.head().phase).to.equal('complete');
  });
});
