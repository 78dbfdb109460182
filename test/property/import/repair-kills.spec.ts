import { expect } from 'chai';
import type { PoolUser } from '../../../source/domain/model.ts';
import { differences } from '../../support/import/differences.ts';
import { RestoreWorld } from '../../support/import/restore-world.ts';
import { Strangers } from '../../support/import/strangers.ts';
import { addGroups, addUsers, aUser } from '../../support/world/builders.ts';

/** Users whom no CSV can carry; Cognito takes the second one's `nickname` only later. */
const CREATED = ['una', 'uma'] as const;

/** An execution in which Cognito created nobody has ended: the next one creates two users in its repair. */
async function unrepairedWorld(): Promise<RestoreWorld> {
  const world = new RestoreWorld();
  addUsers(world.source, 2);
  for (const username of CREATED)
    world.source.put(aUser({ username, attributes: { email: `${username}@example.test`, nickname: username } }));
  addGroups(world.source, [4]);
  await world.planned();
  world.writer.refuse = (call) => (call === 'createUser' ? 'LimitExceededException' : undefined);
  expect((await world.execute('refused')).outcome).to.equal('partial');
  world.writer.refuse = () => undefined;
  const create = world.writer.createUser;
  world.writer.createUser = (pool, user) =>
    user.username === 'uma' && 'nickname' in user.attributes
      ? Promise.resolve({ refused: 'InvalidParameterException', attributes: ['nickname'] })
      : create(pool, user);
  return world;
}

/** The execution that repairs, killed so. */
async function killedAt(nth: number, when: 'before' | 'after'): Promise<RestoreWorld> {
  const world = await unrepairedWorld();
  world.calls.killAt(nth, when);
  await world.execute('repairing').catch(() => undefined);
  world.calls.revive();
  return world;
}

const planned = (world: RestoreWorld, username: string): Record<string, string> => {
  const { sub: _sub, ...attributes } = (world.source.find(username) as PoolUser).attributes;
  return attributes;
};

describe('A repair that creates users and is killed', function () {
  this.timeout(120_000);
  /** What the repair calls, and the call's number in its execution. */
  let calls: readonly (readonly [number, string])[];
  before(async () => {
    const world = await unrepairedWorld();
    const from = world.calls.count;
    // The value that was left out is set by the repair of a later execution.
    expect((await world.execute('repairing')).counts).to.include({
      usersMissing: 0,
      usersBlocked: 0,
      usersDifferent: 1,
    });
    const log = world.calls.log.slice(from).map(({ call }) => call);
    const first = log.indexOf('cognito.createUser') - 4;
    const last = log.lastIndexOf('cognito.setPassword') + 4;
    calls = log.map((call, index) => [index + 1, call] as const).slice(first, last + 1);
    expect(log.filter((call) => call === 'cognito.createUser')).to.have.length(2);
    expect(calls.length).to.be.within(10, 40);
    expect(planned(world, 'uma')).to.have.property('nickname');
  });

  for (const when of ['before', 'after'] as const)
    it(`knows its own half-made accounts when another execution begins, killed ${when} any single call of it`, async () => {
      for (const [nth, call] of calls) {
        const world = await killedAt(nth, when);
        const about = `killed ${when} call ${nth}: ${call}`;
        const { counts } = await world.execute('next');
        expect(counts, about).to.include({ usersMissing: 0, usersBlocked: 0, usersWithoutPassword: 0 });
        expect((await world.execute('last')).outcome, about).to.equal('complete');
        expect(differences(world.source, world.target), about).to.deep.equal([]);
        expect(world.report('failures.csv'), about).to.not.contain('NameCollision');
        expect(world.writer.sentToUsers, about).to.deep.equal([]);
      }
    });

  /** Killed after any call of the repair; before the next execution, other accounts take the names. */
  async function takesNobody(account: (world: RestoreWorld, name: string) => Partial<PoolUser>): Promise<void> {
    for (const [nth] of calls) {
      const world = await killedAt(nth, 'after');
      if (world.head().phase === 'complete') continue;
      const strangers = new Strangers(world);
      for (const name of CREATED) {
        strangers.remove(name);
        strangers.signUp(name, account(world, name));
      }
      const { outcome } = await world.execute('next');
      if (outcome === 'partial') strangers.expectReported();
      else strangers.expectUntouched();
    }
  }

  for (const status of ['UNCONFIRMED', 'CONFIRMED', 'RESET_REQUIRED'])
    it(`takes nobody for its own who took a name before the next execution (${status}, with all attributes)`, () =>
      takesNobody((world, name) => ({ status, attributes: planned(world, name) })));

  it('takes no account for its own that an administrator made with other attributes before the next execution', () =>
    takesNobody(() => ({ status: 'FORCE_CHANGE_PASSWORD', attributes: { nickname: 'other' } })));
});

/** Accounts that a complete restore had made were deleted: one of an import job, who is in a group and disabled, and two created one by one. */
const DELETED = ['user1', ...CREATED] as const;

