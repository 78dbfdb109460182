import { Fault } from '../errors.ts';
import type { ObjectStore } from '../ports.ts';
import { adviceFor } from './advice.ts';
import { problemWith } from './shape.ts';
import type { Shape } from './shape.ts';

const NEWLINE = 0x0a;

/**
 * The lines of an object of one JSON value per line, parsed as they come; Fault BadState names a line that is damaged or
 * of another shape.
 */
export async function* readNdjson<T>(
  store: Pick<ObjectStore, 'read'>,
  key: string,
  shape: Shape<T>,
): AsyncGenerator<T, void, undefined> {
  let line = 0;
  let rest: Uint8Array = new Uint8Array(0);
  for await (const part of store.read(key)) {
    const bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE, from); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      line += 1;
      if (end > from) yield parseLine(bytes.subarray(from, end), { key, line, shape });
      from = end + 1;
    }
    rest = bytes.subarray(from);
  }
  if (rest.length > 0) yield parseLine(rest, { key, line: line + 1, shape });
}

/** The body of an object that readNdjson reads. */
export const toNdjson = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

interface LinePlace<T> {
  readonly key: string;
  readonly line: number;
  readonly shape: Shape<T>;
}

function parseLine<T>(bytes: Uint8Array, { key, line, shape }: LinePlace<T>): T {
  let value: unknown;
  let problem: string | undefined;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
    problem = problemWith(value, shape);
  } catch {
    // The parser's own message quotes the line, which holds personal data.
    problem = 'it is no JSON';
  }
  if (problem !== undefined)
    throw new Fault('BadState', `Line ${line} of the object ${key} is damaged: ${problem}. ${adviceFor(key)}`);
  return value as T;
}
