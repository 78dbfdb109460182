import { expect } from 'chai';
import { userFinder } from '../../../../source/domain/import/selection/backup-read.ts';
import type { BackupOfRun } from '../../../../source/domain/import/selection/backup-read.ts';
import { selectionKeys } from '../../../../source/domain/import/plan/selection-keys.ts';
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
} from '../../../support/import/selections.ts';
import { SOURCE, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addUsers, aUser } from '../../../support/world/builders.ts';

const ANA = { email: 'ana@example.test', email_verified: 'true', name: 'Ana' };

/** A pool of one user in one group, exported once. */
const backedUp = (settings: object = {}): Promise<WorkflowWorld> => anaInStaff({ attributes: ANA, settings });

const ana = (world: WorkflowWorld): PoolUser => world.source.users.get('ana')?.user as PoolUser;
const members = (world: WorkflowWorld): readonly string[] => [
  ...(world.source.groups.get('staff')?.members.keys() ?? []),
];

/** Just before the call is made for the first time. */
function before(world: WorkflowWorld, call: string, act: () => void | Promise<void>): void {
  world.calls.turn = async (made) => {
    if (made !== call) return;
    world.calls.turn = undefined;
    await act();
  };
}

describe('A selection takes nothing from anybody', () => {
  for (const [how, theirs, held] of [
    ['as the backup spells it', 'ana@example.test', 'ana@example.test'],
    ['in small letters, where the pool does not tell them apart', 'ana@example.test', 'Ana@Example.test'],
  ] as const)
    it(`16.2: who is created does not take an address by which somebody else signs in by now, ${how}`, async () => {
      const world = await backedUp({ aliasAttributes: ['email'] });
      world.source.put(aUser({ username: 'ana', attributes: { ...ANA, email: held } }));
      await world.export();
      world.source.remove('ana');
      world.source.put(aUser({ username: 'ben', attributes: { email: theirs, email_verified: 'true' } }));
      const id = await selectedPartly(world, { users: [{ name: 'ana' }] });
      expect(world.source.users.get('ben')?.user.attributes).to.include({ email: theirs, email_verified: 'true' });
      expect(ana(world).attributes).to.include({ email: held, name: 'Ana' });
      expect(ana(world).attributes.email_verified).not.to.equal('true');
      expect(rowsOfSelection(world, id)[0]).to.include({
        result: 'failed',
        what: 'email was not set: another user of the pool signs in by it',
      });
      expect(members(world)).to.deep.equal(['ana']);
      world.source.remove('ben');
      expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
      expect(ana(world).attributes).to.include({ email: held, email_verified: 'true' });
    });

  for (const [how, others] of [
    ['few users', 0],
    ['so many that the pool is listed', 320],
  ] as const)
    it(`16.2: a dry run of ${how} says whose address is somebody else's alias by now, made or overwritten`, async function () {
      this.timeout(20_000);
      const world = await backedUp({ aliasAttributes: ['email'] });
      const cleo = aUser({ username: 'cleo', attributes: { email: 'cleo@example.test', email_verified: 'true' } });
      world.source.put(cleo);
      addUsers(world.source, others);
      await world.export();
      world.source.remove('ana');
      world.source.put({ ...cleo, attributes: { ...cleo.attributes, email: 'new@example.test' } });
      for (const [username, email] of [
        ['ben', 'ANA@example.test'],
        ['dan', 'cleo@example.test'],
      ] as const)
        world.source.put(aUser({ username, attributes: { email: email.toLowerCase(), email_verified: 'true' } }));
      const users = ['ana', 'cleo', ...Array.from({ length: others }, (_one, nth) => `user${nth}`)];
      const id = await putRequest(world, { users: users.map((name) => ({ name })) });
      expect(await select(world, id, { DryRun: true })).to.include({ status: 'SUCCEEDED' });
      const told = rowsOfSelection(world, id, 'differences').filter(({ what }) => what !== '');
      expect(new Set(told.map(({ sign_in_name: name, result, what }) => [name, result, what].join(' ')))).to.deep.equal(
        new Set([
          'ana created email: another user of the pool signs in by it, and keeps it',
          'cleo updated email: another user of the pool signs in by it, and keeps it',
        ]),
      );
      expect(reportOfSelection(world, id).notes.join()).to.include('2 users of the selection have an address');
      const free = await putRequest(world, { users: [{ name: 'cleo' }] });
      world.source.remove('dan');
      expect(await select(world, free, { DryRun: true })).to.include({ status: 'SUCCEEDED' });
      expect(rowsOfSelection(world, free, 'differences').map(({ what }) => what)).to.deep.equal(['']);
    });

  it('16.2: what the person changed right after being created stays, and what was left out still comes', async () => {
    const world = await backedUp({ aliasAttributes: ['preferred_username'] });
    world.source.put(aUser({ username: 'ana', attributes: { ...ANA, preferred_username: 'annie' } }));
    await world.export();
    world.source.remove('ana');
    before(world, 'cognito.listUsersInGroupPage', () => undefined);
    const id = await putRequest(world, { users: [{ name: 'ana' }] });
    before(world, 'cognito.addUserToGroup', async () => {
      await world.clock.sleep(60_000);
      const modified = new Date(world.clock.now() + 60_000).toISOString();
      world.source.put({ ...ana(world), modified, attributes: { ...ana(world).attributes, name: 'By herself' } });
    });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(ana(world).attributes).to.include({ name: 'By herself', preferred_username: 'annie' });
    expect(rowsOfSelection(world, id)[0]).to.include({ result: 'created', what: 'name changed since and left' });
  });

  for (const when of ['before the decision', 'before the write'] as const)
    it(`16.2: undo: whoever goes back to the earlier address ${when} keeps the proof of it`, async () => {
      const world = await backedUp({ autoVerifiedAttributes: [] });
      const earlier = { email: 'x@example.test', email_verified: 'false', name: 'Bad' };
      world.source.put(aUser({ username: 'ana', attributes: earlier }));
      const id = await selectedWhole(world, { users: [{ name: 'ana' }] });
      const goBack = (): void =>
        world.source.put(
          aUser({ username: 'ana', attributes: { ...ANA, email: 'x@example.test', email_verified: 'true' } }),
        );
      if (when === 'before the decision') goBack();
      else world.entered = (state) => (state === 'UpdateUsers' ? goBack() : undefined);
      const undo = await selectedWhole(world, { undo: id });
      expect(ana(world).attributes).to.include({ email: 'x@example.test', email_verified: 'true', name: 'Bad' });
      expect(rowsOfSelection(world, undo)[0]).to.include({ result: 'changedSince' });
    });
});

