import { expect } from 'chai';
import type { ImportJob } from '../../../../../source/domain/ports.ts';
import { csvColumns } from '../../../../../tools/simulation/import-jobs/csv.ts';
import { rejection } from '../../../../support/rejection.ts';
import { aUser } from '../../../../support/world/builders.ts';
import { World } from '../../../../support/world/world.ts';

const POOL = 'eu-west-1_Source';

describe('simulated Cognito: import jobs in virtual time', () => {
  it('runs an import job by the documented rules', async () => {
    const world = new World();
    const pool = world.pool(POOL);
    pool.put(aUser({ username: 'present' }));
    const row = (over: Record<string, string>): string =>
      csvColumns(pool.settings)
        .map((name) => over[name] ?? '')
        .join(',');
    const csv = [
      csvColumns(pool.settings).join(','),
      row({ 'cognito:username': 'ok', email: 'ok@example.test', email_verified: 'true', name: 'Doe\\, J' }),
      row({ 'cognito:username': 'unverified', email: 'u@example.test' }),
      row({ 'cognito:username': 'present', email: 'p@example.test', email_verified: 'true' }),
    ].join('\n');
    const { jobId, uploadUrl, jobName } = (await world.jobs.createJob(POOL, 'restore-1')) as ImportJob;
    expect(await world.jobs.startJob(POOL, jobId)).to.equal('noCsv');
    await world.jobs.uploadCsv(uploadUrl as string, Buffer.from(csv));
    expect(await world.jobs.startJob(POOL, jobId)).to.equal('started');
    world.clock.advance(10_000);
    expect(await world.jobs.describeJob(POOL, jobId)).to.include({
      status: 'Succeeded',
      imported: 1,
      skipped: 1,
      failed: 1,
    });
    expect(pool.find('ok')).to.deep.include({ status: 'RESET_REQUIRED' });
    expect(pool.find('ok')?.attributes.name).to.equal('Doe, J');
    const lines: string[] = [];
    for await (const line of world.jobs.readLog(POOL, 'customers', { jobId, jobName })) lines.push(line);
    expect(lines.map((line) => line.split(' - ')[0])).to.deep.equal([
      '[SUCCEEDED] Line Number 1',
      '[FAILED] Line Number 2',
      '[SKIPPED] Line Number 3',
    ]);
  });

  const withFile = async (world: World, rows: number): Promise<string> => {
    const columns = csvColumns(world.pool(POOL).settings);
    const lines = Array.from({ length: rows }, (_, row) => {
      const values: Record<string, string> = {
        'cognito:username': `user${row}`,
        email: `user${row}@example.test`,
        email_verified: 'true',
      };
      return columns.map((name) => values[name] ?? '').join(',');
    });
    const { jobId, uploadUrl } = (await world.jobs.createJob(POOL, 'restore-1')) as ImportJob;
    await world.jobs.uploadCsv(uploadUrl as string, Buffer.from([columns.join(','), ...lines].join('\n')));
    return jobId;
  };

  it('brings users in as fast as the speed says, whoever looks', async () => {
    const world = new World();
    Object.assign(world.jobs.knobs, { usersPerSecond: 10, pendingMs: 1_000 });
    const jobId = await withFile(world, 50);
    await world.jobs.startJob(POOL, jobId);
    world.clock.advance(3_500);
    expect((await world.cognito.listUsersPage(POOL, {})).items).to.have.length(25);
    expect(await world.jobs.describeJob(POOL, jobId)).to.include({ status: 'InProgress', imported: 25 });
    world.clock.advance(2_500);
    const job = await world.jobs.describeJob(POOL, jobId);
    expect(job).to.include({ status: 'Succeeded', imported: 50 });
    expect(Date.parse(job.completed as string) - Date.parse(job.started as string)).to.equal(6_000);
  });

  it('starts one job at a time, and each job once', async () => {
    const world = new World();
    const [first, second] = [await withFile(world, 5), await withFile(world, 5)];
    expect(await world.jobs.startJob(POOL, first)).to.equal('started');
    expect(await world.jobs.startJob(POOL, second)).to.equal('busy');
    world.clock.advance(60_000);
    expect(await world.jobs.startJob(POOL, first)).to.equal('busy');
    expect(await world.jobs.startJob(POOL, second)).to.equal('started');
  });

  it('refuses a job, an upload URL and a token that it does not know, and a URL of 15 minutes ago', async () => {
    const world = new World();
    world.pool(POOL);
    const { uploadUrl } = (await world.jobs.createJob(POOL, 'restore-1')) as ImportJob;
    expect((await rejection(world.jobs.describeJob(POOL, 'import-9'))).message).to.include('ResourceNotFound');
    expect((await rejection(world.jobs.listJobsPage(POOL, 'x'))).name).to.equal('InvalidPaginationToken');
    world.clock.advance(900_000);
    for (const url of ['https://uploads.invalid/', uploadUrl as string])
      expect((await rejection(world.jobs.uploadCsv(url, Buffer.from('x')))).message).to.include('403');
  });
});
