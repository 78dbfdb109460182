import { expect } from 'chai';
import { Fault } from '../../../source/domain/errors.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import type { ImportJob } from '../../../source/domain/ports.ts';
import { rejection } from '../../support/rejection.ts';
import { addGroups, addUsers, aUser } from '../../support/world/builders.ts';
import { csvColumns } from '../../../tools/simulation/import-jobs/csv.ts';
import { World } from '../../support/world/world.ts';

const POOL = 'eu-west-1_Source';

async function listAll(world: World, filter?: string): Promise<PoolUser[]> {
  const users: PoolUser[] = [];
  let token: string | undefined;
  do {
    const page = await world.cognito.listUsersPage(POOL, {
      ...(filter === undefined ? {} : { filter }),
      ...(token === undefined ? {} : { token }),
    });
    users.push(...page.items);
    token = page.next;
  } while (token !== undefined);
  return users;
}

describe('the world in memory', () => {
  it('lists every user once through short and empty pages, also by prefixes of sub', async () => {
    const world = new World();
    addUsers(world.pool(POOL), 500);
    Object.assign(world.cognito.knobs, { shortPages: 0.3, emptyPages: 0.2 });
    expect(new Set((await listAll(world)).map(({ sub }) => sub)).size).to.equal(500);
    const byPrefix = await Promise.all([...'0123456789abcdef'].map((digit) => listAll(world, `sub ^= "${digit}"`)));
    expect(byPrefix.flat()).to.have.length(500);
  });

  it('takes virtual time per call and lets concurrent calls overlap', async () => {
    const world = new World();
    addUsers(world.pool(POOL), 10);
    world.calls.latencies['cognito'] = 100;
    await Promise.all(Array.from({ length: 20 }, () => listAll(world)));
    expect(world.clock.elapsed).to.equal(100);
    expect(world.calls.maxPerSecond('cognito')).to.equal(20);
  });

  it('refuses an expired token and a token of another chain', async () => {
    const world = new World();
    addUsers(world.pool(POOL), 100);
    const { next } = await world.cognito.listUsersPage(POOL, {});
    expect(
      (await rejection(world.cognito.listUsersPage(POOL, { filter: 'sub ^= "a"', token: next as string }))).name,
    ).to.equal('InvalidPaginationToken');
    world.clock.advance(3_600_001);
    expect((await rejection(world.cognito.listUsersPage(POOL, { token: next as string }))).name).to.equal(
      'InvalidPaginationToken',
    );
  });

  it('kills at the chosen call, keeps everything dead, and works again when revived', async () => {
    const world = new World();
    world.calls.killAt(2, 'after');
    await world.table.putItems([{ id: 'a', type: 't' }]);
    expect((await rejection(world.table.putItems([{ id: 'b', type: 't' }]))).name).to.equal('KilledError');
    expect((await rejection(world.objects.get('x'))).name).to.equal('KilledError');
    world.calls.revive();
    expect(await world.table.getItem({ id: 'b', type: 't' })).to.deep.equal({ id: 'b', type: 't' });
  });

  it('fails the chosen calls, with or without their effect', async () => {
    const world = new World();
    world.calls.fail({
      call: 'objects.put',
      nth: 2,
      when: 'after',
      error: () => new Fault('ServiceError', 'lost answer'),
    });
    await world.objects.put('a', '1');
    expect((await rejection(world.objects.put('b', '2'))).name).to.equal('ServiceError');
    expect(world.objects.text('b')).to.equal('2');
  });

  it('scans every item once in any number of segments, a user together with its memberships', async () => {
    const world = new World();
    world.table.pageItems = 7;
    for (let n = 0; n < 200; n += 1) world.table.seed({ id: `USER#${n % 50}`, type: `T${n}` });
    const seen: string[] = [];
    for (let segment = 0; segment < 3; segment += 1) {
      let start: { id: string; type: string } | undefined;
      do {
        const page = await world.table.scanPage({
          segment,
          totalSegments: 3,
          consistent: true,
          ...(start === undefined ? {} : { start }),
        });
        seen.push(...page.items.map(({ id, type }) => `${id} ${type}`));
        start = page.next;
      } while (start !== undefined);
    }
    expect(seen).to.have.length(200);
    expect(new Set(seen).size).to.equal(200);
    const ids = seen.map((key) => key.split(' ')[0]);
    expect(ids.filter((id, at) => id !== ids[at - 1])).to.have.length(50);
  });

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

  it('builds groups with the wanted numbers of members', () => {
    const pool = new World().pool(POOL);
    addUsers(pool, 50);
    addGroups(pool, [0, 10, 50]);
    expect([...pool.groups.values()].map(({ members }) => members.size)).to.deep.equal([0, 10, 50]);
  });
});
