import { expect } from 'chai';
import type { PoolUser } from '../../../../source/domain/model.ts';
import { putRequest, rowsOfSelection, select } from '../../../support/import/selections.ts';
import { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { aUser } from '../../../support/world/builders.ts';

const ANA = { email: 'ana@example.test', email_verified: 'true', name: 'Ana' };

/** A pool of one user in one group, exported once. */
async function backedUp(settings: object = {}): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  world.source.settings = { ...world.source.settings, ...settings };
  world.source.put(aUser({ username: 'ana', attributes: ANA }));
  world.source.putGroup({ name: 'staff' });
  world.source.join('ana', 'staff');
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  return world;
}

const ana = (world: WorkflowWorld): PoolUser => world.source.users.get('ana')?.user as PoolUser;
const members = (world: WorkflowWorld): readonly string[] => [
  ...(world.source.groups.get('staff')?.members.keys() ?? []),
];

async function restored(world: WorkflowWorld, request: Parameters<typeof putRequest>[1]): Promise<string> {
  const id = await putRequest(world, request);
  const ended = await select(world, id);
  expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
  return id;
}

async function partly(world: WorkflowWorld, request: Parameters<typeof putRequest>[1]): Promise<string> {
  const id = await putRequest(world, request);
  expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
  return id;
}

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
      const id = await partly(world, { users: [{ name: 'ana' }] });
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
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(ana(world).attributes).to.include({ name: 'By herself', preferred_username: 'annie' });
    expect(rowsOfSelection(world, id)[0]?.what).to.match(/^name not as in the backup; somebody may have changed that/);
  });

  for (const when of ['before the decision', 'before the write'] as const)
    it(`16.2: undo: whoever goes back to the earlier address ${when} keeps the proof of it`, async () => {
      const world = await backedUp({ autoVerifiedAttributes: [] });
      const earlier = { email: 'x@example.test', email_verified: 'false', name: 'Bad' };
      world.source.put(aUser({ username: 'ana', attributes: earlier }));
      const id = await restored(world, { users: [{ name: 'ana' }] });
      const goBack = (): void =>
        world.source.put(
          aUser({ username: 'ana', attributes: { ...ANA, email: 'x@example.test', email_verified: 'true' } }),
        );
      if (when === 'before the decision') goBack();
      else world.entered = (state) => (state === 'UpdateUsers' ? goBack() : undefined);
      const undo = await restored(world, { undo: id });
      expect(ana(world).attributes).to.include({ email: 'x@example.test', email_verified: 'true', name: 'Bad' });
      expect(rowsOfSelection(world, undo)[0]).to.include({ result: 'changedSince' });
    });
});
