import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { root } from '../../support/templates.ts';

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Without examples: what stands in a block of code is a link of nobody. */
const proseOf = (path: string): string => readFileSync(join(root, path), 'utf8').replaceAll(/^ *```.*?^ *```$/gms, '');

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
const anchorsOf = (path: string): string[] =>
  [...proseOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe('links between documents', () => {
  it('are found', () => {
    expect(documents).to.include.members([
      'README.md',
      'docs/cli.md',
      'docs/runbooks/drill.md',
      'docs/decisions/0017-drills.md',
    ]);
  });

  for (const path of documents)
    it(`${path}: each leads to a file, and to a heading in it`, () => {
      for (const [, target = ''] of proseOf(path).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
        const [file = '', anchor] = target.split('#');
        const found = file === '' ? path : relative(root, join(root, dirname(path), file));
        expect(existsSync(join(root, found)), target).to.equal(true);
        if (anchor !== undefined) expect(anchorsOf(found), target).to.include(anchor);
      }
    });
});
