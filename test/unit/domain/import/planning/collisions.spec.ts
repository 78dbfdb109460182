import { expect } from 'chai';
import type { Classified, Rules } from '../../../../../source/domain/import/planning/classify.ts';
import { NameDigests } from '../../../../../source/domain/digests/name-digests.ts';
import { claimedName, collisions } from '../../../../../source/domain/import/planning/collisions.ts';
import { afterCollisions, givingWay } from '../../../../../source/domain/import/planning/giving-way.ts';
import type { SignInAttribute } from '../../../../../source/domain/model.ts';

const RULES: Rules = {
  header: ['email', 'email_verified', 'preferred_username', 'cognito:mfa_enabled', 'cognito:username'],
  mfaFlag: 'false',
  autoVerified: ['email'],
  signInName: 'username',
  schema: [],
  sourceSchema: [],
  sourceVerified: ['email'],
  aliases: ['email', 'preferred_username'],
  restoreUnconfirmed: false,
  runStartedAt: '2026-03-01T00:00:00.000Z',
};
const user = (sub: string, name: string, created = '2025-01-01', verified = 'false'): Classified => ({
  way: 'csv',
  bytes: 10,
  created,
  user: { sub, name, attributes: { email_verified: verified }, enabled: true, status: 'CONFIRMED', groups: ['staff'] },
});
const excluded = (sub: string, name: string): Extract<Classified, { way: 'exclude' }> => ({
  way: 'exclude',
  excluded: { sub, name, reason: 'BadAttribute', detail: '' },
  groups: [],
});

async function losers(
  users: readonly Classified[],
  signInName: SignInAttribute,
  caseSensitive: boolean,
): Promise<string[]> {
  const names = new NameDigests(caseSensitive);
  for (const found of users) {
    const name = claimedName(found);
    if (name !== undefined) names.add(name);
  }
  const repeated = names.repeated();
  async function* all(): AsyncGenerator<Classified> {
    yield* await Promise.resolve(users);
  }
  return repeated === undefined
    ? []
    : (
        await collisions(all(), repeated, {
          signInName,
          caseSensitive,
          sourceCaseSensitive: true,
          runStartedAt: RULES.runStartedAt,
        })
      )
        .map(({ sub }) => sub)
        .sort();
}

describe('Users of one name', () => {
  it('give way to the one created last, in a pool that does not tell names apart by case', async () => {
    const users = [user('1', 'Ann', '2025-02-01'), user('2', 'ann', '2025-03-01'), user('3', 'ANN'), user('4', 'bob')];
    expect(await losers(users, 'username', false)).to.deep.equal(['1', '3']);
    expect(await losers(users, 'username', true)).to.deep.equal([]);
  });

  it('give way to the one who has verified the address that is the name', async () => {
    const users = [user('1', 'a@b.c', '2025-01-01', 'TRUE'), user('2', 'a@b.c', '2025-03-01')];
    expect(await losers(users, 'email', true)).to.deep.equal(['2']);
    expect(await losers(users, 'username', true)).to.deep.equal(['1']);
  });

  const DURING = '2026-03-01T00:00:07.000Z';
  const signedUp = (sub: string, name: string): Classified => ({ ...excluded(sub, name), signedUp: DURING });

  it('B8: give way to the one who signed up while the export ran, verified and restorable or not', async () => {
    const deleted = user('1', 'a@b.c', '2025-01-01', 'true');
    for (const again of [user('2', 'a@b.c', DURING), signedUp('2', 'a@b.c')])
      for (const users of [
        [deleted, again],
        [again, deleted],
      ])
        expect(await losers(users, 'email', true)).to.deep.equal(['1']);
    expect(await losers([user('1', 'ann'), signedUp('2', 'ann')], 'username', true)).to.deep.equal(['1']);
    expect(await losers([user('1', 'Ann'), signedUp('2', 'ann')], 'username', true)).to.deep.equal([]);
  });

  it('give way to nobody who is left out', async () => {
    expect(await losers([user('1', 'ann'), excluded('2', 'ann')], 'username', true)).to.deep.equal([]);
  });

  it('are left out with their groups once another one is restored', () => {
    const giving = givingWay(['1'], [], []);
    const found = afterCollisions(user('1', 'ann'), giving, RULES);
    expect(found).to.have.nested.property('excluded.reason', 'NameCollision');
    expect(found).to.deep.include({ way: 'exclude', groups: ['staff'] });
    for (const other of [user('2', 'ann'), excluded('1', 'ann')])
      expect(afterCollisions(other, giving, RULES)).to.equal(other);
  });
});