async function worldWithDeleted(): Promise<RestoreWorld> {
  const world = new RestoreWorld();
  addUsers(world.source, 3);
  for (const username of CREATED)
    world.source.put(aUser({ username, attributes: { email: `${username}@example.test`, nickname: username } }));
  const user1 = world.source.find('user1') as PoolUser;
  world.source.put({ ...user1, enabled: false });
  addGroups(world.source, [5, 2]);
  await world.planned();
  expect((await world.execute('complete')).outcome).to.equal('complete');
  expect(differences(world.source, world.target)).to.deep.equal([]);
  await world.clock.sleep(3_600_000);
  for (const name of DELETED) world.target.remove(name);
  world.recreateMissing = true;
  return world;
}

async function recreationKilledAt(nth: number, when: 'before' | 'after'): Promise<RestoreWorld> {
  const world = await worldWithDeleted();
  world.calls.killAt(nth, when);
  await world.execute('recreating').catch(() => undefined);
  world.calls.revive();
  return world;
}

describe('16.1: A restore that makes deleted accounts again and is killed', function () {
  this.timeout(240_000);
  let calls: readonly (readonly [number, string])[];
  before(async () => {
    const world = await worldWithDeleted();
    const from = world.calls.count;
    expect((await world.execute('recreating')).outcome).to.equal('complete');
    expect(differences(world.source, world.target)).to.deep.equal([]);
    const log = world.calls.log.slice(from).map(({ call }) => call);
    const first = log.indexOf('cognito.createUser') - 4;
    const last = log.lastIndexOf('cognito.addUserToGroup') + 4;
    calls = log.map((call, index) => [index + 1, call] as const).slice(first, last + 1);
    expect(calls.filter(([, call]) => call === 'cognito.createUser')).to.have.length(DELETED.length);
  });

  for (const when of ['before', 'after'] as const)
    it(`knows the accounts that it made again when another execution begins, killed ${when} any single call`, async () => {
      for (const [nth, call] of calls) {
        const world = await recreationKilledAt(nth, when);
        const about = `killed ${when} call ${nth}: ${call}`;
        const { outcome, counts } = await world.execute('next');
        expect(counts, about).to.include({
          usersMissing: 0,
          usersBlocked: 0,
          usersWithoutPassword: 0,
          usersDeletedSince: 0,
          usersChangedSince: 0,
          membershipsRemovedSince: 0,
          membershipsMissing: 0,
        });
        expect(outcome, about).to.equal('complete');
        expect(differences(world.source, world.target), about).to.deep.equal([]);
        expect(world.report('failures.csv'), about).to.not.contain('NameCollision');
        expect(world.writer.sentToUsers, about).to.deep.equal([]);
      }
    });

  it('takes nobody for its own who took a name after the call that was cut off', async () => {
    for (const [nth, call] of calls.filter(([, name]) => name.startsWith('cognito.')))
      for (const over of [
        { status: 'CONFIRMED' },
        { status: 'FORCE_CHANGE_PASSWORD', attributes: { nickname: 'other' } },
      ]) {
        const world = await recreationKilledAt(nth, 'after');
        if (world.head().phase === 'complete' && world.target.find('una') !== undefined) continue;
        const strangers = new Strangers(world);
        for (const name of DELETED) {
          strangers.remove(name);
          strangers.signUp(name, { attributes: planned(world, name), ...over });
        }
        await world.execute('next');
        strangers.expectUntouched();
        for (const name of DELETED)
          expect(world.report('failures.csv'), `${name} after ${call}`).to.contain(`,${name},`);
      }
  });

  it('knows an account that is made again a second time, after the first was deleted, too', async () => {
    const created = calls.flatMap(([nth, call]) => (call === 'cognito.createUser' ? [nth] : []));
    for (const nth of created) {
      const world = await recreationKilledAt(nth, 'after');
      // Both journals of this repair say who was made: the first account is gone again.
      expect((await world.execute('next')).outcome).to.equal('complete');
      await world.clock.sleep(3_600_000);
      for (const name of DELETED) world.target.remove(name);
      world.calls.killAt(nth, 'after');
      await world.execute('again').catch(() => undefined);
      world.calls.revive();
      expect((await world.execute('last')).outcome, `call ${nth}`).to.equal('complete');
      expect(differences(world.source, world.target), `call ${nth}`).to.deep.equal([]);
      expect(world.report('failures.csv')).to.not.contain('NameCollision');
    }
  });

  it('takes an account for its own whose creation was carried out without an answer, and refused when it was tried again', async () => {
    const world = await worldWithDeleted();
    const create = world.writer.createUser;
    world.writer.createUser = async (pool, user) => {
      await create(pool, user);
      return { refused: 'UsernameExistsException' };
    };
    const { outcome, counts } = await world.execute('recreating');
    expect(counts).to.include({ usersBlocked: 0, usersWithoutPassword: 0 });
    expect(outcome).to.equal('complete');
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });
});
