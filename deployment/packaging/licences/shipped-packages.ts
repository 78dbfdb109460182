import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** A package of which a bundle holds code. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX id, as the package declares it. */
  readonly licence: string;
  /** The package's own licence file; empty when it carries none. */
  readonly text: string;
  /** Its notice file, which Apache-2.0 demands to be passed on; empty when it carries none, as most do. */
  readonly notice: string;
}

/** Licences that allow what we do: to ship the code in bundles, as long as the notice goes with it. */
const ALLOWED = ['Apache-2.0', 'MIT', 'MIT-0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD'];
/** Texts without a copyright line that must be kept: these can stand in for a file that a package forgot. */
const TEXT_KNOWN = ['Apache-2.0', 'MIT-0'];
const LICENCE_FILE = /^(licen[cs]e|copying)([-.][\w.-]+)?$/i;
const NOTICE_FILE = /^notice(\.(md|txt))?$/i;
const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** Folders of the packages of which code, be it one byte, is in the output; relative to the folder that esbuild worked in. */
export function packageFolders({ outputs }: Metafile): readonly string[] {
  const shipped = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
  return [...new Set(shipped.flatMap((path) => PACKAGE_FOLDER.exec(path)?.[0] ?? []))].sort();
}

/**
 * @param folder an installed package
 * @throws Error when its licence is missing, or not one of those that may be shipped
 */
export function readPackage(folder: string): ShippedPackage {
  const manifest = join(folder, 'package.json');
  const { name, version, license } = (existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {}) as Record<
    string,
    unknown
  >;
  if (typeof name !== 'string' || typeof version !== 'string')
    throw new Error(
      `${folder} is bundled, but its package.json names no package and version: its licence cannot be told.`,
    );
  if (typeof license !== 'string')
    throw new Error(
      `The package ${name} ${version} is bundled, but its package.json declares no licence. Do without it, or find out its licence.`,
    );
  if (!ALLOWED.includes(license))
    throw new Error(
      `The package ${name} ${version} is bundled under the licence "${license}". Shipped are only ${ALLOWED.join(', ')}: do without it, or have the licence checked and add it to ALLOWED.`,
    );
  const files = (pattern: RegExp): string =>
    readdirSync(folder)
      .filter((file) => pattern.test(file))
      .sort()
      .map((file) => tidy(readFileSync(join(folder, file), 'utf8')))
      .join('\n\n');
  const text = files(LICENCE_FILE);
  if (text === '' && !TEXT_KNOWN.includes(license))
    throw new Error(
      `The package ${name} ${version} is bundled, but holds no licence file, and ${license} demands that its copyright line goes with the code.`,
    );
  return { name, version, licence: license, text, notice: files(NOTICE_FILE) };
}

/** Without what only differs between editors: line ends, spaces at the end of lines, empty lines around the text. */
const tidy = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\S\n]+$/gm, '')
    .replace(/^\n+/, '')
    .trimEnd();
