import { MAIN_TEMPLATE, NOTICE, STACK_SET_TEMPLATE } from './fill-build.ts';
import type { OpenBuild } from './fill-build.ts';
import { parameterSourceOf } from '../deploy/parameters.ts';
import { parseTemplate } from '../permissions/template.ts';

const MAIN_FILE = `templates/${MAIN_TEMPLATE}.yaml`;
const STACK_SET_FILE = `templates/${STACK_SET_TEMPLATE}.yaml`;
const ASSETS = 'assets/';
/** The parameters of the main template once more: options of a command cannot wait until a template is parsed. */
export const PARAMETERS_FILE = 'parameters.json';

/** The files of an open build in the npm package: path to content. */
export const openBuildFiles = ({
  mainTemplate,
  stackSetTemplate,
  assets,
  notice,
}: OpenBuild): ReadonlyMap<string, Uint8Array> =>
  new Map<string, Uint8Array>([
    [MAIN_FILE, Buffer.from(mainTemplate)],
    [STACK_SET_FILE, Buffer.from(stackSetTemplate)],
    [NOTICE, Buffer.from(notice)],
    [PARAMETERS_FILE, Buffer.from(JSON.stringify(parameterSourceOf(parseTemplate(MAIN_TEMPLATE, mainTemplate))))],
    ...[...assets].map(([name, content]): [string, Uint8Array] => [`${ASSETS}${name}`, content]),
  ]);

/**
 * What openBuildFiles wrote, read back.
 * @param paths of all files, relative to the folder
 * @throws Error of `read` when a file is missing
 */
export function openBuildFrom(paths: readonly string[], read: (path: string) => Uint8Array): OpenBuild {
  const text = (path: string): string => Buffer.from(read(path)).toString();
  return {
    mainTemplate: text(MAIN_FILE),
    stackSetTemplate: text(STACK_SET_FILE),
    notice: text(NOTICE),
    assets: new Map(
      paths.filter((path) => path.startsWith(ASSETS)).map((path) => [path.slice(ASSETS.length), read(path)]),
    ),
  };
}