describe('A selection knows whom earlier ones have made', () => {
  it('16.2: also by an export of an account that was made in between, from the same run', async () => {
    const world = await backedUp();
    const first = ana(world).sub;
    const run = (): string =>
      [...world.objects.stored.keys()]
        .filter((key) => key.startsWith('snapshots/'))
        .sort()
        .at(-1)
        ?.split('/')[1] as string;
    const oldest = run();
    world.source.remove('ana');
    await selectedWhole(world, { users: [{ sub: first }] });
    const second = ana(world).sub;
    await world.export({ AllowMassDelete: true });
    world.source.remove('ana');
    await selectedWhole(world, { users: [{ sub: first, run: oldest }] });
    const third = ana(world).sub;
    expect(new Set([first, second, third]).size).to.equal(3);
    const id = await selectedWhole(world, { users: [{ sub: second }], groups: [{ name: 'staff' }] });
    expect(resultsOf(world, id)).to.have.members(['staff unchanged', 'ana unchanged', 'staff ana unchanged']);
  });

  it("16.2: also where AWS's own recovery brought the account before back", async () => {
    const world = await backedUp();
    const old = ana(world);
    world.source.remove('ana');
    await selectedWhole(world, { users: [{ sub: old.sub }] });
    await world.export({ AllowMassDelete: true });
    world.source.remove('ana');
    world.source.put({ ...old, attributes: { ...old.attributes, name: 'Bad' } });
    const id = await selectedWhole(world, { users: [{ name: 'ana' }] });
    expect(resultsOf(world, id)).to.have.members(['ana updated', 'staff ana created']);
    expect(ana(world)).to.include({ sub: old.sub });
    expect(ana(world).attributes.name).to.equal('Ana');
  });

  it('16.2: also one that was cut off; without a password the account is nobody’s until that one goes on', async () => {
    for (const [call, isTheirs] of [
      ['cognito.setPassword', false],
      ['cognito.addUserToGroup', true],
    ] as const) {
      const world = await backedUp();
      const { sub } = ana(world);
      world.source.remove('ana');
      world.stopOnKill = true;
      before(world, call, () => world.calls.killAt(1, 'before'));
      const cutOff = await putRequest(world, { users: [{ sub }] });
      expect(await select(world, cutOff).catch((error: unknown) => error as Error)).to.include({
        name: 'Stopped',
      });
      world.calls.revive();
      if (isTheirs) {
        const id = await selectedWhole(world, { users: [{ sub }] });
        expect(resultsOf(world, id), call).to.have.members(['ana unchanged', 'staff ana created']);
        continue;
      }
      const id = await selectedPartly(world, { users: [{ sub }], confirmed: [sub] });
      expect(rowsOfSelection(world, id)[0], call).to.include({ result: 'collision' });
      expect(rowsOfSelection(world, id)[0]?.what).to.include('start that one again');
      expect(await select(world, cutOff)).to.include({ status: 'SUCCEEDED' });
      expect(ana(world)).to.include({ status: 'CONFIRMED' });
    }
  });
});

