import type { CellResult } from '../results.ts';

/**
 * Cells as a reader looks for them: the measured ones in the order in which they were run, their computed twins, then the
 * larger pools by kind (no groups, one, many), CognitoTPS, users and groups; an export stands before what follows it.
 */
export function inOrder(cells: readonly CellResult[]): CellResult[] {
  const measured = cells.filter(({ how }) => how === 'measured').map(({ id }) => id);
  const rank = ({ how, twin, id, shape, callsPerSecond, workflow }: CellResult): readonly number[] => [
    how === 'measured' ? 0 : twin === true ? 1 : 2,
    how === 'measured' || twin === true ? measured.indexOf(id) : 0,
    Math.min(shape.groups, 2),
    callsPerSecond,
    shape.users,
    shape.groups,
    workflow === 'export' ? 0 : 1,
    id.length,
  ];
  const ranked = cells.map((cell) => ({ cell, rank: rank(cell) }));
  ranked.sort(
    (a, b) =>
      a.rank.map((value, index) => value - (b.rank[index] as number)).find((difference) => difference !== 0) ?? 0,
  );
  return ranked.map(({ cell }) => cell);
}
