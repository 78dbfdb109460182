import { expect } from 'chai';
import { Accounts } from '../../../../../source/domain/import/accounts/accounts.ts';
import { CreationJournal } from '../../../../../source/domain/import/accounts/creation-journal.ts';
import { noAccounts } from '../../../../../source/domain/import/plan/accounts-state.ts';
import type { StoredAccounts } from '../../../../../source/domain/import/plan/accounts-state.ts';
import type { PoolUser } from '../../../../../source/domain/model.ts';
import { subFor } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import { aUser } from '../../../../support/world/builders.ts';
import { World } from '../../../../support/world/world.ts';

const PLAN = { newUserPoolId: 'eu-west-1_NewPool01', restoreId: 'r1' };

describe('The record of accounts', () => {
  let world: World;
  let stored: StoredAccounts;
  let parts: number;
  beforeEach(() => {
    world = new World();
    stored = noAccounts();
    parts = 0;
  });
  const load = (): Promise<Accounts> => Accounts.load(world.objects, structuredClone(stored));

  /** As a save of the progress does it. */
  async function save(accounts: Accounts, state: StoredAccounts): Promise<void> {
    for (const { key, body } of accounts.cut((kind) => `${kind}/${(parts += 1)}`)) await world.objects.put(key, body);
    stored = structuredClone(state);
  }

  it('gives back what was told, however often it was stored and loaded in between, in few objects', async () => {
    const users = 3_000;
    for (let round = 0; round < 60; round += 1) {
      const state = structuredClone(stored);
      const accounts = await Accounts.load(world.objects, state);
      for (let n = round; n < users; n += 7) {
        accounts.recordMade(`old-${n}`, {
          newSub: subFor(`new ${n}`),
          at: 1_000 + n,
          by: n % 2 === 0 ? 'import' : 'create',
        });
        if (n % 3 === 0) accounts.recordMembership(`old-${n}`, 'staff', false);
        if (n % 970 === 0) await save(accounts, state);
      }
      await save(accounts, state);
    }
    expect(stored.parts.length).to.be.at.most(33);
    const accounts = await load();
    for (let n = 0; n < users; n += 1) {
      expect(accounts.newSubOf(`old-${n}`)).to.equal(subFor(`new ${n}`));
      expect(accounts.lastWriteAt(`old-${n}`)).to.equal(1_000 + n);
      expect(accounts.madeBy(`old-${n}`)).to.equal(n % 2 === 0 ? 'import' : 'create');
      expect(accounts.wasGiven(`old-${n}`, 'staff')).to.equal(n % 3 !== 0);
    }
    expect(accounts.newSubOf('nobody')).to.equal(undefined);
  });

  it('forgets what was done by name, and to an earlier account, when another account is made', async () => {
    const accounts = await load();
    accounts.recordWrite('old', { at: 5, byName: true });
    accounts.recordDisabled('old');
    expect([accounts.wroteByName('old'), accounts.wasDisabled('old')]).to.deep.equal([true, true]);
    accounts.recordMade('old', { newSub: 'one', at: 3, by: 'import' });
    expect([accounts.wroteByName('old'), accounts.wasDisabled('old'), accounts.lastWriteAt('old')]).to.deep.equal([
      false,
      true,
      5,
    ]);
    accounts.recordMade('old', { newSub: 'two', at: 4, by: 'create' });
    expect([accounts.wasDisabled('old'), accounts.lastWriteAt('old'), accounts.madeBy('old')]).to.deep.equal([
      false,
      4,
      'create',
    ]);
  });

  it('takes no sub that does not fit, and no object that is missing', async () => {
    const accounts = await load();
    expect(() => accounts.recordMade('old', { newSub: 'x'.repeat(37), at: 1, by: 'create' })).to.throw(RangeError);
    stored = { parts: ['restores/p/r/accounts/1.bin'], recent: '' };
    expect(await load().catch(({ name }: Error) => name)).to.equal('BadState');
  });

  it('tells a later invocation which accounts were made, and since when they were about to be', async () => {
    const open = (claim: string): Promise<CreationJournal> =>
      CreationJournal.open({ ...world, claim }, PLAN, { name: 'batch-1' });
    const began = world.clock.now();
    const journal = await open('one');
    await journal.intend({ sub: 'old-0', attributes: {} });
    await Promise.all(Array.from({ length: 1_200 }, (_, n) => journal.record(`old-${n}`, `new-${n}`)));
    await journal.record('last', 'new-last');
    world.clock.advance(60_000);
    const later = await open('two');
    expect(later.since).to.equal(began);
    const proves = (oldSub: string, sub: string): boolean => later.proves(oldSub, aUser({ username: 'any', sub }));
    expect([proves('old-0', 'new-0'), proves('old-1199', 'new-1199'), proves('last', 'new-last')]).to.deep.equal([
      true,
      true,
      true,
    ]);
    expect([proves('nobody', 'new-0'), proves('old-0', 'new-1')]).to.deep.equal([false, false]);
    expect((await CreationJournal.open({ ...world, claim: 'two' }, PLAN, { name: 'batch-2' })).since).to.equal(
      began + 60_000,
    );
  });

  it('knows an account that a call cut off made for the user of its intention, and no other', async () => {
    const open = (claim: string): Promise<CreationJournal> =>
      CreationJournal.open({ ...world, claim }, PLAN, { name: 'repair-1', namesUsers: true });
    const attributes = { email: 'una@example.test', nickname: 'una' };
    const at = world.clock.now() + 10_000;
    const made = (over: Partial<PoolUser> = {}): PoolUser =>
      aUser({
        username: 'una',
        status: 'FORCE_CHANGE_PASSWORD',
        created: new Date(at).toISOString(),
        attributes,
        ...over,
      });
    const first = await open('one');
    world.clock.advance(10_000);
    await first.intend({ sub: 'old', attributes });
    await first.intend({ sub: 'answered', attributes });
    await first.intendLess({ sub: 'less', attributes }, { email: 'una@example.test' });
    await first.record('answered', 'new-answered');
    const later = await open('two');
    expect(later.proves('old', made())).to.equal(true);
    expect(later.proves('less', made({ attributes: { email: 'una@example.test' } }))).to.equal(true);
    expect(later.proves('answered', made({ sub: 'new-answered', status: 'CONFIRMED' }))).to.equal(true);
    expect(later.proves('answered', made())).to.equal(false);
    expect(later.proves('nobody', made())).to.equal(false);
    for (const over of [
      { status: 'CONFIRMED' },
      { status: 'UNCONFIRMED' },
      { attributes: { email: 'una@example.test' } },
      { created: new Date(at - 6_000).toISOString() },
    ])
      expect(later.proves('old', made(over)), JSON.stringify(over)).to.equal(false);
  });

  it('16.1: takes an intention for what led to the account that was made or written to after it, and to no later one', async () => {
    const open = (claim: string): Promise<CreationJournal> =>
      CreationJournal.open({ ...world, claim }, PLAN, { name: 'repair-3', namesUsers: true });
    const attributes = { nickname: 'una' };
    const account = (sub: string): PoolUser =>
      aUser({
        username: 'una',
        sub,
        status: 'FORCE_CHANGE_PASSWORD',
        created: new Date(world.clock.now()).toISOString(),
        attributes,
      });
    const first = await open('one');
    await first.intend({ sub: 'old', attributes });
    world.clock.advance(100);
    const intended = world.clock.now();
    expect(first.proves('old', account('new-1')), 'its own').to.equal(true);
    expect((await open('two')).proves('old', account('new-1'), intended - 101), 'after an earlier write').to.equal(
      true,
    );
    expect((await open('two')).proves('old', account('new-1'), intended), 'before a later write').to.equal(false);
    await first.record('old', 'new-1');
    world.clock.advance(60_000);
    const second = await open('two');
    expect([second.proves('old', account('new-1')), second.proves('old', account('new-2'))]).to.deep.equal([
      true,
      false,
    ]);
    await second.intend({ sub: 'old', attributes });
    world.clock.advance(60_000);
    const third = await open('three');
    expect(third.proves('old', account('new-2')), 'made by the call that was cut off').to.equal(true);
    await third.record('old', 'new-2');
    world.clock.advance(60_000);
    const last = await open('four');
    expect([last.proves('old', account('new-2')), last.proves('old', account('new-3'))]).to.deep.equal([true, false]);
  });

  it('names every one of many users who are about to be created', async () => {
    const open = (claim: string): Promise<CreationJournal> =>
      CreationJournal.open({ ...world, claim }, PLAN, { name: 'repair-2', namesUsers: true });
    const journal = await open('one');
    const account = (n: number): PoolUser =>
      aUser({
        username: `u${n}`,
        status: 'FORCE_CHANGE_PASSWORD',
        created: new Date(world.clock.now()).toISOString(),
        attributes: { nickname: `u${n}` },
      });
    const users = Array.from({ length: 1_200 }, (_, n) => n);
    for (let from = 0; from < users.length; from += 400)
      await Promise.all(
        users
          .slice(from, from + 400)
          .map((n) => journal.intend({ sub: `old-${n}`, attributes: { nickname: `u${n}` } })),
      );
    const later = await open('two');
    expect(users.filter((n) => !later.proves(`old-${n}`, account(n)))).to.deep.equal([]);
  });
});
