import { expect } from 'chai';
import { Fault } from '../../../../source/domain/errors.ts';
import type { UndoEntry } from '../../../../source/domain/import/selection/undo-file.ts';
import type { PoolUser } from '../../../../source/domain/model.ts';
import {
  anaInStaff,
  putRequest,
  reportOfSelection,
  resultsOf,
  rowsOfSelection,
  select,
  selectedPartly,
  selectedWhole,
  undoEntriesOf,
} from '../../../support/import/selections.ts';
import type { SelectionRow } from '../../../support/import/selections.ts';
import { SOURCE, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { aUser } from '../../../support/world/builders.ts';

const ANA = { email: 'ana@example.test', email_verified: 'true', name: 'Ana', nickname: 'A' };

/** A pool of one user and one group that was exported, as both were given. */
const backedUp = (settings: object = {}): Promise<WorkflowWorld> =>
  anaInStaff({ attributes: ANA, staff: { description: 'Everybody', precedence: 3 }, settings });

const ana = (world: WorkflowWorld): PoolUser => world.source.find('ana') as PoolUser;
const change = (world: WorkflowWorld, attributes: Readonly<Record<string, string>>, more: object = {}): void =>
  world.source.put({ ...ana(world), ...more, attributes: { ...ana(world).attributes, ...attributes } });
const staff = (world: WorkflowWorld): object => ({ ...world.source.groups.get('staff')?.group });

/** What became of the one user or group that the selection was about. */
const only = (world: WorkflowWorld, id: string): SelectionRow | undefined => rowsOfSelection(world, id)[0];

describe('A selection: one refusal costs one thing', () => {
  it('16.2: undo: a precedence that there was none of before stays, and the description is put back', async () => {
    const world = await backedUp();
    world.source.putGroup({ name: 'staff', description: 'Bad' });
    const id = await selectedWhole(world, { groups: [{ name: 'staff' }] });
    expect(staff(world)).to.deep.equal({ name: 'staff', description: 'Everybody', precedence: 3 });
    const undo = await selectedPartly(world, { undo: id });
    expect(staff(world)).to.deep.equal({ name: 'staff', description: 'Bad', precedence: 3 });
    expect(only(world, undo)).to.include({ group: 'staff', result: 'failed' });
    expect(only(world, undo)?.what).to.match(/^description; precedence left: Cognito takes no precedence away/);
  });

  it('16.2: undo: an address that could get a code stays with its flag, and everything else is put back', async () => {
    const world = await backedUp();
    change(world, { email: 'x@example.test', email_verified: 'false', name: 'Bad' }, { enabled: false });
    const id = await selectedWhole(world, { users: [{ name: 'ana' }] });
    const undo = await selectedPartly(world, { undo: id });
    expect(ana(world).attributes).to.include({ email: ANA.email, email_verified: 'true', name: 'Bad' });
    expect(ana(world).enabled).to.equal(false);
    expect(world.writer.sentToUsers).to.deep.equal([]);
    expect(only(world, undo)).to.include({ sign_in_name: 'ana', result: 'failed' });
    expect(only(world, undo)?.what).to.match(/^name, enabled; email left: it was not verified before/);
  });

  for (const [how, now] of [
    ['changed', { email: 'new@example.test', email_verified: 'true' }],
    ['no longer verified', { email_verified: 'false' }],
  ] as const)
    it(`17.2: an address by which somebody else signs in by now is not taken from that user, where it is ${how} here`, async () => {
      const world = await backedUp({ aliasAttributes: ['email', 'preferred_username'] });
      change(world, { ...now, name: 'Bad' });
      world.source.put(aUser({ username: 'ben', attributes: { email: ANA.email, email_verified: 'true' } }));
      const id = await selectedPartly(world, { users: [{ name: 'ana' }], existing: 'update' });
      expect(world.source.find('ben')?.attributes).to.include({ email: ANA.email, email_verified: 'true' });
      expect(ana(world).attributes).to.include({ ...now, name: 'Ana' });
      expect(only(world, id)?.what).to.match(/email was not set: another user of the pool signs in by it$/);
      expect(
        undoEntriesOf(world, id).flatMap((entry) => ('attribute' in entry ? [entry.attribute] : [])),
      ).to.deep.equal(['name']);
      expect(world.writer.sentToUsers).to.deep.equal([]);
    });

  it("17.2: an address that is nobody else's alias is set, whoever has it unproven", async () => {
    const world = await backedUp({ aliasAttributes: ['email'] });
    change(world, { email: 'new@example.test', email_verified: 'true' });
    world.source.put(aUser({ username: 'ben', attributes: { email: ANA.email, email_verified: 'false' } }));
    await selectedWhole(world, { users: [{ name: 'ana' }], existing: 'update' });
    expect(ana(world).attributes).to.include({ email: ANA.email, email_verified: 'true' });
  });

  for (const [how, refuses] of [
    [
      'no flag without a value',
      ({ email_verified: email, phone_number_verified: phone }) => [email, phone].includes(''),
    ],
    [
      'no flag beside an address that is taken away',
      (set) => set['phone_number'] === '' && 'phone_number_verified' in set,
    ],
    ['both', () => false],
  ] as readonly (readonly [string, (set: Readonly<Record<string, string>>) => boolean])[])
    it(`16.2: undo: where no flag and no phone number stood before: where Cognito takes ${how}`, async () => {
      const world = await backedUp({ autoVerifiedAttributes: [] });
      const phone = { phone_number: '+4915112345678', phone_number_verified: 'true' };
      change(world, phone);
      await world.export();
      const { sub } = ana(world);
      world.source.put({ ...ana(world), attributes: { sub, email: 'x@example.test', name: 'Bad' } });
      const id = await selectedWhole(world, { users: [{ name: 'ana' }] });
      expect(ana(world).attributes).to.include({ ...ANA, ...phone });
      const { updateAttributes } = world.writer;
      world.writer.updateAttributes = (poolId, username, set) =>
        refuses(set)
          ? Promise.resolve({ refused: 'InvalidParameterException' })
          : updateAttributes(poolId, username, set);
      const undo = await selectedWhole(world, { undo: id });
      expect(only(world, undo)).to.include({ result: 'undone' });
      const { email_verified: flag = 'false', phone_number_verified: other = 'false', ...left } = ana(world).attributes;
      expect(left).to.deep.equal({ sub, email: 'x@example.test', name: 'Bad' });
      expect([flag, other]).to.deep.equal(['false', 'false']);
      expect(undoEntriesOf(world, undo)).to.have.length(6);
    });

  it('16.2: undo: a group that got an IAM role since keeps its settings, and with them the role', async () => {
    const world = await backedUp();
    world.source.putGroup({ name: 'staff', description: 'Bad', precedence: 3 });
    const id = await selectedWhole(world, { groups: [{ name: 'staff' }] });
    const roleArn = 'arn:aws:iam::111122223333:role/Staff';
    world.source.putGroup({ name: 'staff', description: 'Everybody', precedence: 3, roleArn });
    const undo = await selectedPartly(world, { undo: id });
    expect(staff(world)).to.include({ description: 'Everybody', roleArn });
    expect(only(world, undo)?.what).to.include('IAM role');
  });

  for (const when of ['before', 'after'] as const)
    it(`16.2: a group that has an IAM role in the pool ${when} the decision keeps it; its member is added`, async () => {
      const world = await backedUp();
      const roleArn = 'arn:aws:iam::111122223333:role/Staff';
      const bad = { name: 'staff', description: 'Bad', precedence: 3 };
      world.source.putGroup(when === 'before' ? { ...bad, roleArn } : bad);
      world.source.leave('ana', 'staff');
      if (when === 'after')
        world.entered = (state) => (state === 'UpdateUsers' ? world.source.putGroup({ ...bad, roleArn }) : undefined);
      const id = await selectedPartly(world, { groups: [{ name: 'staff' }] });
      expect(staff(world)).to.deep.equal({ ...bad, roleArn });
      expect(resultsOf(world, id)).to.have.members(['staff failed', 'staff ana created']);
      expect(
        rowsOfSelection(world, id)
          .map(({ what }) => what)
          .join(),
      ).to.include('IAM role');
      expect(undoEntriesOf(world, id).map(({ kind }) => kind)).to.deep.equal(['membership']);
    });

  it('16.2: undo: a setting of a group that somebody changes after the decision is left', async () => {
    const world = await backedUp();
    world.source.putGroup({ name: 'staff', description: 'Bad', precedence: 9 });
    const id = await selectedWhole(world, { groups: [{ name: 'staff' }] });
    const byHand = { name: 'staff', description: 'By hand', precedence: 3 };
    world.entered = (state) => (state === 'UpdateUsers' ? world.source.putGroup(byHand) : undefined);
    const undo = await selectedWhole(world, { undo: id });
    expect(staff(world)).to.deep.equal({ name: 'staff', description: 'By hand', precedence: 9 });
    expect(only(world, undo)).to.include({ result: 'changedSince', what: 'description changed since and left' });
  });

  it('16.2: a setting of a group that Cognito refuses costs that one, and is not in the undo file', async () => {
    const world = await backedUp();
    world.source.putGroup({ name: 'staff', description: 'Bad', precedence: 9 });
    let calls = 0;
    // Both in one call, then the description alone.
    world.writer.refuse = (call) => (call === 'createGroup' && ++calls <= 2 ? 'InvalidParameterException' : undefined);
    const id = await selectedPartly(world, { groups: [{ name: 'staff' }] });
    expect(staff(world)).to.deep.equal({ name: 'staff', description: 'Bad', precedence: 3 });
    expect(only(world, id)).to.include({ result: 'failed', what: 'description: InvalidParameterException' });
    expect(undoEntriesOf(world, id)).to.deep.equal([
      { kind: 'group', group: 'staff', field: 'precedence', before: 9, after: 3 },
    ]);
  });

  it('16.2: an attribute that Cognito refuses costs that one; what else was left out stays named', async () => {
    const world = await backedUp();
    const schema = world.source.settings.schema.map((one) => (one.name === 'name' ? { ...one, mutable: false } : one));
    world.source.settings = { ...world.source.settings, schema };
    change(world, { name: 'Bad', nickname: 'Bad', email: 'x@example.test' }, { enabled: false });
    let updates = 0;
    world.writer.refuse = (call) => {
      if (call === 'updateAttributes') updates += 1;
      return call === 'updateAttributes' && updates <= 2 ? 'InvalidParameterException' : undefined;
    };
    const id = await selectedPartly(world, { users: [{ name: 'ana' }] });
    const { attributes, enabled } = ana(world);
    expect([attributes.email, attributes.nickname].filter((value) => /^(x@|Bad)/.test(value ?? ''))).to.have.length(1);
    expect(enabled).to.equal(true);
    expect(only(world, id)?.what)
      .to.include('name cannot be changed in this pool')
      .and.to.match(/(email and email_verified|nickname): InvalidParameterException/);
  });

  it("16.2: an attribute that the pool's schema lacks is named before anything is written", async () => {
    const custom = { name: 'custom:plan', type: 'String', mutable: true, required: false } as const;
    const world = new WorkflowWorld();
    const { schema } = world.source.settings;
    world.source.settings = { ...world.source.settings, schema: [...schema, custom] };
    world.source.put(aUser({ username: 'ana', attributes: { ...ANA, 'custom:plan': 'gold' } }));
    world.source.put(aUser({ username: 'ben', attributes: { ...ANA, email: 'ben@example.test', 'custom:plan': 'x' } }));
    await world.export();
    change(world, { name: 'Bad', 'custom:plan': 'iron' });
    world.source.remove('ben');
    const id = await putRequest(world, { users: [{ name: 'ana' }, { name: 'ben' }] });
    world.source.settings = { ...world.source.settings, schema };
    const ended = await select(world, id);
    expect(ended).to.include({ status: 'FAILED', error: 'PreflightFailed' });
    expect(ended.cause).to.include('custom:plan (String, 2 users)').and.to.include('add them');
    expect(ana(world).attributes.name).to.equal('Bad');
    world.source.settings = { ...world.source.settings, schema: [...schema, custom] };
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(ana(world).attributes).to.include({ name: 'Ana', 'custom:plan': 'gold' });
  });

  it('16.2: a required value that the pool would refuse costs an account that is there that value only', async () => {
    const world = await backedUp();
    const schema = world.source.settings.schema.map((one) =>
      one.name === 'nickname' ? { ...one, required: true, min: '2', max: '9' } : one,
    );
    world.source.settings = { ...world.source.settings, schema };
    change(world, { name: 'Bad', nickname: 'Annie' });
    const id = await selectedPartly(world, { users: [{ name: 'ana' }] });
    expect(ana(world).attributes).to.include({ name: 'Ana', nickname: 'Annie' });
    expect(only(world, id)).to.include({
      result: 'failed',
      what: 'name; without nickname, which the pool would refuse',
    });
    world.source.remove('ana');
    const gone = await selectedPartly(world, { users: [{ name: 'ana' }] });
    expect(only(world, gone)?.what).to.include('BadAttribute: nickname');
    expect(world.source.find('ana')).to.equal(undefined);
  });
});

describe('A selection and what happens meanwhile', () => {
  it('16.2: two users whose sign-in names differ only in case are asked for each, and told apart', async () => {
    const world = new WorkflowWorld();
    world.source.settings = { ...world.source.settings, caseSensitive: true };
    for (const username of ['ana', 'Ana'])
      world.source.put(aUser({ username, attributes: { email: `${username}.1@example.test`, name: username } }));
    await world.export();
    for (const username of ['ana', 'Ana'])
      world.source.put({
        ...(world.source.find(username) as PoolUser),
        attributes: { ...world.source.find(username)?.attributes, name: 'Bad' },
      });
    const one = await selectedWhole(world, { users: [{ name: 'Ana' }] });
    expect(resultsOf(world, one)).to.deep.equal(['Ana updated']);
    expect([world.source.find('ana')?.attributes.name, world.source.find('Ana')?.attributes.name]).to.deep.equal([
      'Bad',
      'Ana',
    ]);
    world.source.remove('Ana');
    const both = await selectedWhole(world, { users: [{ name: 'Ana' }, { name: 'ana' }] });
    expect(resultsOf(world, both)).to.deep.equal(['Ana created', 'ana updated']);
    const other = await selectedPartly(world, { users: [{ name: 'ANA' }] });
    expect(only(world, other)).to.include({ result: 'notInBackup' });
  });

  it('16.2: undo: a value that somebody changed since is left, before the decision as well as after it', async () => {
    const world = await backedUp();
    change(world, { name: 'Bad', nickname: 'Bad' });
    const id = await selectedWhole(world, { users: [{ name: 'ana' }] });
    change(world, { name: 'By herself' });
    const look = await putRequest(world, { undo: id });
    expect(await select(world, look, { DryRun: true })).to.include({ status: 'SUCCEEDED' });
    expect(reportOfSelection(world, look).users).to.include({ changedSince: 1, undone: 0 });
    expect(rowsOfSelection(world, look, 'differences').map(({ field }) => field)).to.deep.equal(['nickname']);
    change(world, { name: 'Ana' });
    world.entered = (state) => (state === 'UpdateUsers' ? change(world, { name: 'Just now' }) : undefined);
    const undo = await selectedWhole(world, { undo: id });
    expect(ana(world).attributes).to.include({ name: 'Just now', nickname: 'Bad' });
    expect(only(world, undo)).to.include({ result: 'changedSince', what: 'name changed since and left' });
  });

  it('16.2: nothing is written to the pool before undo.json says what stood there', async () => {
    const world = await backedUp();
    world.source.put(aUser({ username: 'ben', attributes: { email: 'ben@example.test' } }));
    world.source.putGroup({ name: 'gone' });
    await world.export();
    change(world, { name: 'Bad' }, { enabled: false });
    world.source.remove('ben');
    world.source.removeGroup('gone');
    world.source.leave('ana', 'staff');
    world.source.putGroup({ name: 'staff', description: 'Bad', precedence: 3 });
    const groups = [{ name: 'staff' }, { name: 'gone' }];
    const id = await putRequest(world, { users: [{ name: 'ana' }, { name: 'ben' }], groups });
    const noted: Readonly<Record<string, readonly UndoEntry['kind'][]>> = {
      'cognito.createGroup': ['group', 'createdGroup'],
      'cognito.createUser': ['createdUser'],
      'cognito.updateAttributes': ['attribute'],
      'cognito.enableUser': ['enabled'],
      'cognito.addUserToGroup': ['membership'],
    };
    const written = new Set<string>();
    world.calls.turn = (call) => {
      const wanted = noted[call] ?? [];
      if (wanted.length > 0)
        expect(
          undoEntriesOf(world, id).map(({ kind }) => kind),
          call,
        ).to.include.members([...wanted]);
      if (wanted.length > 0) written.add(call);
      return Promise.resolve();
    };
    const ended = await select(world, id);
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect([...written].sort()).to.deep.equal(Object.keys(noted).sort());
  });

  it('16.2: throttles delay a selection, and cost nothing', async () => {
    const world = await backedUp();
    change(world, { name: 'Bad' }, { enabled: false });
    world.source.leave('ana', 'staff');
    const throttled = (): Error => new Fault('Throttled', 'throttled');
    const id = await putRequest(world, { users: [{ name: 'ana' }] });
    for (const call of ['listUsersPage', 'listGroupsPage', 'updateAttributes', 'enableUser', 'addUserToGroup'])
      world.calls.fail({ call: `cognito.${call}`, error: throttled });
    const from = world.clock.now();
    const ended = await select(world, id);
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id)).to.deep.equal(['ana updated', 'staff ana created']);
    expect(ana(world).attributes).to.include(ANA);
    expect(world.history.filter(({ error }) => error?.name === 'Throttled').length).to.be.at.least(5);
    expect(undoEntriesOf(world, id)).to.have.length(3);
    expect(world.clock.now() - from).to.be.below(3_600_000);
  });

  for (const [what, call] of [
    ['attributes', 'updateAttributes'],
    ['memberships', 'addUserToGroup'],
    ['a group', 'createGroup'],
    ['a new user', 'createUser'],
  ] as const)
    it(`16.2: AWS's recovery that pauses the writes before ${what}: told, waited for, taken for no refusal`, async () => {
      const world = await backedUp();
      world.source.put(aUser({ username: 'ben', attributes: { email: 'ben@example.test' } }));
      await world.export();
      change(world, { name: 'Bad' });
      world.source.remove('ben');
      world.source.leave('ana', 'staff');
      world.source.putGroup({ name: 'staff', description: 'Bad', precedence: 3 });
      const id = await putRequest(world, { users: [{ name: 'ana' }, { name: 'ben' }], groups: [{ name: 'staff' }] });
      let begun: number | undefined;
      world.messages.length = 0;
      world.calls.turn = (made) => {
        if (begun !== undefined || made !== `cognito.${call}`) return Promise.resolve();
        begun = world.clock.now();
        const recovery = world.recoveries.initiate(SOURCE, begun - 3_600_000, 'r');
        void world.clock
          .sleep(2 * 3_600_000)
          .then(() => world.recoveries.force(SOURCE, recovery.id, 'PREVIEW_CANCELLED'));
        return Promise.resolve();
      };
      const ended = await select(world, id);
      expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
      expect(world.clock.now() - (begun ?? Infinity)).to.be.at.least(2 * 3_600_000);
      expect(world.messages.filter(({ subject }) => subject.includes('waits'))).to.have.length(1);
      expect(resultsOf(world, id)).to.have.members([
        'staff updated',
        'ana updated',
        'ben created',
        'staff ana created',
      ]);
      expect(undoEntriesOf(world, id).map(({ kind }) => kind)).to.have.members([
        'group',
        'attribute',
        'createdUser',
        'membership',
      ]);
    });
});
