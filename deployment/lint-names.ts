/** Refuses an exported name of source and tools that stands for two things: whoever reads it has to know which file it comes from. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ambiguousNames } from './linting/exported-names.ts';

/** Names that may stand for several things, each with the reason. */
const ALLOWED = {
  handler: 'AWS Lambda finds the entry of each function by its file and this name.',
};
const root = join(import.meta.dirname, '..');

const paths = ['source', 'tools'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path)),
);
const found = ambiguousNames(new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])), ALLOWED);
for (const { name, files } of found) console.error(`${name} is exported by ${files.join(' and ')}.`);
console.log(
  found.length === 0
    ? `No exported name of ${paths.length} files stands for two things.`
    : `${found.length} exported names stand for more than one thing. Rename all but one of each, or export it once.`,
);
process.exitCode = found.length === 0 ? 0 : 1;
