import { expect } from 'chai';
import { putRequest, reportOfSelection, resultsOf, select } from '../../../support/import/selections.ts';
import { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { aUser } from '../../../support/world/builders.ts';

const EMAIL = { email: 'una@example.test', email_verified: 'false' };

/** A pool of a confirmed user and of one who never confirmed a sign-up, exported once. */
async function backedUp(): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  world.source.put(aUser({ username: 'ana', attributes: { email: 'ana@example.test', email_verified: 'true' } }));
  world.source.put(
    aUser({
      username: 'una',
      sub: '77777777-0000-4000-8000-000000000000',
      status: 'UNCONFIRMED',
      attributes: EMAIL,
    }),
  );
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  return world;
}

describe('A user whom a rule leaves out of a selection', () => {
  it('16.2: is missing when the pool does not have the user any more, and makes the selection incomplete', async () => {
    const world = await backedUp();
    world.source.remove('una');
    const id = await putRequest(world, { users: [{ name: 'una' }] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(resultsOf(world, id)).to.deep.equal(['una failed']);
    expect(reportOfSelection(world, id)).to.include({ outcome: 'partial' });
    expect(world.source.find('una')).to.equal(undefined);
  });

  it('16.2: is missing when somebody else signs up under the name', async () => {
    const world = await backedUp();
    world.source.remove('una');
    world.source.put(aUser({ username: 'una', sub: '88888888-0000-4000-8000-000000000000', attributes: EMAIL }));
    const id = await putRequest(world, { users: [{ name: 'una' }], existing: 'update' });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(resultsOf(world, id)).to.deep.equal(['una failed']);
  });

  it('16.2: is left alone, and nothing is missing, where the pool has the account', async () => {
    const world = await backedUp();
    const id = await putRequest(world, { users: [{ name: 'una' }, { name: 'ana' }], existing: 'update' });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id)).to.have.members(['una skipped', 'ana unchanged']);
  });
});
