import { expect } from 'chai';
import type { PoolSettings, PoolUser } from '../../../../source/domain/model.ts';
import {
  anaInStaff,
  putRequest,
  resultsOf,
  rowsOfSelection,
  select,
  selectedPartly,
  undoEntriesOf,
} from '../../../support/import/selections.ts';
import type { SelectionRow } from '../../../support/import/selections.ts';
import { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addUsers, aUser } from '../../../support/world/builders.ts';

const ANA = { email: 'ana@example.test', email_verified: 'true', name: 'Ana', nickname: 'A' };

/** A pool of one user and one group that was exported. */
const backedUp = (): Promise<WorkflowWorld> =>
  anaInStaff({ attributes: ANA, staff: { description: 'Everybody', precedence: 3 }, datesWrites: true });

const ana = (world: WorkflowWorld): PoolUser => world.source.find('ana') as PoolUser;
const staff = (world: WorkflowWorld): object => ({ ...world.source.groups.get('staff')?.group });
const only = (world: WorkflowWorld, id: string): SelectionRow | undefined => rowsOfSelection(world, id)[0];

/** Somebody changes the account, as Cognito dates it. */
function change(world: WorkflowWorld, attributes: Readonly<Record<string, string>>, more: object = {}): void {
  const modified = new Date(world.clock.now()).toISOString();
  world.source.put({ ...ana(world), modified, ...more, attributes: { ...ana(world).attributes, ...attributes } });
}

/** Refuses the nickname, whether it is written alone or with others. */
function refuseNickname(world: WorkflowWorld): void {
  const { updateAttributes } = world.writer;
  world.writer.updateAttributes = (poolId, username, attributes) =>
    'nickname' in attributes
      ? Promise.resolve({ refused: 'InvalidParameterException' })
      : updateAttributes(poolId, username, attributes);
}

/** An hour later Cognito takes everything. */
async function anHourLater(world: WorkflowWorld, taken: WorkflowWorld['writer']['updateAttributes']): Promise<void> {
  await world.clock.sleep(3_600_000);
  world.writer.updateAttributes = taken;
}