describe('A selection tells the truth of every member', () => {
  it('16.2: one whom a rule leaves out joins a group that is asked for again, asked for as well or not', async () => {
    for (const users of [[], [{ name: 'una' }]]) {
      const world = new WorkflowWorld();
      world.source.put(aUser({ username: 'una', status: 'UNCONFIRMED' }));
      world.source.putGroup({ name: 'staff' });
      world.source.join('una', 'staff');
      await world.export();
      world.source.put(aUser({ username: 'una' }));
      world.source.leave('una', 'staff');
      const id = await selectedWhole(world, { users, groups: [{ name: 'staff' }] });
      expect(resultsOf(world, id)).to.include.members(['staff unchanged', 'staff una created']);
      expect(members(world)).to.deep.equal(['una']);
    }
  });

  it('16.2: who is made once more by the next start, since somebody deleted the account, is in the groups again', async () => {
    const world = await backedUp();
    world.source.remove('ana');
    world.writer.refuse = (call) => (call === 'setPassword' ? 'NotAuthorizedException' : undefined);
    const id = await selectedPartly(world, { users: [{ name: 'ana' }] });
    expect(resultsOf(world, id)).to.deep.equal(['ana failed', 'staff ana created']);
    world.source.remove('ana');
    world.writer.refuse = () => undefined;
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id)).to.deep.equal(['ana created', 'staff ana created']);
    expect(members(world)).to.deep.equal(['ana']);
  });

  it('16.2: of two users of one very name in a run nobody is taken by it', () => {
    const spooled = (sub: string): BackupOfRun['users'][number] => ({
      ...aUser({ username: 'ana', sub }),
      groups: [],
    });
    const [one, other] = ['11111111-0000-4000-8000-000000000000', '22222222-0000-4000-8000-000000000000'];
    const backup = {
      accepted: { manifest: { poolSettings: new WorkflowWorld().source.settings } },
      users: [spooled(one), spooled(other)],
      groups: new Map(),
    } as unknown as BackupOfRun;
    const find = userFinder(backup);
    expect(find({ name: 'ana' })).to.equal('several');
    expect(find({ sub: one })).to.include({ sub: one });
  });
});

describe('A selection that was stopped before its first write', () => {
  it('16.2: decides anew, and nothing that it noted before counts, whichever call was the last', async function () {
    this.timeout(60_000);
    // Before UpdateUsers begins nothing is noted.
    for (let nth = 75; ; nth += 1) {
      const world = await backedUp();
      const stranger = aUser({ username: 'ana', sub: '99999999-0000-4000-8000-000000000000' });
      world.source.remove('ana');
      world.source.put(stranger);
      world.stopOnKill = true;
      const id = await putRequest(world, { users: [{ name: 'ana' }] });
      world.calls.killAt(nth, 'after');
      const first = await select(world, id).catch(() => undefined);
      world.calls.revive();
      if (first !== undefined) break;
      world.source.remove('ana');
      world.clock.advance(60_000);
      const ended = await select(world, id);
      const isThere = ana(world) !== undefined;
      const about = `killed after call ${nth}`;
      expect(resultsOf(world, id), about).to.deep.equal(
        isThere ? ['ana created', 'staff ana created'] : ['ana collision'],
      );
      expect(ended, about).to.include({ status: isThere ? 'SUCCEEDED' : 'FAILED' });
      expect(members(world), about).to.deep.equal(isThere ? ['ana'] : []);
      const { entries } = world.objects.json<{ readonly entries: readonly object[] }>(selectionKeys(SOURCE, id).undo);
      expect(entries, about).to.have.length(isThere ? 1 : 0);
    }
  });
});
