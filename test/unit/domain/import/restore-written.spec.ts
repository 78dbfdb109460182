import { expect } from 'chai';
import type { UpdateCounts } from '../../../../source/domain/import/plan/updates-state.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';

/** Cognito refused every write of an earlier execution but those of groups, and an import job spoiled a value: all is left to be repaired. */
async function unrepairedWorld(): Promise<RestoreWorld> {
  const world = new RestoreWorld();
  addUsers(world.source, 5, { disabled: 0.5 });
  world.source.put(aUser({ username: 'una', attributes: { email: 'una@example.test' } }));
  addGroups(world.source, [5, 2]);
  await world.planned();
  world.whenJobEnded = () => {
    const user = world.target.find('user3');
    if (user !== undefined) world.target.put({ ...user, attributes: { ...user.attributes, name: 'spoiled' } });
  };
  world.writer.refuse = (call) => (call === 'createGroup' ? undefined : 'InvalidParameterException');
  await world.execute('refused');
  world.writer.refuse = () => undefined;
  return world;
}

/** Without what was refused: an attempt that is made again may be refused again. */
function written(world: RestoreWorld): Omit<UpdateCounts, 'refused'> {
  const { refused: _refused, ...counts } = (
    JSON.parse(world.report('report.json')) as { readonly written: UpdateCounts }
  ).written;
  return counts;
}

describe('What a restore says that it has written', () => {
  let undisturbed: RestoreWorld;
  before(async () => {
    undisturbed = await unrepairedWorld();
    await undisturbed.execute('repairing');
  });

  it('is what is in the new pool afterwards', () => {
    const { source } = undisturbed;
    const disabled = [...source.users.values()].filter(({ user }) => !user.enabled).length;
    expect(disabled).to.be.greaterThan(0);
    expect(written(undisturbed)).to.deep.equal({
      groupsCreated: 2,
      usersCreated: 1,
      disabled,
      memberships: 7,
      attributes: 1,
    });
  });

  it('15: is the same of a restore that was killed, after any write of a repair, and continued: "memberships: 0" for 7 that were', async () => {
    const before = (await unrepairedWorld()).calls.count;
    const writes = undisturbed.calls.log
      .map(({ call }, index) => ({ call, nth: index + 1 - before }))
      .filter(({ call, nth }) => nth > 0 && /^cognito\.(add|create|disable|set|update)/.test(call));
    expect(new Set(writes.map(({ call }) => call)).size).to.equal(5);
    for (const { call, nth } of writes) {
      const world = await unrepairedWorld();
      world.calls.killAt(nth, 'after');
      await world.executeDespiteKills();
      const { attributes, ...counts } = written(undisturbed);
      const found = written(world);
      expect(found, `killed after call ${nth}, ${call}`).to.deep.include(counts);
      // What value an account had before, nobody can tell afterwards.
      expect(found.attributes).to.be.within(0, attributes);
    }
  });
});
