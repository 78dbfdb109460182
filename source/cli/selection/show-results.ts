import type { ResultRow } from '../../domain/import/selection/report.ts';
import { inOptions } from '../../domain/operator/in-options.ts';
import { kindOfRow, reasonCounts } from '../../domain/operator/selection/selected-things.ts';
import { wordsFor } from '../../domain/operator/selection/words.ts';
import { counted } from '../../domain/counted.ts';
import type { Block, Row } from '../output/output.ts';
import { FEW, nameOf, toneOf, withReason } from './show-differences.ts';

/** What became of each user, group and membership, where they are few; else counts. */
export const resultBlocks = (rows: readonly ResultRow[]): readonly Block[] =>
  rows.length === 0
    ? []
    : rows.length > FEW
      ? [
          {
            heading: 'Results',
            rows: reasonCounts(rows).map(({ kind, result, reason, count }) => ({
              label: counted(count, kind),
              value: withReason(wordsFor(result, kind).done, reason),
              ...toneOf(result),
            })),
          },
        ]
      : [{ heading: 'Results', rows: rows.map(resultRow) }];

function resultRow(row: ResultRow): Row {
  const kind = kindOfRow(row);
  const { group, result, what, poolSub, sub } = row;
  const label =
    kind === 'user' ? nameOf(row) : kind === 'group' ? `group ${group}` : `${nameOf(row)} in the group ${group}`;
  const words = [
    wordsFor(result, kind).done,
    ...(kind === 'user' && result === 'created' && poolSub !== sub ? [`new sub ${poolSub}`] : []),
    ...(what === '' ? [] : [inOptions('ImportWorkflow', what)]),
  ];
  return { label, value: words.join('; '), ...toneOf(result) };
}
