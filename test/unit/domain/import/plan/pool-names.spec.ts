import { expect } from 'chai';
import { usersNamed } from '../../../../../source/domain/import/plan/pool-names.ts';
import { MAX_RESTARTS } from '../../../../../source/domain/listing/page-chain.ts';
import type { UserPoolReader } from '../../../../../source/domain/ports.ts';
import { rejection } from '../../../../support/rejection.ts';
import { aUser } from '../../../../support/world/builders.ts';

const target = { newUserPoolId: 'eu-west-1_New', signInName: 'username', caseSensitive: true } as const;

describe('A user of the new pool, by name', () => {
  it('is found behind empty pages', async () => {
    const user = aUser({ username: 'ann' });
    const pages = [{ items: [], next: 'a' }, { items: [], next: 'b' }, { items: [user] }];
    const listUsersPage: UserPoolReader['listUsersPage'] = () => Promise.resolve(pages.shift() ?? { items: [] });
    expect(await usersNamed({ listUsersPage }, target, 'ann')).to.deep.equal([user]);
  });

  it('is given up where the tokens always lead back to themselves', async () => {
    let calls = 0;
    const listUsersPage: UserPoolReader['listUsersPage'] = () =>
      (calls += 1) > 50 ? Promise.reject(new Error('The listing loops.')) : Promise.resolve({ items: [], next: 'a' });
    expect(await rejection(usersNamed({ listUsersPage }, target, 'ann'))).to.include({ name: 'ServiceError' });
    expect(calls).to.equal(2 * (1 + MAX_RESTARTS));
  });
});
