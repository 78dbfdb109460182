import { expect } from 'chai';
import { importJobs } from '../../../../source/adapters/cognito/import-jobs.ts';
import { refusal } from '../../../support/aws-stub.ts';
import { adapterOptions, STUB_POOL, STUB_SECRET, stubOfSuite } from '../../../support/cognito-stub.ts';
import { rejection } from '../../../support/rejection.ts';

describe('Cognito adapters: import jobs', () => {
  const stub = stubOfSuite();

  it('creates, uploads, starts and describes import jobs', async () => {
    const jobs = importJobs({ ...adapterOptions(), logRoleArn: 'role' });
    stub.answer = ({ action }) =>
      action === 'PUT'
        ? {}
        : {
            body: {
              UserImportJob: {
                JobId: 'import-1',
                JobName: 'n',
                Status: 'Created',
                PreSignedUrl: `${stub.url}/upload?X-Amz-Signature=1`,
                CreationDate: 1_700_000_000,
                ImportedUsers: 3,
              },
            },
          };
    const job = await jobs.createJob(STUB_POOL, 'n');
    expect(job).to.deep.equal({
      jobId: 'import-1',
      jobName: 'n',
      status: 'Created',
      uploadUrl: `${stub.url}/upload?X-Amz-Signature=1`,
      created: '2023-11-14T22:13:20.000Z',
      imported: 3,
      skipped: 0,
      failed: 0,
    });
    await jobs.uploadCsv(`${stub.url}/upload?X-Amz-Signature=1`, Buffer.from('ä,b'));
    const upload = stub.requests.at(-1);
    expect(upload).to.include({ method: 'PUT', url: '/upload?X-Amz-Signature=1', text: 'ä,b' });
    expect(upload?.headers).to.include({ 'x-amz-server-side-encryption': 'aws:kms', 'content-length': '4' });
    expect(stub.requests[0]?.json).to.deep.equal({
      UserPoolId: STUB_POOL,
      JobName: 'n',
      CloudWatchLogsRoleArn: 'role',
    });
    const unmet = (message: string): void => {
      stub.answer = ({ action }) =>
        action === 'ListPointInTimeRecoveries' ? {} : refusal('PreconditionNotMetException', message);
    };
    unmet('No csv file was uploaded for import-1');
    expect(await jobs.startJob(STUB_POOL, 'import-1')).to.equal('noCsv');
    unmet('Another job is active');
    expect(await jobs.startJob(STUB_POOL, 'import-1')).to.equal('busy');
    expect(await jobs.createJob(STUB_POOL, 'n')).to.equal('busy');
    stub.answer = () => refusal('LimitExceededException', STUB_SECRET);
    expect(await jobs.createJob(STUB_POOL, 'n')).to.equal('limit');
    stub.answer = () => ({ body: { UserImportJobs: [], PaginationToken: 'n' } });
    expect(await jobs.listJobsPage(STUB_POOL)).to.deep.equal({ items: [], next: 'n' });
    expect(stub.requests.at(-1)?.json).to.include({ MaxResults: 50 });
  });

  it('tells a refused upload by its status, never by its URL', async () => {
    stub.answer = () => ({ status: 403 });
    const error = await rejection(
      importJobs({ ...adapterOptions(), logRoleArn: 'role' }).uploadCsv(
        `${stub.url}/x?X-Amz-Signature=${STUB_SECRET}`,
        Buffer.from(''),
      ),
    );
    expect(error.message).to.include('403').and.not.to.include(STUB_SECRET);
  });

  it("reads a job's log to its end, and nothing where there is none", async () => {
    const jobs = importJobs({ ...adapterOptions(), logRoleArn: 'role' });
    const lines = async (): Promise<string[]> => {
      const read: string[] = [];
      for await (const line of jobs.readLog(STUB_POOL, 'p', { jobId: 'import-1', jobName: 'n' })) read.push(line);
      return read;
    };
    stub.answer = ({ json }) => ({
      body:
        json.nextToken === undefined
          ? { events: [{ message: 'one\n' }], nextForwardToken: 'f1' }
          : { events: json.nextToken === 'f1' ? [{ message: 'two' }] : [], nextForwardToken: 'f2' },
    });
    expect(await lines()).to.deep.equal(['one', 'two']);
    expect(stub.requests[0]?.json).to.include({
      logGroupName: `/aws/cognito/userpools/${STUB_POOL}/p`,
      logStreamName: 'import-1/n',
    });
    // The second: the pool's name has characters that the name of a log group may not have.
    for (const none of ['ResourceNotFoundException', 'InvalidParameterException']) {
      stub.answer = () => refusal(none);
      expect(await lines(), none).to.deep.equal([]);
    }
  });
});
