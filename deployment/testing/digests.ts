import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every file of these folders below `parent` (`folder/name`) to the SHA-256 of its content. */
export function digestsOf(parent: string, folders: readonly string[]): ReadonlyMap<string, string> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(parent, folder))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
  return new Map(
    files.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(parent, file)))
        .digest('hex'),
    ]),
  );
}

/** One line per file that only one of both has, or that both have with another content. */
export function differencesOf(
  first: ReadonlyMap<string, string>,
  second: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...first.keys(), ...second.keys()])].sort().flatMap((file) => {
    const [one, other] = [first.get(file), second.get(file)];
    if (one === other) return [];
    return [`${file}: ${one ?? 'missing'} in the first, ${other ?? 'missing'} in the second`];
  });
}
