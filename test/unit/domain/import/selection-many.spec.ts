import { expect } from 'chai';
import { followedStatus } from '../../../../source/domain/operator/following.ts';
import { EXECUTION_PROGRESS_PREFIX, executionProgressIn } from '../../../../source/domain/workflow/progress.ts';
import {
  putRequest,
  reportOfSelection,
  resultsOf,
  rowsOfSelection,
  select,
} from '../../../support/import/selections.ts';
import { TARGET, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addUsers, aUser } from '../../../support/world/builders.ts';

const email = (username: string): Record<string, string> => ({
  email: `${username}@example.test`,
  email_verified: 'true',
});

/** A pool with one user that was exported. */
async function oneUser(settings: object = {}): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  world.source.settings = { ...world.source.settings, ...settings };
  world.source.put(aUser({ attributes: { ...email('ana'), name: 'Ana' } }));
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  return world;
}

/** What is shown to whoever follows the execution that begins next. */
function percentsTold({ objects, clock }: WorkflowWorld): readonly number[] {
  const told: number[] = [];
  const put = objects.put.bind(objects);
  objects.put = (key, body, ...rest) => {
    if (key.startsWith(EXECUTION_PROGRESS_PREFIX)) {
      const progress = executionProgressIn(Buffer.from(body));
      const { percentDone } = followedStatus(progress, { now: clock.now(), startedAt: clock.now() });
      if (percentDone !== undefined) told.push(percentDone);
    }
    return put(key, body, ...rest);
  };
  return told;
}

/** A pool of three users with a group that was exported. */
async function threeUsers(): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  addUsers(world.source, 3);
  world.source.putGroup({ name: 'staff' });
  world.source.join('user0', 'staff');
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  return world;
}

