import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/templates.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

/** Every text in a file that the pattern's group stands for. */
const named = (path: string, pattern: RegExp): string[] => [
  ...new Set([...read(path).matchAll(pattern)].map(([, found = '']) => found)),
];

describe('the version', () => {
  it('15: is the same in the package, its lock file, the documents and the first section of CHANGELOG.md', () => {
    const lock = JSON.parse(read('package-lock.json')) as { version: string; packages: { '': { version: string } } };
    expect([lock.version, lock.packages[''].version]).to.deep.equal([version, version]);
    expect(named('CHANGELOG.md', /^## \[([^\]]+)\]/gm)[0]).to.equal(version);
    expect(named('README.md', /^VERSION=v(\S+)$/gm), 'VERSION').to.deep.equal([version]);
    for (const path of ['README.md', 'docs/publishing.md'])
      expect(named(path, /cognito-user-profiles-export-(\d[\w.-]*)\.tgz/g), path).to.deep.equal([version]);
  });
});
