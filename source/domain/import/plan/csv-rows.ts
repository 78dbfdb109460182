import { reportLine } from '../../report-line.ts';

/** One line of failures.csv; every row is a string so that nothing is reformatted. */
export interface FailureRow {
  /** Whether the user is back in the new pool, or in a dry run would be; empty for a row that is about no single user. */
  readonly restored: 'yes' | 'no' | '';
  readonly sub: string;
  readonly name: string;
  readonly line: string;
  readonly reason: string;
  readonly instead: string;
  readonly changed: string;
}

export const FAILURES_HEADER = 'restored,sub,sign_in_name,line,reason,done_instead,changed\n';
export const SUB_MAP_HEADER = 'old_sub,new_sub\n';

/** The row as a line of failures.csv, line end included. */
export const failureLine = ({ restored, sub, name, line, reason, instead, changed }: FailureRow): string =>
  reportLine([restored, sub, name, line, reason, instead, changed]);
/** One line of sub-map.csv, line end included. */
export const subMapLine = (oldSub: string, newSub: string): string => reportLine([oldSub, newSub]);

const PART_BYTES = 262_144;

/** Text in parts of a size that suits an upload. */
export async function* inParts(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  let waiting: string[] = [];
  let length = 0;
  for await (const line of lines) {
    waiting.push(line);
    length += line.length;
    if (length < PART_BYTES) continue;
    yield Buffer.from(waiting.join(''), 'utf8');
    waiting = [];
    length = 0;
  }
  if (waiting.length > 0) yield Buffer.from(waiting.join(''), 'utf8');
}
