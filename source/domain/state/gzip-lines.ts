import { gunzipSync, gzipSync } from 'node:zlib';
import { parsed, shaped } from './json-object.ts';
import type { Shape } from './shape.ts';

/** Half of a line is a UUID and a digest, which no level packs: level 9 saves 5 % for three times the time (measured). */
const LEVEL = 3;

/** A gzip file of these lines of JSON; the same lines always give the same bytes. */
export const gzipLines = (lines: readonly string[]): Buffer =>
  gzipSync(lines.map((line) => `${line}\n`).join(''), { level: LEVEL });

/**
 * The values in the lines of such a file; undefined when there are not as many as are `expected`. Fault BadState names
 * `key` when a line has another shape.
 */
export function linesOfGzip<T>(
  { key, body, expected }: { readonly key: string; readonly body: Uint8Array; readonly expected: number },
  shape: Shape<T>,
): readonly T[] | undefined {
  const lines = gunzipSync(body).toString('utf8').split('\n').slice(0, -1);
  return lines.length === expected
    ? lines.map((line) => shaped(key, parsed(key, Buffer.from(line)), shape))
    : undefined;
}
