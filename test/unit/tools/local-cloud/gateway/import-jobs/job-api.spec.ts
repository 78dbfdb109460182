import { expect } from 'chai';
import { ImportCloud } from '../../../../../support/local-cloud/import-cloud.ts';
import { rejection } from '../../../../../support/rejection.ts';

describe('import jobs: calls', () => {
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

  it('expires a job that was not started within a day', async () => {
    const jobId = await cloud.job('x');
    cloud.clock.advance(24 * 3_600_000);
    expect(await cloud.describe(jobId)).to.include({ Status: 'Expired' });
    expect(await rejection(cloud.call('StartUserImportJob', { JobId: jobId }))).to.include({
      code: 'PreconditionNotMetException',
    });
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
});