describe('A selection and what may stand in its way', () => {
  it('16.2: 500 users and more come by import job, and nobody else is touched', async function () {
    this.timeout(60_000);
    const world = new WorkflowWorld();
    addUsers(world.source, 520, { disabled: 0.02 });
    world.source.putGroup({ name: 'staff' });
    for (let n = 0; n < 520; n += 2) world.source.join(`user${n}`, 'staff');
    await world.export();
    const before = new Map([...world.source.users].map(([name, { user }]) => [name, user]));
    for (let n = 0; n < 510; n += 1) world.source.remove(`user${n}`);
    const told = percentsTold(world);
    world.paced = true;
    const users = Array.from({ length: 515 }, (_, n) => ({ name: `user${n}` }));
    const id = await putRequest(world, { users: [...users, ...users.slice(0, 9)], existing: 'update' });
    world.jobs.knobs.rowFate = (_job, line) => (line === 7 ? 'failed' : undefined);
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(reportOfSelection(world, id).users).to.include({ created: 510, unchanged: 5, failed: 0 });
    expect(reportOfSelection(world, id).memberships).to.include({ created: 255 });
    expect(world.calls.countOf('jobs.createJob')).to.equal(1);
    expect(world.calls.countOf('cognito.createUser')).to.equal(1);
    for (const [name, user] of before) {
      const { sub: _now, ...now } = world.source.find(name)?.attributes ?? {};
      const { sub: _then, ...then } = user.attributes;
      expect(now, name).to.deep.equal(then);
      expect(world.source.find(name)?.enabled, name).to.equal(user.enabled);
    }
    expect(rowsOfSelection(world, id, 'subMap')).to.have.length(510);
    expect(told.some((percent) => percent > 10 && percent < 90)).to.equal(true);
    expect(told, 'import jobs are a part of the work').to.deep.equal(told.toSorted((one, other) => one - other));
  });

  it('16.2: invocations that die around an import job make nobody twice, and lose nobody', async function () {
    this.timeout(60_000);
    const world = new WorkflowWorld();
    addUsers(world.source, 505, { disabled: 0 });
    await world.export();
    for (let n = 0; n < 502; n += 1) world.source.remove(`user${n}`);
    const id = await putRequest(world, { users: Array.from({ length: 505 }, (_, n) => ({ name: `user${n}` })) });
    const deaths = ['jobs.createJob', 'jobs.uploadCsv', 'jobs.startJob', 'jobs.describeJob', 'cognito.listUsersPage'];
    world.calls.turn = (call) => {
      if (call === deaths[0]) {
        deaths.shift();
        world.calls.killAt(1, 'after');
      }
      return Promise.resolve();
    };
    const ended = await select(world, id);
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(deaths, 'that did not happen').to.deep.equal([]);
    expect(reportOfSelection(world, id).users).to.include({ created: 502, unchanged: 3, failed: 0, collision: 0 });
    expect(world.source.size).to.equal(505);
    expect(world.calls.countOf('cognito.createUser')).to.equal(0);
    expect(world.jobs.all.filter(({ status }) => status === 'Succeeded')).to.have.length(1);
  });

  it('16.2: whose address is the alias of somebody else by now is in no import job, and takes it from nobody', async function () {
    this.timeout(60_000);
    const world = new WorkflowWorld();
    world.source.settings = { ...world.source.settings, aliasAttributes: ['email'] };
    addUsers(world.source, 502, { disabled: 0 });
    world.source.put(aUser({ username: 'ben' }));
    await world.export();
    for (let n = 0; n < 502; n += 1) world.source.remove(`user${n}`);
    world.source.put(aUser({ username: 'ben', attributes: { ...email('user7'), name: 'Ben' } }));
    const lines = new Set<number>();
    world.jobs.knobs.rowFate = (_job, line) => void lines.add(line);
    const id = await putRequest(world, { users: Array.from({ length: 502 }, (_, n) => ({ name: `user${n}` })) });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(lines.size).to.equal(501);
    expect(reportOfSelection(world, id).users).to.include({ created: 501, failed: 1 });
    expect(world.source.find('ben')?.attributes).to.include(email('user7'));
    expect(world.source.users.get('user7')?.user.attributes).to.include({ email: 'user7@example.test' });
  });

  it('16.2: whoever came by import job and was deleted before the end is created again by the next start', async function () {
    this.timeout(60_000);
    const world = new WorkflowWorld();
    addUsers(world.source, 502, { disabled: 0 });
    world.source.putGroup({ name: 'staff' });
    for (const name of ['user7', 'user9']) world.source.join(name, 'staff');
    await world.export();
    for (let n = 0; n < 502; n += 1) world.source.remove(`user${n}`);
    const id = await putRequest(world, { users: Array.from({ length: 502 }, (_, n) => ({ name: `user${n}` })) });
    world.calls.turn = (call) => {
      if (call === 'cognito.addUserToGroup') {
        world.calls.turn = undefined;
        for (const name of ['user7', 'user8']) world.source.remove(name);
      }
      return Promise.resolve();
    };
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(reportOfSelection(world, id).users).to.include({ created: 502, failed: 0 });
    expect([...(world.source.groups.get('staff')?.members.keys() ?? [])].sort()).to.deep.equal(['user7', 'user9']);
    const subs = rowsOfSelection(world, id, 'subMap').map(({ new_sub: sub }) => sub as string);
    expect(subs.filter((sub) => world.source.find(sub) === undefined)).to.deep.equal([]);
    expect(world.calls.countOf('jobs.createJob')).to.equal(1);
  });

  it('16.2: whom a filter by the first digit of sub does not show yet is not taken for gone', async function () {
    this.timeout(60_000);
    const world = new WorkflowWorld();
    world.source.settings = { ...world.source.settings, usernameAttributes: ['email'] };
    for (let n = 0; n < 520; n += 1) {
      const { sub } = aUser({ username: `user${n}` });
      world.source.put(aUser({ username: sub, sub, attributes: email(`user${n}`) }));
    }
    await world.export();
    const users = [...world.source.users.values()].map(({ user }) => user);
    for (const { username } of users.slice(0, 510)) world.source.remove(username);
    // With another address, under which nobody finds the account by its name.
    const moved = users[515] as (typeof users)[number];
    world.source.put({ ...moved, attributes: { ...moved.attributes, ...email('moved') } });
    const { listUsersPage } = world.cognito;
    const late = new Set([moved.sub]);
    world.cognito.listUsersPage = async (poolId, request) => {
      const page = await listUsersPage(poolId, request);
      const shown = request.filter?.startsWith('sub ^=') !== true ? page.items : page.items.filter(isShown);
      for (const { sub, status } of page.items) if (status === 'RESET_REQUIRED' && late.size < 4) late.add(sub);
      return { ...page, items: shown };
    };
    const isShown = ({ sub }: { readonly sub: string }): boolean => !late.has(sub);
    const id = await putRequest(world, { users: users.map(({ sub }) => ({ sub })), existing: 'update' });
    const ended = await select(world, id);
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(reportOfSelection(world, id).users).to.include({ created: 510, updated: 1, unchanged: 9 });
    expect(late.size).to.equal(4);
    expect(world.source.size).to.equal(520);
  });

  it('16.2: whom a job of a selection brought that was cut off is known to another one, and nobody else is', async function () {
    this.timeout(60_000);
    const world = new WorkflowWorld();
    addUsers(world.source, 510, { disabled: 0.05 });
    world.source.putGroup({ name: 'staff' });
    world.source.join('user7', 'staff');
    await world.export();
    const before = [...world.source.users.values()].map(({ user }) => user);
    for (const { username } of before) world.source.remove(username);
    const role = 'The log role could not be assumed.';
    world.jobs.knobs.endEarly = ({ ordinal }) =>
      ordinal === 1
        ? { afterRows: 200, status: 'Failed', message: 'An internal error ended the import job.' }
        : { afterRows: 0, status: 'Failed', message: role };
    const users = before.map(({ sub }) => ({ sub }));
    const first = await putRequest(world, { users });
    expect(await select(world, first)).to.include({ status: 'FAILED', error: 'ImportJobFailed' });
    expect(world.source.size).to.equal(200);
    world.jobs.knobs.endEarly = () => undefined;
    // Somebody deleted one of them, and somebody else has the name now.
    world.source.remove('user9');
    const created = new Date(world.clock.now()).toISOString();
    const sub = '99999999-0000-4000-8000-000000000009';
    world.source.put(aUser({ username: 'user9', sub, attributes: email('eve'), created }));
    const second = await putRequest(world, { users });
    expect(await select(world, second)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(reportOfSelection(world, second).users).to.include({ created: 310, collision: 1, failed: 0 });
    expect(world.source.find('user9')?.attributes.email).to.equal('eve@example.test');
    expect([...(world.source.groups.get('staff')?.members.keys() ?? [])]).to.deep.equal(['user7']);
    for (const { username, enabled } of before)
      expect(username === 'user9' || world.source.find(username)?.enabled === enabled, username).to.equal(true);
    expect(world.source.size).to.equal(510);
  });

  it('16.2: a user who is in an older run only comes from that run', async () => {
    const world = await oneUser();
    const [older] = [...(await runsOf(world))];
    world.source.remove('ana');
    world.source.put(aUser({ username: 'ben' }));
    expect(await world.export({ AllowMassDelete: true })).to.include({ status: 'SUCCEEDED' });
    const now = await putRequest(world, { users: [{ name: 'ana' }] });
    expect(await select(world, now)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(resultsOf(world, now)).to.deep.equal(['ana notInBackup']);
    const then = await putRequest(world, { users: [{ name: 'ana', run: older as string }, { name: 'ben' }] });
    expect(await select(world, then)).to.include({ status: 'SUCCEEDED' });
    expect(
      rowsOfSelection(world, then).map(({ sign_in_name: name, result, run }) => [name, result, run === older]),
    ).to.have.deep.members([
      ['ana', 'created', true],
      ['ben', 'unchanged', false],
    ]);
  });

  it('16.2: a user who was restored before is known by the sub maps, also when restored twice', async () => {
    const world = await oneUser();
    const { sub } = world.source.find('ana') as ReturnType<typeof aUser>;
    for (const _time of [1, 2]) {
      world.source.remove('ana');
      const id = await putRequest(world, { users: [{ sub }] });
      expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
      expect(resultsOf(world, id)).to.deep.equal(['ana created']);
    }
    const ana = world.source.find('ana') as ReturnType<typeof aUser>;
    world.source.put({ ...ana, attributes: { ...ana.attributes, name: 'Bad' } });
    const id = await putRequest(world, { users: [{ sub }] });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id)).to.deep.equal(['ana updated']);
    expect(world.source.find('ana')?.attributes.name).to.equal('Ana');
  });

  it('16.2: a whole restore of the pool keeps its state beside a selection, and its users are known', async () => {
    const world = await oneUser();
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    const ana = world.target.find('ana') as ReturnType<typeof aUser>;
    world.target.put({ ...ana, attributes: { ...ana.attributes, name: 'Bad' } });
    const id = await putRequest(world, { users: [{ name: 'ana' }] }, { pool: TARGET });
    expect(await select(world, id, { pool: TARGET })).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id, TARGET)).to.deep.equal(['ana updated']);
    expect(await world.import()).to.include({ status: 'FAILED', error: 'AlreadyRestored' });
  });

  it('16.2: a pool that another launch restored: says what is missing, and goes on by its sub map', async () => {
    const world = await threeUsers();
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    const map = [...world.objects.stored.keys()].find((key) => key.endsWith('/report/sub-map.csv')) ?? '';
    const theirs = world.objects.text(map);
    for (const key of [...world.objects.stored.keys()].filter((one) => one.startsWith('restores/')))
      world.objects.stored.delete(key);
    const lost = await putRequest(world, { users: [{ name: 'user1' }] }, { pool: TARGET });
    expect(await select(world, lost, { pool: TARGET, DryRun: true })).to.include({ status: 'SUCCEEDED' });
    expect(rowsOfSelection(world, lost, 'differences', TARGET)[0]).to.include({
      result: 'collision',
      what: "another account has the sign-in name, and no sub map in the bucket says that it is the user's",
    });
    expect(reportOfSelection(world, lost, TARGET).notes.join())
      .to.include('Of 1 user another account has the sign-in name')
      .and.include(`copy the sub-map.csv of that restore to restores/${TARGET}/<its folder there>/report/sub-map.csv`);
    await world.objects.put(`restores/${TARGET}/from-the-other-launch/report/sub-map.csv`, theirs);
    const known = await putRequest(world, { users: [{ name: 'user1' }] }, { pool: TARGET });
    expect(await select(world, known, { pool: TARGET })).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, known, TARGET)[0]).to.equal('user1 unchanged');
  });

  it('16.2: a whole restore that was cut off: whom it made is not known yet, and the selection says so', async () => {
    const world = await threeUsers();
    world.calls.turn = (call) => {
      if (call !== 'cognito.addUserToGroup') return Promise.resolve();
      world.calls.turn = undefined;
      world.stop();
      return Promise.reject(new Error('cut off'));
    };
    expect(await world.import().catch(() => ({ status: 'ABORTED' }))).to.include({ status: 'ABORTED' });
    const id = await putRequest(world, { users: [{ name: 'user1' }] }, { pool: TARGET });
    const before = JSON.stringify(world.target.find('user1'));
    expect(await select(world, id, { pool: TARGET })).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(JSON.stringify(world.target.find('user1'))).to.equal(before);
    expect(reportOfSelection(world, id, TARGET).notes.join()).to.include('has begun and not ended');
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    const again = await putRequest(world, { users: [{ name: 'user1' }] }, { pool: TARGET });
    expect(await select(world, again, { pool: TARGET })).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, again, TARGET)[0]).to.equal('user1 unchanged');
  });

  it('16.2: an immutable attribute and an unproven address are named, and nothing is sent', async () => {
    const world = new WorkflowWorld();
    world.source.put(aUser({ attributes: { email: 'ana@example.test', name: 'Ana', nickname: 'A' } }));
    await world.export();
    const schema = world.source.settings.schema.map((one) => (one.name === 'name' ? { ...one, mutable: false } : one));
    world.source.settings = { ...world.source.settings, schema };
    const ana = world.source.find('ana') as ReturnType<typeof aUser>;
    world.source.put({
      ...ana,
      attributes: { ...ana.attributes, email: 'x@example.test', name: 'Bad', nickname: 'Bad' },
    });
    const id = await putRequest(world, { users: [{ name: 'ana' }] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    const [row] = rowsOfSelection(world, id);
    expect(row).to.include({ result: 'failed' });
    expect(row?.what)
      .to.match(/name cannot be changed/)
      .and.to.match(/email was not set/);
    expect(world.source.find('ana')?.attributes).to.include({ email: 'x@example.test', name: 'Bad', nickname: 'A' });
    expect(world.writer.sentToUsers).to.deep.equal([]);
  });

  it('16.2: a pool of another sign-in mode halts before anything is written', async () => {
    const world = await oneUser();
    world.target.settings = { ...world.target.settings, usernameAttributes: ['email'] };
    const other = await putRequest(world, { users: [{ name: 'ana' }] }, { pool: TARGET });
    expect(await select(world, other, { pool: TARGET })).to.include({ status: 'FAILED', error: 'PreflightFailed' });
    expect(world.target.size).to.equal(0);
  });

  it('16.2: with triggers that would see it nobody is created, unless AllowTriggers is given', async () => {
    const world = await oneUser({ triggers: ['PreSignUp'] });
    world.source.remove('ana');
    const id = await putRequest(world, { users: [{ name: 'ana' }] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(rowsOfSelection(world, id)[0]?.what).to.include('TriggersWouldFire');
    expect(world.source.find('ana')).to.equal(undefined);
    expect(await select(world, id, { AllowTriggers: true })).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id)).to.deep.equal(['ana created']);
  });

  it('16.2: whoever signs up in between under the name is left alone', async () => {
    const world = await oneUser();
    world.source.remove('ana');
    const id = await putRequest(world, { users: [{ name: 'ana' }] });
    world.calls.turn = (call) => {
      if (call === 'cognito.createUser') {
        world.calls.turn = undefined;
        world.source.put(
          aUser({ username: 'ana', sub: '99999999-0000-4000-8000-000000000000', attributes: email('eve') }),
        );
      }
      return Promise.resolve();
    };
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(resultsOf(world, id)).to.deep.equal(['ana collision']);
    expect(world.source.find('ana')?.attributes.email).to.equal('eve@example.test');
    expect(world.writer.passwords.size).to.equal(0);
  });

  it('16.2: what Cognito refuses costs that, is named, and is tried again by the next start', async () => {
    const world = await oneUser();
    const ana = world.source.find('ana') as ReturnType<typeof aUser>;
    world.source.put({ ...ana, enabled: false, attributes: { ...ana.attributes, name: 'Bad' } });
    world.writer.refuse = (call) => (call === 'enableUser' ? 'NotAuthorizedException' : undefined);
    const id = await putRequest(world, { users: [{ name: 'ana' }] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(rowsOfSelection(world, id)[0]).to.include({ result: 'failed', what: 'enable: NotAuthorizedException' });
    expect(world.source.find('ana')?.attributes.name).to.equal('Ana');
    world.writer.refuse = () => undefined;
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(world.source.find('ana')?.enabled).to.equal(true);
    expect(resultsOf(world, id)).to.deep.equal(['ana updated']);
  });

  it('16.2: ten thousand names with repetitions take one listing of the pool', async function () {
    this.timeout(60_000);
    const world = await oneUser();
    const users = Array.from({ length: 5_000 }, (_, n) => ({ name: `nobody${n}` }));
    const id = await putRequest(world, { users: [...users, { name: 'ana' }, ...users], existing: 'skip' });
    const from = world.calls.log.length;
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(reportOfSelection(world, id).users).to.include({ skipped: 1, notInBackup: 5_000 });
    expect(world.calls.log.slice(from).filter(({ call }) => call.startsWith('cognito.list')).length).to.be.below(20);
  });
});

/** The runs whose snapshots are kept, the oldest first. */
async function runsOf(world: WorkflowWorld): Promise<string[]> {
  const runs = new Set<string>();
  for await (const key of world.objects.list('snapshots/')) runs.add(key.split('/')[1] as string);
  return [...runs].sort();
}
