import { expect } from 'chai';
import { subFor } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import { RESTORED, VerifyWorld } from '../../../../support/workflows/verify-world.ts';
import { SOURCE } from '../../../../support/workflows/workflow-world.ts';
import { addGroups } from '../../../../support/world/builders.ts';
import { emailOf, phoneOf, putBoth, putSignedUp, TWO_ADDRESSES } from '../../../../support/world/two-addresses.ts';

/** An exported pool whose users sign in by either address, and what a restore makes of it. */
async function restoredWorld(): Promise<VerifyWorld> {
  const world = new VerifyWorld();
  const { home, restored } = world;
  const { source } = home;
  home.allowMultipleUsernameAttributes = true;
  source.settings = { ...source.settings, ...TWO_ADDRESSES };
  restored.settings = { ...restored.settings, ...TWO_ADDRESSES };
  putBoth(source, 20);
  putSignedUp(source, 'owner', 'email', { email: emailOf('shared') });
  putSignedUp(source, 'other', 'phone_number', {
    email: emailOf('shared'),
    phone_number: phoneOf(100),
    phone_number_verified: 'true',
  });
  addGroups(source, [22, 3]);
  await world.export();
  const names = new Map<string, string>();
  for (const { user } of source.users.values()) {
    const sub = subFor(`new ${user.sub}`);
    names.set(user.username, sub);
    const attributes = { ...user.attributes, sub };
    restored.put({ ...user, username: sub, sub, attributes }, source.signUps.get(user.username));
  }
  for (const { group, members } of source.groups.values()) {
    restored.putGroup(group);
    for (const name of members.keys()) restored.join(names.get(name) as string, group.name);
  }
  return world;
}

describe('17.2: VerifyWorkflow and pools whose users sign in by e-mail or phone number', () => {
  it('17.2: finds a restored pool, and the pool itself, to be what the backup holds', async () => {
    const world = await restoredWorld();
    expect(await world.verify(world.backup, { UserPoolId: RESTORED, Percent: 1 })).to.include({ status: 'SUCCEEDED' });
    expect(await world.verify(world.primary, { UserPoolId: SOURCE })).to.include({ status: 'SUCCEEDED' });
  });

  it('17.2: names who is missing, different, or in no group, by the name at sign-in', async () => {
    const world = await restoredWorld();
    const named = (name: string): string =>
      [...world.restored.users.values()].find(({ user }) => user.attributes.name === name)?.user.username ?? '';
    world.restored.remove(named('both1'));
    world.restored.leave(named('other'), 'group0');
    const changed = world.restored.find(named('both2'));
    if (changed !== undefined)
      world.restored.put({ ...changed, attributes: { ...changed.attributes, phone_number: phoneOf(5_000) } });
    const ended = await world.verify(world.backup, { UserPoolId: RESTORED, Percent: 1 });
    expect(ended).to.include({ status: 'FAILED', error: 'PoolDiffers' });
    const rows = world.replicaObjects.text('verifications/run-1/differences.csv').trim().split('\n').slice(1);
    const told = rows.map((row) => row.split(',').slice(1).join()).sort();
    expect(told.filter((row) => !row.includes('group1'))).to.deep.equal(
      [
        `${emailOf('both2')},different: phone_number`,
        `'${phoneOf(1)},membership in the group group0: missing`,
        `'${phoneOf(1)},missing`,
        `'${phoneOf(100)},membership in the group group0: missing`,
      ].sort(),
    );
    expect(ended.cause).to.not.match(/example\.test|\+346/);
  });
});
