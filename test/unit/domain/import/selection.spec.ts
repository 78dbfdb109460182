import { expect } from 'chai';
import {
  newSelectionId,
  putRequest,
  reportOfSelection,
  resultsOf,
  rowsOfSelection,
  select,
} from '../../../support/import/selections.ts';
import { SOURCE, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { aUser } from '../../../support/world/builders.ts';
import { selectionKeys } from '../../../../source/domain/import/plan/selection-keys.ts';
import { headKey } from '../../../../source/domain/import/plan/restore-head.ts';

/** A pool of three users in two groups that was exported once. */
async function backedUp(): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  for (const username of ['ana', 'ben', 'cleo'])
    world.source.put(
      aUser({
        username,
        attributes: { email: `${username}@example.test`, email_verified: 'true', family_name: `Of ${username}` },
      }),
    );
  world.source.putGroup({ name: 'staff', description: 'Everybody', precedence: 3 });
  world.source.putGroup({ name: 'admins' });
  for (const username of ['ana', 'ben', 'cleo']) world.source.join(username, 'staff');
  world.source.join('ana', 'admins');
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  return world;
}

describe('A selection restored into a living pool', () => {
  it('16.2: a deleted user is created again, with groups, a new password and without a message', async () => {
    const world = await backedUp();
    world.source.remove('ana');
    const id = await putRequest(world, { users: [{ name: 'ana' }], existing: 'skip' });
    const ended = await select(world, id);
    expect(ended).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id)).to.have.members(['ana created', 'staff ana created', 'admins ana created']);
    const ana = world.source.find('ana');
    expect(ana).to.include({ status: 'CONFIRMED', enabled: true });
    expect(ana?.attributes).to.include({ family_name: 'Of ana', email: 'ana@example.test', email_verified: 'true' });
    expect([...(world.source.groups.get('admins')?.members.keys() ?? [])]).to.deep.equal(['ana']);
    expect(world.writer.passwords.get('ana')).to.have.length.above(99);
    expect(world.writer.sentToUsers).to.deep.equal([]);
    expect(rowsOfSelection(world, id, 'subMap')).to.deep.equal([{ old_sub: aUser().sub, new_sub: ana?.sub }]);
    const report = reportOfSelection(world, id);
    expect(report).to.include({ outcome: 'complete', dryRun: false });
    expect(report.users).to.include({ created: 1, failed: 0 });
    expect(report.notes.join(' ')).to.include('Passwords cannot be restored');
    expect(await world.objects.get(headKey(SOURCE)), 'the head of a whole restore').to.equal(undefined);
  });

  it('16.2: the message counts, names the files and nobody', async () => {
    const world = await backedUp();
    world.source.remove('ana');
    world.messages.length = 0;
    const id = await putRequest(world, { users: [{ name: 'ana' }, { name: 'nobody' }] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    const [{ subject, body } = { subject: '', body: '' }] = world.messages;
    expect(subject).to.include('Selection INCOMPLETE: 1 missing; 1 user created, 0 updated');
    expect(body).to.include(selectionKeys(SOURCE, id).results).and.to.include('1 user not in the backup');
    expect(subject + body).not.to.match(/ana|nobody|example\.test/);
  });

  it('16.2: update sets held values and the flag, adds memberships, and takes nothing away', async () => {
    const world = await backedUp();
    const ben = world.source.find('ben') as ReturnType<typeof aUser>;
    const { family_name: _gone, ...rest } = ben.attributes;
    world.source.put({
      ...ben,
      enabled: false,
      attributes: { ...rest, email: 'other@example.test', email_verified: 'false', nickname: 'Benny' },
    });
    world.source.leave('ben', 'staff');
    world.source.join('ben', 'admins');
    const id = await putRequest(world, { users: [{ sub: ben.sub }, { name: 'ben' }] });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id)).to.deep.equal(['ben updated', 'staff ben created']);
    const now = world.source.find('ben');
    expect(now).to.include({ enabled: true, sub: ben.sub });
    expect(now?.attributes).to.deep.equal({ ...ben.attributes, nickname: 'Benny' });
    expect(world.writer.sentToUsers).to.deep.equal([]);
    expect(world.source.groups.get('admins')?.members.has('ben')).to.equal(true);
    expect(
      rowsOfSelection(world, id, 'differences').map(({ field, in_pool: pool, in_backup: backup }) => [
        field,
        pool,
        backup,
      ]),
    ).to.have.deep.members([
      ['email', 'other@example.test', 'ben@example.test'],
      ['email_verified', 'false', 'true'],
      ['family_name', '', 'Of ben'],
      ['enabled', 'false', 'true'],
      ['membership', 'no', 'yes'],
    ]);
  });

  it('16.2: undo puts back what nobody changed since, and lists the rest', async () => {
    const world = await backedUp();
    for (const name of ['ana', 'ben']) {
      const user = world.source.find(name) as ReturnType<typeof aUser>;
      world.source.put({
        ...user,
        enabled: false,
        attributes: { ...user.attributes, family_name: 'Later', locale: 'fr-FR' },
      });
      world.source.leave(name, 'staff');
    }
    world.source.remove('cleo');
    world.source.putGroup({ name: 'staff', description: 'Changed', precedence: 3 });
    const before = { ...world.source.find('ana')?.attributes };
    const id = await putRequest(world, {
      users: [{ name: 'ana' }, { name: 'ben' }, { name: 'cleo' }],
      groups: [{ name: 'staff' }],
    });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(world.source.groups.get('staff')?.group.description).to.equal('Everybody');
    const ben = world.source.find('ben') as ReturnType<typeof aUser>;
    world.source.put({ ...ben, attributes: { ...ben.attributes, family_name: 'By himself' } });
    const undo = await putRequest(world, { undo: id });
    expect(await select(world, undo)).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, undo)).to.have.members([
      'staff undone',
      'ana undone',
      'ben changedSince',
      'cleo skipped',
      'staff ana undone',
      'staff ben undone',
    ]);
    expect(world.source.find('ana')).to.include({ enabled: false });
    expect(world.source.find('ana')?.attributes).to.deep.equal(before);
    expect(world.source.find('ben')?.attributes.family_name).to.equal('By himself');
    expect(world.source.find('ben')).to.include({ enabled: false });
    expect([...(world.source.groups.get('staff')?.members.keys() ?? [])]).to.deep.equal(['cleo']);
    expect(world.source.groups.get('staff')?.group.description).to.equal('Changed');
    expect(reportOfSelection(world, undo)).to.include({ undo: id, outcome: 'complete' });
    const again = await putRequest(world, { undo });
    expect(await select(world, again)).to.include({ status: 'SUCCEEDED' });
    expect(world.source.find('ana')).to.include({ enabled: true });
    expect(world.source.find('ana')?.attributes.family_name).to.equal('Of ana');
    expect(world.source.groups.get('staff')?.members.has('ana')).to.equal(true);
  });

  it('16.2: a user who signed up again is a collision, except where it was confirmed for this one', async () => {
    const world = await backedUp();
    const old = world.source.find('ana') as ReturnType<typeof aUser>;
    world.source.remove('ana');
    const stranger = { ...aUser({ username: 'ana', sub: '99999999-0000-4000-8000-000000000000' }) };
    world.source.put(stranger);
    const id = await putRequest(world, { users: [{ name: 'ana' }] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(resultsOf(world, id)).to.deep.equal(['ana collision']);
    expect(world.source.find('ana')?.attributes).to.deep.equal(stranger.attributes);
    expect(rowsOfSelection(world, id, 'differences').map(({ field }) => field)).to.include.members([
      'created',
      'family_name',
    ]);
    const confirmed = await putRequest(world, { users: [{ name: 'ana' }], confirmed: [old.sub] });
    expect(await select(world, confirmed)).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, confirmed)).to.have.members(['ana updated', 'staff ana created', 'admins ana created']);
    expect(world.source.find('ana')).to.include({ sub: stranger.sub });
    expect(world.source.find('ana')?.attributes.family_name).to.equal('Of ana');
  });

  it("16.2: a sign-up that nobody confirmed is nobody's, whatever was confirmed", async () => {
    const world = await backedUp();
    const { sub } = world.source.find('ana') as ReturnType<typeof aUser>;
    world.source.remove('ana');
    world.source.put(aUser({ username: 'ana', sub: '99999999-0000-4000-8000-000000000000', status: 'UNCONFIRMED' }));
    const id = await putRequest(world, { users: [{ name: 'ana' }], confirmed: [sub] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(resultsOf(world, id)).to.deep.equal(['ana collision']);
    expect(world.source.find('ana')?.attributes).not.to.have.property('family_name');
  });

  it('16.2: a deleted group comes back with the members who are in the pool; who is gone is listed', async () => {
    const world = await backedUp();
    world.source.removeGroup('staff');
    world.source.remove('cleo');
    const id = await putRequest(world, { groups: [{ name: 'staff' }, { name: 'staff' }], existing: 'skip' });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id)).to.have.members([
      'staff created',
      'staff ana created',
      'staff ben created',
      'staff cleo gone',
    ]);
    expect(world.source.groups.get('staff')?.group).to.deep.equal({
      name: 'staff',
      description: 'Everybody',
      precedence: 3,
    });
    expect([...(world.source.groups.get('staff')?.members.keys() ?? [])]).to.deep.equal(['ana', 'ben']);
    expect(world.source.find('cleo')).to.equal(undefined);
  });

  it('16.2: skip leaves what the pool has; fail halts before the first write', async () => {
    const world = await backedUp();
    const ben = world.source.find('ben') as ReturnType<typeof aUser>;
    world.source.put({ ...ben, attributes: { ...ben.attributes, family_name: 'Changed' } });
    world.source.remove('ana');
    world.source.leave('ben', 'staff');
    const users = [{ name: 'ana' }, { name: 'ben' }];
    const fail = await putRequest(world, { users, existing: 'fail' });
    expect(await select(world, fail)).to.include({ status: 'FAILED', error: 'SelectionRefused' });
    expect(world.source.find('ana')).to.equal(undefined);
    const skip = await putRequest(world, { users, existing: 'skip' });
    expect(await select(world, skip)).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, skip)).to.have.members([
      'ana created',
      'ben skipped',
      'staff ana created',
      'admins ana created',
    ]);
    expect(world.source.find('ben')?.attributes.family_name).to.equal('Changed');
    expect(world.source.groups.get('staff')?.members.has('ben')).to.equal(false);
  });

  it('16.2: a dry run says what would change, and writes nothing', async () => {
    const world = await backedUp();
    world.source.remove('ana');
    const calls = world.calls.log.length;
    const id = await putRequest(world, { users: [{ name: 'ana' }, { name: 'ben' }] });
    expect(await select(world, id, { DryRun: true })).to.include({ status: 'SUCCEEDED' });
    const writes = world.calls.log
      .slice(calls)
      .filter(({ call }) => /^cognito\.(create|update|add|set|disable|enable)/.test(call));
    expect(writes).to.deep.equal([]);
    expect(reportOfSelection(world, id)).to.deep.include({ dryRun: true });
    expect(reportOfSelection(world, id).users).to.include({ created: 1, unchanged: 1 });
    expect(world.messages.at(-1)?.subject).to.include('Dry run of a selection: 1 user created, 0 updated');
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'AlreadyRestored' });
  });

  it('16.2: a missing request, and one that is none, are refused with what to do', async () => {
    const world = await backedUp();
    const id = newSelectionId();
    const missing = await select(world, id);
    expect(missing).to.include({ status: 'FAILED', error: 'InvalidInput' });
    expect(missing.cause).to.include('has no such object');
    for (const request of [
      {},
      { users: [{ name: 'ana' }], undo: id },
      { users: [{ nam: 'ana' }] },
      { undo: newSelectionId() },
    ]) {
      const wrong = await putRequest(world, request as object);
      expect(await select(world, wrong), JSON.stringify(request)).to.include({
        status: 'FAILED',
        error: 'InvalidInput',
      });
    }
  });

  const ONE = { users: [{ name: 'ana' }], groups: [], existing: 'update' };
  const USERS =
    'users must be a list of {"sub": "..."} or {"name": "..."}, each with "run": "<id of a run>" or without';
  for (const [what, body, told] of [
    ['no JSON', '{"users": [', 'it is no JSON in UTF-8'],
    ['UTF-16', Buffer.from(JSON.stringify(ONE), 'utf16le'), 'it is no JSON in UTF-8'],
    ['a list', [ONE], 'it is no object'],
    ['null', null, 'it is no object'],
    ['a member that none has', { ...ONE, ana: 1 }, 'it has a member that no request has; there are users, groups,'],
    ['nothing of it', {}, `${USERS}; groups must be a list of {"name": "..."}`],
    ['a wrong word', { ...ONE, existing: 'overwrite' }, 'existing must be "skip", "update" or "fail"'],
    ['names alone', { ...ONE, users: ['ana', 'ben'] }, `${USERS}; number 1 and 1 more is something else`],
    ['both ways to name one', { ...ONE, users: [{ name: 'ana' }, { name: 'ana', sub: 'x' }] }, 'number 2 is something'],
    ['a run that is none', { ...ONE, groups: [{ name: 'staff', run: 'the last' }] }, 'number 1 is something else'],
    ['nobody', { ...ONE, users: [] }, 'it names no user, no group and no selection to undo'],
    ['two in one', { ...ONE, undo: newSelectionId() }, 'those are two requests'],
    ['an undo of what is none', { ...ONE, users: [], undo: '../x' }, 'undo must be the id of a selection'],
    [
      'too many',
      { ...ONE, users: Array(50_001).fill({ name: 'ana' }) },
      'of users and groups it names more than 50,000',
    ],
  ] as const)
    it(`16.2: a request with ${what} is refused in one message, which names nobody`, async () => {
      const world = await backedUp();
      const id = newSelectionId();
      const isWritten = typeof body === 'string' || Buffer.isBuffer(body);
      await world.objects.put(selectionKeys(SOURCE, id).request, isWritten ? body : JSON.stringify(body));
      const { error, cause } = await select(world, id);
      expect(error).to.equal('InvalidInput');
      expect(cause)
        .to.match(/^The object \S+ is no request: /)
        .and.to.include(told);
      expect(cause).to.match(/\. Correct it \(docs\/data-format.md, "Selections"\), then start the workflow again\.$/);
      expect(cause).not.to.match(/\bana\b|older version|should be/);
    });

  it('16.2: a request that an editor began with a byte order mark is read', async () => {
    const world = await backedUp();
    const id = newSelectionId();
    await world.objects.put(selectionKeys(SOURCE, id).request, `\ufeff${JSON.stringify(ONE)}`);
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
  });
});
