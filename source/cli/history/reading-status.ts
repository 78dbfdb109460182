import type { ReadingProgress } from '../../domain/history/run-items.ts';
import type { CliContext } from '../context.ts';

/** Shows how far the reading of snapshots is, below a text that says of which. */
export const readingStatus =
  ({ output }: Pick<CliContext, 'output'>, text: string) =>
  ({ items, of }: ReadingProgress): void => {
    output.status({ text, percentDone: (100 * items) / Math.max(of, 1), data: { items, of } });
  };
