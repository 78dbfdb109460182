import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `KEY: text()` and its like, as they stand in calls of readEnv or in shapes that are passed to it. */
const KEY = /\b([A-Z][A-Z0-9_]+): (?:requiredText|optionalText|int|yesNo|oneOf|names)\(/g;
const OWN_IMPORT = /from '(\.[^']+\.ts)'/g;

/** Environment variables that a function reads through readEnv: in its own file and in the project's files it imports. */
export function environmentKeysOf(path: string, seen: Set<string> = new Set()): Set<string> {
  const keys = new Set<string>();
  if (seen.has(path) || !existsSync(path)) return keys;
  seen.add(path);
  const text = readFileSync(path, 'utf8');
  for (const [, key = ''] of text.matchAll(KEY)) keys.add(key);
  for (const [, imported = ''] of text.matchAll(OWN_IMPORT)) {
    for (const key of environmentKeysOf(join(dirname(path), imported), seen)) keys.add(key);
  }
  return keys;
}
