import type { DifferingRow } from './compare/differences.ts';
import type { ReportedFailures } from './steps/report.ts';

const MOST_ROWS = 50;
const POINTER = /s3:\/\/([a-z0-9.-]+)\/(\S+\.(?:csv|json))/g;

/** What differs, row by row, each with what failures.csv says about its user. */
export const rowsInWords = (differences: readonly DifferingRow[], reported: ReportedFailures): readonly string[] =>
  atMost(
    differences.map(({ sub, text }) => {
      const reasons = sub === undefined ? [] : (reported.get(sub) ?? []);
      return `  ${text}${reasons.length === 0 ? '' : ` (failures.csv: ${reasons.join('; ')})`}`;
    }),
    'rows',
  );

/**
 * The message of a failure for somebody who cannot look into the cloud any more: what it points to is shown, as long as it can
 * be read.
 *
 * @param read an object's text; undefined when there is none
 */
export async function withoutPointers(
  message: string,
  read: (bucket: string, key: string) => Promise<string | undefined>,
): Promise<string> {
  const parts = [
    message.replaceAll(/ \(log stream [^)]*\)/g, '').replaceAll(POINTER, (_, __, key: string) => nameOf(key)),
  ];
  for (const [, bucket = '', key = ''] of message.matchAll(POINTER)) {
    const text = await read(bucket, key);
    const lines = text === undefined ? ['(was not written)'] : text.trimEnd().split('\n');
    parts.push([`${nameOf(key)}:`, ...atMost(lines, 'lines').map((line) => `  ${line}`)].join('\n'));
  }
  return parts.join('\n\n');
}

const nameOf = (key: string): string => key.split('/').at(-1) ?? key;

const atMost = (lines: readonly string[], what: string): readonly string[] =>
  lines.length <= MOST_ROWS
    ? lines
    : [...lines.slice(0, MOST_ROWS), `  ... and ${lines.length - MOST_ROWS} more ${what}`];