describe('A selection that ended partial is started again', () => {
  for (const [who, by, now] of [
    ['another value', 'By herself', 'By herself'],
    ['the value that it had before', 'Bad', 'Bad'],
  ] as const)
    it(`16.2: who has ${who} since keeps it, and what was refused is written; the undo stays exact`, async () => {
      const world = await backedUp();
      change(world, { name: 'Bad', nickname: 'Bad' });
      const { updateAttributes } = world.writer;
      refuseNickname(world);
      const id = await selectedPartly(world, { users: [{ name: 'ana' }] });
      expect(ana(world).attributes).to.include({ name: 'Ana', nickname: 'Bad' });
      await anHourLater(world, updateAttributes);
      change(world, { name: by });
      const ended = await select(world, id);
      expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
      expect(ana(world).attributes).to.include({ name: now, nickname: 'A' });
      expect(only(world, id)).to.include({ result: 'changedSince', what: 'name changed since and left' });
      const entries = undoEntriesOf(world, id).map((entry) =>
        'attribute' in entry ? [entry.attribute, entry.before] : [],
      );
      expect(entries).to.have.deep.members([
        ['name', 'Bad'],
        ['nickname', 'Bad'],
      ]);
      const undo = await putRequest(world, { undo: id });
      expect(await select(world, undo)).to.include({ status: 'SUCCEEDED' });
      expect(ana(world).attributes).to.include({ name: now, nickname: 'Bad' });
    });

  it('16.2: the value that it had before stays, also after further starts that wrote something else', async () => {
    const world = await backedUp();
    change(world, { name: 'Bad', nickname: 'Bad', email_verified: 'false' }, { enabled: false });
    const { writer } = world;
    const { updateAttributes } = writer;
    refuseNickname(world);
    writer.refuse = (call) => (call === 'enableUser' ? 'InvalidParameterException' : undefined);
    const id = await selectedPartly(world, { users: [{ name: 'ana' }] });
    await world.clock.sleep(3_600_000);
    change(world, { name: 'Bad' });
    writer.refuse = () => undefined;
    expect(await select(world, id)).to.include({ error: 'RestoreIncomplete' });
    expect(ana(world)).to.include({ enabled: true });
    expect(ana(world).attributes).to.include({ name: 'Bad' });
    await anHourLater(world, updateAttributes);
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(ana(world).attributes).to.include({ name: 'Bad', nickname: 'A' });
    expect(only(world, id)).to.include({ result: 'changedSince', what: 'name changed since and left' });
  });

  it('16.2: whom somebody disabled again since stays so', async () => {
    const world = await backedUp();
    change(world, { nickname: 'Bad' }, { enabled: false });
    const { updateAttributes } = world.writer;
    refuseNickname(world);
    const id = await selectedPartly(world, { users: [{ name: 'ana' }] });
    expect(ana(world).enabled).to.equal(true);
    await anHourLater(world, updateAttributes);
    change(world, {}, { enabled: false });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(ana(world)).to.include({ enabled: false });
    expect(ana(world).attributes).to.include({ nickname: 'A' });
    expect(only(world, id)).to.include({ result: 'changedSince', what: 'enabled changed since and left' });
  });

  it('16.2: who was created disabled and is enabled since stays so', async () => {
    const world = new WorkflowWorld();
    world.writer.datesWrites = true;
    world.source.settings = { ...world.source.settings, aliasAttributes: ['email'] };
    world.source.put(aUser({ username: 'ana', enabled: false, attributes: ANA }));
    await world.export();
    world.source.remove('ana');
    world.source.put(aUser({ username: 'ben', attributes: { email: ANA.email, email_verified: 'true' } }));
    const id = await selectedPartly(world, { users: [{ name: 'ana' }] });
    expect(ana(world)).to.include({ enabled: false });
    await world.clock.sleep(3_600_000);
    change(world, {}, { enabled: true });
    world.source.remove('ben');
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(ana(world)).to.include({ enabled: true });
    expect(ana(world).attributes).to.include({ email_verified: 'true' });
    expect(only(world, id)).to.include({ result: 'created', what: 'enabled changed since and left' });
  });

  describe('of whoever was created, what was changed since stays, although we have written to the account after that', () => {
    const BY_HERSELF = { name: 'By herself' };

    async function gone(user: Partial<PoolUser>, settings: Partial<PoolSettings> = {}): Promise<WorkflowWorld> {
      const world = new WorkflowWorld();
      world.writer.datesWrites = true;
      world.source.settings = { ...world.source.settings, ...settings };
      world.source.put(aUser({ username: 'ana', attributes: ANA, ...user }));
      await world.export();
      world.source.remove('ana');
      return world;
    }

    async function expectTheirs(world: WorkflowWorld, id: string): Promise<void> {
      const ended = await select(world, id);
      expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
      expect(ana(world).attributes).to.include({ ...ANA, ...BY_HERSELF });
      expect(only(world, id)).to.include({ result: 'created', what: 'name changed since and left' });
    }

    it('16.2: disabled, which Cognito had refused', async () => {
      const world = await gone({ enabled: false });
      world.writer.refuse = (call) => (call === 'disableUser' ? 'InvalidParameterException' : undefined);
      const id = await selectedPartly(world, { users: [{ name: 'ana' }] });
      await world.clock.sleep(3_600_000);
      change(world, BY_HERSELF);
      world.writer.refuse = () => undefined;
      await expectTheirs(world, id);
      expect(ana(world)).to.include({ enabled: false });
    });

    it('16.2: disabled, which Cognito had refused, and was changed between two of our writes', async () => {
      const world = await gone({ enabled: false });
      world.source.putGroup({ name: 'staff' });
      world.source.put(aUser({ username: 'ana', enabled: false, attributes: ANA }));
      world.source.join('ana', 'staff');
      await world.export();
      world.source.remove('ana');
      world.writer.refuse = (call) => (call === 'disableUser' ? 'InvalidParameterException' : undefined);
      const id = await putRequest(world, { users: [{ name: 'ana' }] });
      world.calls.turn = async (call) => {
        if (call !== 'cognito.addUserToGroup') return;
        world.calls.turn = undefined;
        await world.clock.sleep(60_000);
        change(world, BY_HERSELF);
        world.writer.datesWrites = false;
        await world.clock.sleep(60_000);
      };
      expect(await select(world, id)).to.include({ error: 'RestoreIncomplete' });
      await world.clock.sleep(3_600_000);
      world.writer.datesWrites = true;
      world.writer.refuse = () => undefined;
      await expectTheirs(world, id);
    });

    it('16.2: the password, before which the selection was cut off', async () => {
      const world = await gone({});
      world.stopOnKill = true;
      const id = await putRequest(world, { users: [{ name: 'ana' }] });
      world.calls.turn = async (call) => {
        await Promise.resolve();
        if (call === 'cognito.setPassword') world.calls.killAt(1);
      };
      await select(world, id).catch(() => undefined);
      world.calls.turn = undefined;
      world.calls.revive();
      await world.clock.sleep(3_600_000);
      change(world, BY_HERSELF);
      await expectTheirs(world, id);
      expect(ana(world)).to.include({ status: 'CONFIRMED' });
    });

    it('16.2: disabled, before which the selection was cut off, of whoever came by import job', async function () {
      this.timeout(60_000);
      const world = await gone({ enabled: false });
      addUsers(world.source, 510);
      world.source.put(aUser({ username: 'ana', enabled: false, attributes: ANA }));
      expect(await world.export()).to.include({ status: 'SUCCEEDED' });
      for (const name of [...world.source.users.keys()]) world.source.remove(name);
      world.stopOnKill = true;
      const users = ['ana', ...Array.from({ length: 510 }, (_one, nth) => `user${nth}`)];
      const id = await putRequest(world, { users: users.map((name) => ({ name })) });
      world.calls.turn = async (call) => {
        await Promise.resolve();
        if (call === 'cognito.disableUser') world.calls.killAt(1);
      };
      await select(world, id).catch(() => undefined);
      world.calls.turn = undefined;
      world.calls.revive();
      await world.clock.sleep(3_600_000);
      change(world, BY_HERSELF);
      const ended = await select(world, id);
      expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
      expect(world.calls.countOf('cognito.createUser')).to.equal(0);
      expect(ana(world)).to.include({ enabled: false });
      expect(ana(world).attributes).to.include(BY_HERSELF);
      const row = rowsOfSelection(world, id).find(({ sign_in_name: name }) => name === 'ana');
      expect(row).to.include({ result: 'created', what: 'name changed since and left' });
    });

    it('16.2: an address, which somebody else had', async () => {
      const phone = { phone_number: '+4915100000', phone_number_verified: 'true' };
      const world = await gone(
        { attributes: { ...ANA, ...phone } },
        { aliasAttributes: ['email', 'phone_number'], autoVerifiedAttributes: [] },
      );
      world.source.put(aUser({ username: 'ben', attributes: { email: ANA.email, email_verified: 'true' } }));
      world.source.put(aUser({ username: 'cleo', attributes: phone }));
      const id = await selectedPartly(world, { users: [{ name: 'ana' }] });
      await world.clock.sleep(3_600_000);
      change(world, BY_HERSELF);
      world.source.remove('cleo');
      expect(await select(world, id)).to.include({ error: 'RestoreIncomplete' });
      expect(ana(world).attributes).to.include({ ...phone, ...BY_HERSELF });
      await world.clock.sleep(3_600_000);
      world.source.remove('ben');
      await expectTheirs(world, id);
    });
  });

  it('16.2: a setting of a group that somebody changed since stays', async () => {
    const world = await backedUp();
    world.source.putGroup({ name: 'staff', description: 'Bad', precedence: 9 });
    let calls = 0;
    world.writer.refuse = (call) => (call === 'createGroup' && ++calls <= 2 ? 'InvalidParameterException' : undefined);
    const id = await selectedPartly(world, { groups: [{ name: 'staff' }] });
    expect(staff(world)).to.deep.equal({ name: 'staff', description: 'Bad', precedence: 3 });
    await world.clock.sleep(3_600_000);
    world.source.putGroup({ name: 'staff', description: 'Bad', precedence: 9 });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(staff(world)).to.deep.equal({ name: 'staff', description: 'Everybody', precedence: 9 });
    expect(only(world, id)).to.include({ result: 'changedSince', what: 'precedence changed since and left' });
    expect(
      undoEntriesOf(world, id).map((entry) => ('field' in entry ? [entry.field, entry.before] : [])),
    ).to.have.deep.members([
      ['precedence', 9],
      ['description', 'Bad'],
    ]);
  });
});

