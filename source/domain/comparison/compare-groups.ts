import type { PoolGroup } from '../model.ts';

/** A group that the pool lacks (no `differs`) or has with other settings (their names). */
export interface GroupProblem {
  /** Position among the expected groups. */
  readonly index: number;
  readonly name: string;
  readonly differs?: readonly string[];
}

/**
 * Compares groups by name: description (none is the same as an empty one) and precedence. Roles are never set on a
 * restored group, so they do not count. `extra`: names of groups of the pool that are not expected.
 */
export function compareGroups(
  expected: readonly PoolGroup[],
  inPool: ReadonlyMap<string, PoolGroup>,
): { readonly problems: readonly GroupProblem[]; readonly extra: readonly string[] } {
  const problems = expected.flatMap((group, index): GroupProblem[] => {
    const { name } = group;
    const found = inPool.get(name);
    if (found === undefined) return [{ index, name }];
    const differs = whatDiffers(group, found);
    return differs.length === 0 ? [] : [{ index, name, differs }];
  });
  const names = new Set(expected.map(({ name }) => name));
  return { problems, extra: [...inPool.keys()].filter((name) => !names.has(name)) };
}

const whatDiffers = (wanted: PoolGroup, found: PoolGroup): string[] => [
  ...((wanted.description ?? '') === (found.description ?? '') ? [] : ['description']),
  ...(wanted.precedence === found.precedence ? [] : ['precedence']),
];
