import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { provedLimits } from '../../../tools/docs/proved-limits.ts';
import { limitsTable, missingProofs, readLimits } from '../../../tools/docs/limits-table.ts';
import type { Limit } from '../../../tools/docs/limits-table.ts';
import { root } from '../../support/templates.ts';

const textAt = (path: string): string => readFileSync(join(root, path), 'utf8');
const limits = readLimits(textAt('test/limits.yaml'));
const { scripts } = JSON.parse(textAt('package.json')) as { readonly scripts: Readonly<Record<string, string>> };

const FILE = 'test/unit/a.spec.ts';
const LOCAL = 'test/local/b.spec.ts';
const aLimit = (...proofs: [Limit['proofs'][number], ...Limit['proofs'][number][]]): Limit => ({
  feature: 'the pool | was deleted',
  ours: 'everybody',
  recovery: 'no',
  replication: 'no',
  retired: 'no',
  proofs,
});
const sources = (text: string) => ({
  read: (path: string) => (path === FILE ? text : undefined),
  scripts: ['demo'],
});

describe('docs/limits.md', () => {
  it('16.4: names for each of its own cells tests that exist and are not left out, or an npm script', () => {
    expect(limits).to.have.length.above(15);
    const read = (path: string): string | undefined => (existsSync(join(root, path)) ? textAt(path) : undefined);
    expect(missingProofs(limits, { read, scripts: Object.keys(scripts) })).to.deep.equal([]);
  });

  it('16.4: says each case once, and of every one what AWS itself and the retired solution offer', () => {
    expect(new Set(limits.map(({ feature }) => feature)).size).to.equal(limits.length);
    expect(() => readLimits('- {feature: x, ours: x, recovery: x, replication: x, proofs: [{script: demo}]}')).to.throw(
      'retired',
    );
    expect(() => readLimits('- {feature: x, ours: x, recovery: x, replication: x, retired: x, proofs: []}')).to.throw();
  });

  it('17: is written with a column for each of the four, and tells what is run apart from npm test', () => {
    const table = limitsTable([
      aLimit({ test: FILE, title: 'does it' }, { script: 'demo', arguments: '--pool mfa' }),
    ]).split('\n');
    expect(table[0]).to.include('| the retired solution |').and.include('| multi-Region replication |');
    expect(table[2]).to.equal(
      '| the pool \\| was deleted | everybody | no | no | no | `test/unit/a.spec.ts`: does it; `npm run demo -- --pool mfa`, which is run apart from `npm test` |',
    );
  });

  it('17: no proof is a test that is missing, left out or never run, nor a script that there is not', () => {
    const found = (source: string, title = 'does it', test = FILE): string =>
      missingProofs([aLimit({ test, title })], sources(source)).join();
    expect(found("it('does it', () => {})")).to.equal('');
    expect(found("it('does what isn\\'t easy', () => {})", "does what isn't easy")).to.equal('');
    expect(found("it('does more', () => {})")).to.include('has no test "does it"');
    expect(found("it.skip('does it', () => {})")).to.include('leaves tests out');
    expect(found("describe.skip('x', () => { it('does it', () => {}) })")).to.include('leaves tests out');
    expect(found("it('does it')", 'does it', 'test/unit/other.spec.ts')).to.include('there is no');
    expect(found("it('does it')", 'does it', 'test/acceptance/vault.spec.ts')).to.include('npm test runs');
    expect(missingProofs([aLimit({ script: 'gone' })], sources(''))).to.have.length(1);
  });

  it('17: is held against the tests that have just run: each must have passed', () => {
    const table = [aLimit({ test: FILE, title: 'one' }, { test: LOCAL, title: 'two' }, { script: 'demo' })];
    const one = { file: FILE, title: 'one', passed: true };
    const two = { file: LOCAL, title: 'two', passed: true };
    expect(provedLimits(table, [one, two], { all: true })).to.deep.equal({ unproved: [], proved: 2, leftOut: 0 });
    expect(provedLimits(table, [one], { all: false })).to.deep.equal({ unproved: [], proved: 1, leftOut: 1 });
    expect(provedLimits(table, [one], { all: true }).unproved.join()).to.match(/"two" of .* did not run/);
    for (const results of [
      [{ ...one, passed: false }, two],
      [one, { ...one, passed: false }, two],
      [{ ...one, passed: false }, one, two],
    ])
      expect(provedLimits(table, results, { all: true }).unproved.join()).to.match(/"one" of .* failed/);
    expect(provedLimits(table, [], { all: false }).unproved).to.have.length(1);
  });
});
