import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ShippedPackage } from './shipped-packages.ts';

/** The licence of this product: the whole text of Apache-2.0. */
const APACHE = readFileSync(join(import.meta.dirname, '..', '..', '..', 'LICENSE'), 'utf8').trimEnd();
const MIT_0 = readFileSync(join(import.meta.dirname, 'MIT-0.txt'), 'utf8').trimEnd();

const RULE = '-'.repeat(80);

/**
 * NOTICE.txt: what a bundle contains besides our own code, and under which licences. A function of the packages alone, so
 * that bundles stay the same byte for byte; every text once.
 */
export function noticeText(packages: readonly ShippedPackage[]): string {
  const shipped = [...new Map(packages.map((one) => [`${one.name}@${one.version}`, one])).values()].sort(
    byNameAndVersion,
  );
  const texts = new Map<string, ShippedPackage[]>([[APACHE, []]]);
  for (const one of shipped) texts.set(textOf(one), [...(texts.get(textOf(one)) ?? []), one]);
  const list = shipped.map(({ name, version, licence, text }) => `  ${name} ${version}, ${licence}${copyright(text)}`);
  const sections = [...texts].map(
    ([text, under]) =>
      `${RULE}\n${[...(text === APACHE ? ['Cognito User Profiles Export'] : []), ...under.map(({ name, version }) => `${name} ${version}`)].join('\n')}\n\n${text}\n`,
  );
  const notices = shipped
    .filter(({ notice }) => notice !== '')
    .map(({ name, version, notice }) => `${RULE}\nNotice of ${name} ${version}:\n\n${notice}\n`);
  return `Cognito User Profiles Export\nLicensed under the Apache License, Version 2.0; its text is below.\n\nContains code of these packages, bundled and minified, otherwise unchanged:\n\n${list.join('\n')}\n\n${[...sections, ...notices].join('\n')}`;
}

/** Packages print the Apache terms in layouts of their own; one copy of the terms is enough. */
function textOf({ licence, text }: ShippedPackage): string {
  if (text === '') return licence === 'MIT-0' ? MIT_0 : APACHE;
  return licence === 'Apache-2.0' && apacheTerms(text) === apacheTerms(APACHE) ? APACHE : text;
}

/** The terms without the appendix, which only says how to apply them and names the copyright holder. */
const apacheTerms = (text: string): string =>
  (text.replaceAll('https://', 'http://').split('END OF TERMS AND CONDITIONS')[0] ?? '').replaceAll(/\s+/g, ' ').trim();

/** The holder that an appendix of the Apache License names; other licences hold that line in their text. */
function copyright(text: string): string {
  const [line] = /^ *Copyright (?!\[)(?:\(c\) )?\d.*$/im.exec(text.split('END OF TERMS AND CONDITIONS')[1] ?? '') ?? [];
  return line === undefined ? '' : `, ${line.trim()}`;
}

const byNameAndVersion = (a: ShippedPackage, b: ShippedPackage): number =>
  compare(a.name, b.name) || compare(a.version, b.version);
/** By code unit: the same in every locale. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
