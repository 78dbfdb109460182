import { expect } from 'chai';
import { userKey } from '../../../../../source/domain/backup/items.ts';
import type { MemoryPool } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import { subFor } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import { RESTORED, VerifyWorld } from '../../../../support/workflows/verify-world.ts';
import { SOURCE } from '../../../../support/workflows/workflow-world.ts';
import { addGroups } from '../../../../support/world/builders.ts';
import { emailOf, phoneOf, putBoth, putSignedUp, TWO_ADDRESSES } from '../../../../support/world/two-addresses.ts';

/** An exported pool whose users sign in by either address, and what a restore makes of it. */
async function restoredWorld(more: (source: MemoryPool) => void = () => undefined): Promise<VerifyWorld> {
  const world = new VerifyWorld();
  const { home, restored } = world;
  const { source } = home;
  home.allowMultipleUsernameAttributes = true;
  source.settings = { ...source.settings, ...TWO_ADDRESSES };
  restored.settings = { ...restored.settings, ...TWO_ADDRESSES };
  putBoth(source, 20);
  more(source);
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

  for (const isFirst of [true, false])
    it(`17.2: takes nobody for the user whose phone number somebody gave as the other, unproven address, listed ${isFirst ? 'first' : 'last'}`, async () => {
      const world = await restoredWorld();
      const { restored } = world;
      const all = [...restored.users.values()].map(({ user }) => user);
      const signUps = new Map(restored.signUps);
      // Signs in by an e-mail address of its own.
      const stranger = (): unknown =>
        putSignedUp(
          restored,
          'stranger',
          'email',
          { email: emailOf('stranger'), phone_number: phoneOf(1) },
          { created: '2026-03-05T00:00:00.000Z' },
        );
      const admin = all.find(({ attributes }) => attributes.phone_number === phoneOf(1)) as (typeof all)[number];
      if (isFirst) {
        const groups = [...restored.groups.values()].map(
          ({ group, members }) => [group.name, [...members.keys()]] as const,
        );
        for (const { username } of all) restored.remove(username);
        stranger();
        for (const user of all) restored.put(user, signUps.get(user.username));
        for (const [group, members] of groups) for (const name of members) restored.join(name, group);
      } else stranger();
      restored.put({ ...admin, attributes: { ...admin.attributes, nickname: 'new' } });
      const { sub } = [...restored.users.values()]
        .map(({ user }) => user)
        .find((user) => user.attributes.name === 'stranger') as typeof admin;
      restored.join(sub, 'group0');
      const ended = await world.verify(world.backup, { UserPoolId: RESTORED, Percent: 1 });
      expect(ended).to.include({ status: 'FAILED', error: 'PoolDiffers' });
      const rows = world.replicaObjects.text('verifications/run-1/differences.csv').trim().split('\n').slice(1);
      expect(rows.map((row) => row.split(',').slice(1).join()).sort()).to.deep.equal(
        [
          `${emailOf('both1')},different: nickname`,
          `${emailOf('stranger')},extra: the backup has no such user`,
          `${emailOf('stranger')},membership in the group group0: extra: the backup has no such membership`,
        ].sort(),
      );
    });

  for (const ownerIsLast of [true, false])
    it(`17.2: misses neither of two users of whom the backup takes the same unproven address for the name, ${ownerIsLast ? 'the owner' : 'the other one'} listed last`, async () => {
      const owner = (source: MemoryPool): unknown =>
        putSignedUp(source, 'mistaken owner', 'email', { email: emailOf('mistaken') });
      const partner = (source: MemoryPool): unknown =>
        putSignedUp(source, 'mistaken', 'phone_number', { email: emailOf('mistaken'), phone_number: phoneOf(200) });
      const world = await restoredWorld((source) => {
        for (const put of ownerIsLast ? [partner, owner] : [owner, partner]) put(source);
      });
      // Cognito said "yes" to the address of the partner: that is the owner's name.
      const words = [...world.home.source.users.values()]
        .filter(({ user }) => user.attributes.email === emailOf('mistaken'))
        .map(({ user }) => world.home.table.peek(userKey(user.sub))?.signsInBy);
      expect(words).to.deep.equal(['email', 'email']);
      const verified = (): ReturnType<VerifyWorld['verify']> =>
        world.verify(world.backup, { UserPoolId: RESTORED, Percent: 1 });
      expect(await verified()).to.include({ status: 'SUCCEEDED' });
      const changed = [...world.restored.users.values()].find(({ user }) => user.attributes.name === 'mistaken')?.user;
      if (changed === undefined) throw new Error('not restored');
      world.restored.put({ ...changed, attributes: { ...changed.attributes, nickname: 'new' } });
      expect(await verified()).to.include({ status: 'FAILED', error: 'PoolDiffers' });
      const rows = world.replicaObjects.text('verifications/run-2/differences.csv').trim().split('\n').slice(1);
      expect(rows.map((row) => row.split(',').slice(2).join())).to.deep.equal(['different: nickname']);
    });
});