describe('A selection and who changes meanwhile what it has written', () => {
  /** Just before the pool is looked at for the first time after the writes. */
  const beforeTheLook = (world: WorkflowWorld, act: () => void): void => {
    let written = false;
    world.calls.turn = async (call) => {
      if (/updateAttributes|enableUser|addUserToGroup|createGroup/.test(call)) written = true;
      if (!written || call !== 'cognito.listUsersPage') return;
      world.calls.turn = undefined;
      await world.clock.sleep(30_000);
      act();
    };
  };

  it('16.2: a value is theirs, and nothing is missing', async () => {
    const world = await backedUp();
    change(world, { name: 'Bad', nickname: 'Bad' });
    const id = await putRequest(world, { users: [{ name: 'ana' }] });
    beforeTheLook(world, () => change(world, { name: 'By herself' }));
    const ended = await select(world, id);
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(ana(world).attributes).to.include({ name: 'By herself', nickname: 'A' });
    expect(only(world, id)).to.include({ result: 'changedSince', what: 'name changed since and left' });
  });

  it('16.2: a flag and a membership are, too', async () => {
    const world = await backedUp();
    change(world, {}, { enabled: false });
    world.source.leave('ana', 'staff');
    const id = await putRequest(world, { users: [{ name: 'ana' }] });
    beforeTheLook(world, () => {
      change(world, {}, { enabled: false });
      world.source.leave('ana', 'staff');
    });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(ana(world)).to.include({ enabled: false });
    expect(resultsOf(world, id)).to.deep.equal(['ana changedSince', 'staff ana changedSince']);
  });

  it('16.2: of whoever was created disabled, also what was changed between two of our writes', async () => {
    const world = await backedUp();
    world.source.put(aUser({ username: 'ana', enabled: false, attributes: ANA }));
    await world.export();
    world.source.remove('ana');
    const id = await putRequest(world, { users: [{ name: 'ana' }] });
    world.calls.turn = async (call) => {
      if (call !== 'cognito.addUserToGroup') return;
      world.calls.turn = undefined;
      await world.clock.sleep(30_000);
      change(world, { name: 'By hand' });
      world.writer.datesWrites = false;
      await world.clock.sleep(30_000);
    };
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(ana(world).attributes).to.include({ name: 'By hand' });
    expect(only(world, id)).to.include({ result: 'created', what: 'name changed since and left' });
  });
});
