import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../../support/templates.ts';

describe('docs/limits.md', () => {
  const text = readFileSync(join(root, 'docs', 'limits.md'), 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .slice(1);

  it('16.4: names for each of its own cells a test that exists', () => {
    expect(rows).to.have.length.above(8);
    for (const [happened = '', , , , proof = ''] of rows) {
      const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(proof) ?? [];
      expect(existsSync(join(root, file)) && file.startsWith('test/'), `${happened}: ${proof}`).to.equal(true);
      const source = readFileSync(join(root, file), 'utf8');
      const titles = [...source.matchAll(/\b(?:it|step)\(\s*(?:'([^'\n]*)'|"([^"\n]*)")/g)].map(
        ([, one, two]) => one ?? two,
      );
      expect(titles, `${happened}: a test of ${file}`).to.include(title);
    }
  });

  it('16.4: says of every case what AWS itself offers', () => {
    for (const cells of rows) for (const cell of cells) expect(cell, cells[0]).to.not.equal('');
  });
});
