import { expect } from 'chai';
import { ImportCloud } from '../../../../../support/local-cloud/import-cloud.ts';
import { rejection } from '../../../../../support/rejection.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `user${index + 1}`);

describe('import jobs: a job that runs', () => {
  let cloud: ImportCloud;
  beforeEach(() => {
    cloud = new ImportCloud();
  });

  it('creates, takes the file, imports it and logs one line per row', async () => {
    const csv = await cloud.csv(names(250), (name) => (name === 'user3' ? { email_verified: 'false' } : {}));
    cloud.users.add('user5');
    const job = await cloud.run(await cloud.job(csv));
    expect(job).to.include({ Status: 'Succeeded', ImportedUsers: 248, FailedUsers: 1, SkippedUsers: 1 });
    expect(job['CompletionDate']).to.be.a('number');
    expect(cloud.logStreams).to.deep.equal([`${String(job['JobId'])}/restore-1`]);
    expect(cloud.logLines).to.have.length(250);
    expect(cloud.logLines[0]).to.equal('[SUCCEEDED] Line Number 1 - The import succeeded.');
    expect(cloud.logLines[2]).to.match(
      /^\[FAILED\] Line Number 3 - The User Record does not set any of the auto verified/,
    );
    expect(cloud.logLines[249]).to.match(/^\[SUCCEEDED\] Line Number 250 - /);
    expect(cloud.logLines[4]).to.equal('[SKIPPED] Line Number 5 - The user already exists.');
  });

  it('ends early in the middle of the file, for the first jobs of a pool only', async () => {
    for (const as of ['Failed', 'Stopped'] as const) {
      const one = new ImportCloud();
      one.options = { ...one.options, tooMany: undefined, endEarly: { afterRows: 130, as, jobs: 1 } };
      expect(await one.run(await one.job(await one.csv(names(250))))).to.include({ Status: as, ImportedUsers: 130 });
      expect(one.logLines).to.have.length(130);
      expect(await one.run(await one.job(await one.csv(names(250))))).to.include({
        ImportedUsers: 120,
        SkippedUsers: 130,
      });
    }
  });

  it('stops a running job, which cannot be started again', async () => {
    cloud.options = { ...cloud.options, usersPerSecond: 10 };
    const jobId = await cloud.job(await cloud.csv(names(200)));
    const ended = cloud.run(jobId);
    await cloud.clock.sleep(5_000);
    expect((await cloud.describe(jobId))['Status']).to.equal('InProgress');
    expect((await cloud.call('StopUserImportJob', { JobId: jobId }))['UserImportJob']).to.include({
      Status: 'Stopping',
    });
    const job = await ended;
    expect(job).to.include({ Status: 'Stopped' });
    expect(job['ImportedUsers']).to.be.within(45, 60);
    for (const action of ['StartUserImportJob', 'StopUserImportJob']) {
      expect(await rejection(cloud.call(action, { JobId: jobId }))).to.include({ code: 'PreconditionNotMetException' });
    }
  });

  it('fails the job when the header does not fit or the file cannot be read', async () => {
    expect((await cloud.run(await cloud.job('cognito:username,email\na,b')))['CompletionMessage']).to.match(/header/);
    expect((await cloud.run(await cloud.job(`\uFEFF${await cloud.csv(['a'])}`)))['CompletionMessage']).to.match(
      /byte order mark/,
    );
  });

  it('fails the job when too many rows are lost, keeping what was imported', async () => {
    const csv = await cloud.csv(names(300), (name) => (Number(name.slice(4)) > 100 ? { email_verified: '' } : {}));
    expect(await cloud.run(await cloud.job(csv))).to.include({
      Status: 'Failed',
      CompletionMessage: 'Too many users have failed or been skipped during the import.',
      ImportedUsers: 100,
      FailedUsers: 200,
    });
    cloud.options = { ...cloud.options, tooMany: undefined };
    expect(await cloud.run(await cloud.job(csv))).to.include({
      Status: 'Succeeded',
      SkippedUsers: 100,
      FailedUsers: 200,
    });
  });

  it('numbers, delays and loses log lines as the options say', async () => {
    cloud.options = { ...cloud.options, firstLineNumber: 2, logDelayMs: 60_000, dropEveryNthLogLine: 3 };
    await cloud.run(await cloud.job(await cloud.csv(names(5))));
    expect(cloud.logLines).to.deep.equal([]);
    await cloud.clock.sleep(61_000);
    expect(cloud.logLines.map((line) => /Line Number (\d+)/.exec(line)?.[1])).to.deep.equal(['2', '3', '5', '6']);
  });

  it('takes as long as the speed says', async () => {
    cloud.options = { ...cloud.options, usersPerSecond: 50, pendingMs: 10_000 };
    const job = await cloud.run(await cloud.job(await cloud.csv(names(500))));
    expect(Number(job['CompletionDate']) - Number(job['StartDate'])).to.be.within(20, 20.2);
  });
});
