import type { PoolGroup } from '../model.ts';

/** A group that the pool lacks (no `differs`) or has with other settings (their names). */
export interface GroupProblem {
  /** Position among the expected groups. */
  readonly index: number;
  readonly name: string;
  readonly differs?: readonly string[];
}

/** A group as it is to be; the role that the backup holds does not count, only one that it was to get. */
export type ExpectedGroup = PoolGroup & { readonly newRoleArn?: string };

/**
 * Compares groups by name: description (none is the same as an empty one), precedence, and the role where one was to be
 * given. `extra`: names of groups of the pool that are not expected.
 */
export function compareGroups(
  expected: readonly ExpectedGroup[],
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

const whatDiffers = (wanted: ExpectedGroup, found: PoolGroup): string[] => [
  ...((wanted.description ?? '') === (found.description ?? '') ? [] : ['description']),
  ...(wanted.precedence === found.precedence ? [] : ['precedence']),
  ...(wanted.newRoleArn === undefined || wanted.newRoleArn === found.roleArn ? [] : ['role']),
];
