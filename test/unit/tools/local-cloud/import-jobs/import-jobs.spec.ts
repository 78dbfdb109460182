import { expect } from 'chai';
import { rejection } from '../../../../support/rejection.ts';
import { ImportCloud } from '../../../../support/local-cloud/import-cloud.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `user${index + 1}`);

describe('import jobs: life of a job', () => {
  let cloud: ImportCloud;
  beforeEach(() => {
    cloud = new ImportCloud();
  });

  it("returns the header: standard columns, custom attributes, Cognito's two, and what the option adds", async () => {
    cloud.options = { ...cloud.options, extraColumns: ['password_hash'] };
    const header = (await cloud.call('GetCSVHeader'))['CSVHeader'] as string[];
    expect(header).to.have.length(23);
    expect(header.slice(-5)).to.deep.equal([
      'updated_at',
      'custom:team',
      'cognito:mfa_enabled',
      'cognito:username',
      'password_hash',
    ]);
    expect(header).to.not.include.members(['sub']);
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

  it('refuses to start without a file, twice, or a job of another pool', async () => {
    const jobId = await cloud.job();
    expect(await rejection(cloud.call('StartUserImportJob', { JobId: jobId }))).to.include({
      code: 'PreconditionNotMetException',
      message: `No csv file was uploaded for ${jobId}`,
    });
    const done = await cloud.job(await cloud.csv(['a']));
    await cloud.run(done);
    expect(await rejection(cloud.call('StartUserImportJob', { JobId: done }))).to.include({
      code: 'PreconditionNotMetException',
    });
    cloud.pool = { ...cloud.pool, Id: 'us-east-1_Another01' };
    expect(await rejection(cloud.call('StartUserImportJob', { JobId: done }))).to.include({
      code: 'ResourceNotFoundException',
    });
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

  it('lets upload URLs and jobs expire when the options say so', async () => {
    cloud.options = { ...cloud.options, uploadUrlSeconds: 0 };
    expect(
      (
        await cloud.call('CreateUserImportJob', {
          JobName: 'late',
          CloudWatchLogsRoleArn: 'arn:aws:iam::111122223333:role/import-log',
        })
      )['UserImportJob'],
    ).to.include({ Status: 'Created' });
    const jobId = await cloud.job('x');
    expect(await rejection(cloud.call('StartUserImportJob', { JobId: jobId }))).to.include({
      message: `No csv file was uploaded for ${jobId}`,
    });
    cloud.options = { ...cloud.options, expiresAfterMs: 1_000 };
    await cloud.clock.sleep(2_000);
    expect(await cloud.describe(jobId)).to.include({ Status: 'Expired' });
  });

  it('wants an auto-verified attribute', async () => {
    const jobId = await cloud.job('x');
    cloud.pool = { ...cloud.pool, AutoVerifiedAttributes: [] };
    expect(await rejection(cloud.call('StartUserImportJob', { JobId: jobId }))).to.include({
      code: 'InvalidParameterException',
    });
  });

  it('lets one job run per account, or per Region where the option says so', async () => {
    const csv = await cloud.csv(['a']);
    const [first, second, other] = [
      await cloud.job(csv),
      await cloud.job(csv),
      await cloud.job(csv, '111122223333', 'eu-west-1'),
    ];
    const running = cloud.run(first);
    expect(await rejection(cloud.call('StartUserImportJob', { JobId: second }))).to.include({
      code: 'PreconditionNotMetException',
    });
    const inOther = (): Promise<unknown> =>
      cloud.call('StartUserImportJob', { JobId: other }, '111122223333', 'eu-west-1');
    expect(await rejection(inOther())).to.include({ code: 'PreconditionNotMetException' });
    cloud.options = { ...cloud.options, oneJobPer: 'region' };
    await inOther();
    await cloud.call('StartUserImportJob', { JobId: await cloud.job(csv, '444455556666') }, '444455556666');
    await running;
    expect(await cloud.run(second)).to.include({ Status: 'Succeeded' });
  });

  it('refuses changes of the pool while a job imports into it', async () => {
    cloud.options = { ...cloud.options, pendingMs: 1_000 };
    const jobId = await cloud.job(await cloud.csv(['a']));
    await cloud.call('StartUserImportJob', { JobId: jobId });
    for (const action of ['UpdateUserPool', 'AddCustomAttributes', 'DeleteUserPool']) {
      expect(await rejection(cloud.call(action)), action).to.include({ code: 'UserImportInProgressException' });
    }
    expect(await rejection(cloud.call('UpdateUserPool', { UserPoolId: 'us-east-1_Another01' }))).to.include({
      message: 'from the emulator',
    });
    await cloud.clock.sleep(2_000);
    expect(await rejection(cloud.call('UpdateUserPool'))).to.include({ message: 'from the emulator' });
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

  it('expires a job that was not started within a day', async () => {
    const jobId = await cloud.job('x');
    cloud.clock.advance(24 * 3_600_000);
    expect(await cloud.describe(jobId)).to.include({ Status: 'Expired' });
    expect(await rejection(cloud.call('StartUserImportJob', { JobId: jobId }))).to.include({
      code: 'PreconditionNotMetException',
    });
  });

  it('fails the job when the role is missing, does not trust Cognito or lacks permissions', async () => {
    const csv = await cloud.csv(['a']);
    cloud.allowedActions = 3;
    expect(await cloud.run(await cloud.job(csv))).to.include({
      Status: 'Failed',
      CompletionMessage: 'The CloudWatch Logs role lacks permissions to write the log of the import job.',
    });
    cloud.trust = {
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['lambda.amazonaws.com'] } },
    };
    expect(await cloud.run(await cloud.job(csv))).to.include({
      Status: 'Failed',
      CompletionMessage: 'Cognito cannot assume the CloudWatch Logs role.',
    });
    cloud.trust = undefined;
    expect(await cloud.run(await cloud.job(csv))).to.include({
      Status: 'Failed',
      CompletionMessage: 'The CloudWatch Logs role does not exist.',
    });
    expect(cloud.users.size).to.equal(0);
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

  it('lists jobs newest first in pages, with tokens of this pool only', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.unshift(await cloud.job());
    const first = await cloud.call('ListUserImportJobs', { MaxResults: 3 });
    const second = await cloud.call('ListUserImportJobs', { MaxResults: 3, PaginationToken: first['PaginationToken'] });
    const listed = [first, second].flatMap((page) =>
      (page['UserImportJobs'] as { JobId: string }[]).map((job) => job.JobId),
    );
    expect(listed).to.deep.equal(ids);
    expect(second).to.not.have.property('PaginationToken');
    expect(await rejection(cloud.call('ListUserImportJobs', { MaxResults: 3, PaginationToken: 'x' }))).to.include({
      code: 'InvalidParameterException',
    });
  });

  it('refuses more jobs than a pool can have', async () => {
    cloud.options = { ...cloud.options, jobsPerPool: 2 };
    await cloud.job();
    await cloud.job();
    expect(await rejection(cloud.job())).to.include({ code: 'LimitExceededException' });
  });

  it('leaves the refusal of an unauthorized caller as it is', async () => {
    cloud.refusal = 'AccessDeniedException';
    expect(await rejection(cloud.call('GetCSVHeader'))).to.include({
      code: 'AccessDeniedException',
      message: 'from the emulator',
    });
  });

  it('asks whether the caller may pass the role to Cognito', async () => {
    await cloud.call('GetCSVHeader');
    expect(cloud.passedRoles).to.deep.equal([]);
    await cloud.job();
    expect(cloud.passedRoles).to.deep.equal(['arn:aws:iam::111122223333:role/import-log cognito-idp.amazonaws.com']);
  });
});

describe('import jobs: upload', () => {
  let cloud: ImportCloud;
  let url: string;
  beforeEach(async () => {
    cloud = new ImportCloud();
    url = String((await cloud.describe(await cloud.job()))['PreSignedUrl']);
  });

  const statusOf = async (headers: Record<string, string>, target = url, method = 'PUT'): Promise<string> => {
    const answer = await cloud.put(target, 'x', headers, method);
    return `${answer.status} ${/<Code>(.*)<\/Code>/.exec(answer.body.toString())?.[1] ?? ''}`.trim();
  };

  it('takes a PUT with the signed encryption header', async () => {
    expect(await statusOf({})).to.equal('200');
  });

  it('refuses one without the header, by another method, or by a changed URL', async () => {
    expect(await statusOf({ 'x-amz-server-side-encryption': '' })).to.equal('403 SignatureDoesNotMatch');
    expect(await statusOf({ 'x-amz-server-side-encryption': 'AES256' })).to.equal('403 SignatureDoesNotMatch');
    expect(await statusOf({}, url, 'POST')).to.equal('403 SignatureDoesNotMatch');
    expect(await statusOf({}, url.replace(/Signature=./, 'Signature=_'))).to.equal('403 SignatureDoesNotMatch');
  });

  it('refuses a body of unknown length', async () => {
    cloud.contentLength = false;
    expect(await statusOf({})).to.equal('411 MissingContentLength');
  });

  it('refuses a chunked body, and anything after 15 minutes', async () => {
    expect(await statusOf({ 'transfer-encoding': 'chunked' })).to.equal('501 NotImplemented');
    cloud.clock.advance(899_000);
    expect(await statusOf({})).to.equal('200');
    cloud.clock.advance(1_000);
    expect(await statusOf({})).to.equal('403 AccessDenied');
  });
});
