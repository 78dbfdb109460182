import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { drawPictures } from '../../../tools/docs/draw.ts';

describe('pictures in docs/images', () => {
  for (const [name, svg] of drawPictures()) {
    it(`${name} is what the sources draw (npm run docs)`, () => {
      expect(readFileSync(new URL(`../../../docs/images/${name}`, import.meta.url), 'utf8')).to.equal(svg);
    });
  }
});
