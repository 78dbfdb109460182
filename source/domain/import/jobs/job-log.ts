/** Cognito's wording after the prefix varies (AWS-documented samples differ), so only the prefix is read. */
const LINE = /^\s*\[([A-Z_]+)\] Line Number (\d+) - ?(.*)$/;

/** What the job's log tells of one row. */
export interface LogLine {
  readonly status: 'SUCCEEDED' | 'SKIPPED' | 'FAILED';
  /** As logged; see lineOffset. */
  readonly line: number;
  /** Why; Cognito writes no user data into the log. */
  readonly text: string;
}

/** Undefined for any other line and for a status that is not known: such a row counts as not reported. */
export function parseLogLine(text: string): LogLine | undefined {
  const match = LINE.exec(text);
  if (match === null) return undefined;
  const [, status, line, rest] = match as unknown as [string, string, string, string];
  if (status !== 'SUCCEEDED' && status !== 'SKIPPED' && status !== 'FAILED') return undefined;
  return { status, line: Number(line), text: rest.trim() };
}

/**
 * What to add to a logged number so that 1 is the first data row: AWS does not document whether the header counts. A
 * number that only one way of counting can give tells. So does the log of a job that ended after `looked` of its `rows`,
 * if it is one run of so many numbers; `undefined` for a job that went to its end. Undefined when several ways are
 * possible: then the log names no row, and the pool decides.
 */
export function lineOffset(
  lines: ReadonlyMap<number, LogLine>,
  rows: number,
  looked: number | undefined,
): -1 | 0 | 1 | undefined {
  if (lines.has(0)) return lines.has(rows) ? undefined : 1;
  if (lines.has(rows + 1)) return lines.has(1) ? undefined : -1;
  if (lines.has(1) && lines.has(rows)) return 0;
  if (looked === undefined) return undefined;
  let first = Infinity;
  let last = -Infinity;
  for (const line of lines.keys()) {
    first = Math.min(first, line);
    last = Math.max(last, line);
  }
  if (lines.size !== looked || last - first + 1 !== looked) return undefined;
  return first === 1 ? 0 : first === 2 ? -1 : undefined;
}

const STRENGTH = { SUCCEEDED: 3, FAILED: 2, SKIPPED: 1 } as const;

/** The log so far, one entry per line number: a success outweighs a repeated line that was then skipped. */
export async function readJobLog(texts: AsyncIterable<string>): Promise<Map<number, LogLine>> {
  const lines = new Map<number, LogLine>();
  for await (const text of texts) {
    const line = parseLogLine(text);
    if (line === undefined) continue;
    const known = lines.get(line.line);
    if (known === undefined || STRENGTH[line.status] > STRENGTH[known.status]) lines.set(line.line, line);
  }
  return lines;
}
