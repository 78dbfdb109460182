import { expect } from 'chai';
import { putRequest, resultsOf, rowsOfSelection, select } from '../../../support/import/selections.ts';
import { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addGroups } from '../../../support/world/builders.ts';
import { emailOf, phoneOf, putBoth, TWO_ADDRESSES } from '../../../support/world/two-addresses.ts';

/** An exported pool: both0 signs in by e-mail, both1 by phone number, and so on. */
async function exportedWorld(): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  world.allowMultipleUsernameAttributes = true;
  world.source.settings = { ...world.source.settings, ...TWO_ADDRESSES };
  putBoth(world.source, 6);
  addGroups(world.source, [6]);
  await world.export();
  return world;
}

const usernameOf = ({ source }: WorkflowWorld, name: string): string =>
  [...source.users.values()].find(({ user }) => user.attributes.name === name)?.user.username ?? '';

describe('17.2: a selection in a pool whose users sign in by e-mail or phone number', () => {
  it('17.2: finds users by either address, and makes them with the one by which they signed in', async () => {
    const world = await exportedWorld();
    for (const name of ['both0', 'both1', 'both2', 'both3']) world.source.remove(usernameOf(world, name));
    const users = [{ name: emailOf('both0') }, { name: phoneOf(1) }, { name: phoneOf(2) }, { name: emailOf('both3') }];
    const id = await putRequest(world, { users });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(
      resultsOf(world, id).filter((result) => result.endsWith(' created') && !result.startsWith('group')),
    ).to.have.members([
      `${emailOf('both0')} created`,
      `'${phoneOf(1)} created`,
      `${emailOf('both2')} created`,
      `'${phoneOf(3)} created`,
    ]);
    for (const [name, signUp] of [
      ['both0', 'email'],
      ['both1', 'phone_number'],
      ['both2', 'email'],
      ['both3', 'phone_number'],
    ] as const) {
      expect(world.source.signUps.get(usernameOf(world, name)), name).to.equal(signUp);
      expect([...(world.source.groups.get('group0')?.members.keys() ?? [])]).to.include(usernameOf(world, name));
    }
    expect(world.source.users.size).to.equal(6);
  });

  it('17.2: takes a living account with the same sub for the user, whatever its addresses, and a new one for a collision', async () => {
    const world = await exportedWorld();
    const same = world.source.find(usernameOf(world, 'both0'));
    if (same !== undefined) world.source.put({ ...same, attributes: { ...same.attributes, email: emailOf('moved') } });
    world.source.remove(usernameOf(world, 'both1'));
    const again = putBoth(world.source, 1, 1);
    const id = await putRequest(world, { users: [{ name: emailOf('both0') }, { name: phoneOf(1) }] });
    await select(world, id);
    const results = new Map(
      rowsOfSelection(world, id)
        .filter(({ group }) => group === '')
        .map(({ sign_in_name: name, result }) => [name, result]),
    );
    expect(results.get(emailOf('both0'))).to.equal('updated');
    expect(again).to.have.length(1);
    expect(world.source.users.size).to.equal(6);
  });
});
