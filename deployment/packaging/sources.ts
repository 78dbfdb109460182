import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Folders whose `.ts` files are one function each; their sub-folders hold what functions share. */
const FUNCTION_FOLDERS = [
  'source/lambda/common',
  'source/lambda/export',
  'source/lambda/import',
  'source/lambda/verify',
  'source/lambda/drill',
  'source/custom-resources',
];
const WORKFLOW_FOLDER = 'source/state-machines';

/**
 * The function files of the product: name without suffix (`sync-users`) to path relative to `root`.
 * @throws Error when two functions carry the same name
 */
export function functionSources(root: string): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const folder of FUNCTION_FOLDERS) {
    for (const file of filesOf(join(root, folder), '.ts')) {
      const name = basename(file, '.ts');
      const path = `${folder}/${file}`;
      const twin = sources.get(name);
      if (twin !== undefined)
        throw new Error(
          `Two functions are called ${name}: ${twin} and ${path}. Rename one; the name is that of the asset.`,
        );
      sources.set(name, path);
    }
  }
  return sources;
}

/** The workflow definitions: file name (`export-workflow.asl.json`) to path relative to `root`. */
export function workflowSources(root: string): ReadonlyMap<string, string> {
  return new Map(filesOf(join(root, WORKFLOW_FOLDER), '.asl.json').map((file) => [file, `${WORKFLOW_FOLDER}/${file}`]));
}

function filesOf(folder: string, suffix: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(suffix))
        .sort()
    : [];
}
