import { expect } from 'chai';
import { contentHash } from '../../../../source/domain/backup/hashing.ts';
import { userKey } from '../../../../source/domain/backup/items.ts';
import type { TableItem } from '../../../../source/domain/ports.ts';
import { ExportRunner, POOL_ID } from '../../../support/export/export-runner.ts';
import { TWO_ADDRESSES } from '../../../support/world/two-addresses.ts';
import { World } from '../../../support/world/world.ts';

const SUB = '7a1c2b3d-0000-4000-8000-00000000feed';
/** As a table holds it; later versions must find the same. */
const STORED = {
  id: `USER#${SUB}`,
  type: 'PROFILE',
  username: SUB,
  signsInBy: 'phone_number',
  attributes: {
    sub: SUB,
    email: 'Ana+Tag@Example.Test',
    email_verified: 'true',
    phone_number: '+34600000001',
    phone_number_verified: 'false',
  },
  enabled: true,
  status: 'CONFIRMED',
  created: '2026-01-02T03:04:05.678Z',
  modified: '2026-01-02T03:04:05.678Z',
  contentHash: 'f3cd788112042b12bb2e1bc32db8ed31340ae844af647b9042ed7c9a4b02b97f',
} as const;

describe('The stored word for how a user signs in', () => {
  it('17.2: is vouched for by the hash that was stored with it, and by no other word', () => {
    expect(contentHash(STORED)).to.equal(STORED.contentHash);
    expect(contentHash({ ...STORED, signsInBy: 'email' })).to.not.equal(STORED.contentHash);
  });

  it('17.2: is written in that form, and read from it without a probe or a write', async () => {
    const world = new World();
    const pool = world.pool(POOL_ID, TWO_ADDRESSES);
    const { id: _id, type: _type, signsInBy, contentHash: _hash, ...user } = STORED;
    pool.put({ ...user, sub: SUB }, signsInBy);
    const run = (): Promise<unknown> => new ExportRunner(world, { allowMultipleUsernameAttributes: true }).run();
    await run();
    const { changedIn, ...item } = world.table.peek(userKey(SUB)) as TableItem;
    expect(item).to.deep.equal(STORED);
    expect(changedIn).to.be.a('string');
    const [probes, writes] = [world.calls.countOf('cognito.signsIn'), world.table.written];
    await run();
    expect(world.calls.countOf('cognito.signsIn')).to.equal(probes);
    expect(world.table.written - writes).to.be.at.most(20);
    expect(world.table.peek(userKey(SUB))?.changedIn).to.equal(changedIn);
  });
});
