import { expect } from 'chai';
import { contentHash } from '../../../../source/domain/backup/hashing.ts';
import { groupItem, membershipItem, userItem } from '../../../../source/domain/backup/items.ts';
import { changedValues } from '../../../../source/domain/export/changed-values.ts';
import type { PoolUser } from '../../../../source/domain/model.ts';
import { aGroup, aUser } from '../../../support/world/builders.ts';

const user = (over: Partial<PoolUser>) => userItem({ ...aUser({ username: 'anna' }), ...over }, 'username', 'run-1');
const withAttributes = (attributes: Record<string, string>) => user({ attributes });

describe('changed values of an item', () => {
  it('names attributes that were overwritten or lost', () => {
    expect(
      changedValues(
        withAttributes({ name: 'Anna', 'custom:team': 'red', nickname: 'an' }),
        withAttributes({ name: 'NULL', nickname: 'an' }),
      ),
    ).to.deep.equal(['custom:team', 'name']);
  });

  it('takes a value where none was held for an addition, not for a change', () => {
    expect(
      changedValues(
        withAttributes({ email_verified: 'false', nickname: '' }),
        withAttributes({ email_verified: 'true', nickname: 'an', 'custom:plan': 'b' }),
      ),
    ).to.deep.equal([]);
  });

  it('names a verified flag that was lost, whatever its case', () => {
    const held = withAttributes({ email_verified: 'True' });
    expect(changedValues(held, withAttributes({ email_verified: 'true' }))).to.deep.equal([]);
    expect(changedValues(held, withAttributes({ email_verified: 'false' }))).to.deep.equal(['email_verified']);
    expect(changedValues(held, withAttributes({}))).to.deep.equal(['email_verified']);
  });

  it('names the enabled flag in both directions, and nothing that a restore does not bring back', () => {
    const [enabled, disabled] = [user({ enabled: true }), user({ enabled: false })];
    expect(changedValues(enabled, disabled)).to.deep.equal(['enabled']);
    expect(changedValues(disabled, enabled)).to.deep.equal(['enabled']);
    expect(
      changedValues(enabled, user({ status: 'RESET_REQUIRED', modified: '2026-02-02T00:00:00.000Z' })),
    ).to.deep.equal([]);
  });

  it('names the fields of a group that were overwritten or lost', () => {
    const group = (over: object) => groupItem(aGroup({ name: 'admins', ...over }), 'run-1');
    const bare = { name: 'admins' };
    expect(changedValues(group({ description: 'a', precedence: 1 }), groupItem(bare, 'run-2'))).to.deep.equal([
      'description',
      'precedence',
    ]);
    expect(changedValues(groupItem(bare, 'run-1'), group({ description: 'a', precedence: 1 }))).to.deep.equal([]);
  });

  it('knows none of a membership, nor of an item that something else than an export changed', () => {
    const membership = membershipItem('sub-1', 'admins', 'run-1');
    expect(changedValues(membership, membership)).to.deep.equal([]);
    const held = withAttributes({ name: 'Anna' });
    expect(changedValues({ ...held, attributes: { name: 'Eve' } }, held)).to.deep.equal([]);
    for (const attributes of [undefined, null, 7, { email_verified: 1 }]) {
      const strange = { ...held, attributes };
      expect(changedValues({ ...strange, contentHash: contentHash(strange) }, held)).to.deep.equal([]);
    }
  });
});
