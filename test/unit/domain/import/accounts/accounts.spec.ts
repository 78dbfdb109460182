import { expect } from 'chai';
import { Accounts } from '../../../../../source/domain/import/accounts/accounts.ts';
import { CreationJournal } from '../../../../../source/domain/import/accounts/creation-journal.ts';
import { noAccounts } from '../../../../../source/domain/import/plan/accounts-state.ts';
import type { StoredAccounts } from '../../../../../source/domain/import/plan/accounts-state.ts';
import { subFor } from '../../../../../tools/simulation/cognito/memory-pool.ts';
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
      CreationJournal.open({ ...world, claim }, PLAN, 'batch-1');
    const began = world.clock.now();
    const journal = await open('one');
    await journal.intend();
    await Promise.all(Array.from({ length: 1_200 }, (_, n) => journal.record(`old-${n}`, `new-${n}`)));
    await journal.record('last', 'new-last');
    world.clock.advance(60_000);
    const later = await open('two');
    expect(later.since).to.equal(began);
    expect([later.madeFor('old-0'), later.madeFor('old-1199'), later.madeFor('last')]).to.deep.equal([
      'new-0',
      'new-1199',
      'new-last',
    ]);
    expect(later.madeFor('nobody')).to.equal(undefined);
    expect((await CreationJournal.open({ ...world, claim: 'two' }, PLAN, 'batch-2')).since).to.equal(began + 60_000);
  });
});
