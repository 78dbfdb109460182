import { expect } from 'chai';
import { ambiguousNames, exportedNames } from '../../../deployment/linting/exported-names.ts';

const names = (text: string): string[] => exportedNames('x.ts', text);

describe('exported names', () => {
  it('are found in every kind of declaration', () => {
    expect(
      names(`
        export const a = 1, { b, c: d, e: [f] } = x;
        export let [g, , h] = y;
        export function i() {}
        export async function* j() {}
        export class K {}
        export interface L {}
        export type M = 1;
        export enum N {}
      `),
    ).to.have.members(['a', 'b', 'd', 'f', 'g', 'h', 'i', 'j', 'K', 'L', 'M', 'N']);
  });

  it('are found in a list after the declarations, by the name under which they leave the file', () => {
    expect(names('const a = 1; type B = 2; export { a as c }; export type { B };')).to.have.members(['c', 'B']);
  });

  it('do not count where they are only passed on', () => {
    expect(
      names(`
        import d, { a, b as c } from './a.ts';
        import * as e from './e.ts';
        import type { F } from './f.ts';
        export { a, c as other, d, e };
        export type { F };
        export { g } from './g.ts';
        export * from './h.ts';
        export * as i from './i.ts';
      `),
    ).to.deep.equal([]);
  });

  it('do not count without export, or as the default', () => {
    expect(names('const a = 1; function b() {} export default function c() {} export default a;')).to.deep.equal([]);
  });

  it('may be a type and a value of one file', () => {
    expect(names('export type A = 1; export const A = 1;')).to.deep.equal(['A']);
  });

  it('are ambiguous when two files declare them, unless there is a reason', () => {
    const files = new Map([
      ['b.ts', 'export const same = 1, other = 2, handler = 3;'],
      ['a.ts', 'export type same = 1; export const handler = 4;'],
      ['c.ts', "export { other } from './b.ts';"],
    ]);
    expect(ambiguousNames(files, { handler: 'AWS' })).to.deep.equal([{ name: 'same', files: ['a.ts', 'b.ts'] }]);
    expect(ambiguousNames(files, {}).map(({ name }) => name)).to.deep.equal(['handler', 'same']);
  });
});
