import { expect } from 'chai';
import { compareGroups } from '../../../../source/domain/comparison/compare-groups.ts';
import type { PoolGroup } from '../../../../source/domain/model.ts';

const inPool = (...groups: PoolGroup[]): ReadonlyMap<string, PoolGroup> =>
  new Map(groups.map((group) => [group.name, group]));

describe('the groups of a pool', () => {
  const expected: readonly PoolGroup[] = [
    { name: 'a', description: 'A', precedence: 1 },
    { name: 'b' },
    { name: 'c', precedence: 0 },
  ];

  it('are the same whatever their roles, and with an empty description for none', () => {
    const groups = inPool(
      { name: 'c', precedence: 0 },
      { name: 'b', description: '', roleArn: 'arn:aws:iam::123456789012:role/b' },
      { name: 'a', description: 'A', precedence: 1 },
    );
    expect(compareGroups(expected, groups)).to.deep.equal({ problems: [], extra: [] });
  });

  it('are missing, differ by name of setting, or are extra', () => {
    const groups = inPool({ name: 'A' }, { name: 'a' }, { name: 'c', precedence: 3 });
    expect(compareGroups(expected, groups)).to.deep.equal({
      problems: [
        { index: 0, name: 'a', differs: ['description', 'precedence'] },
        { index: 1, name: 'b' },
        { index: 2, name: 'c', differs: ['precedence'] },
      ],
      extra: ['A'],
    });
  });
});
