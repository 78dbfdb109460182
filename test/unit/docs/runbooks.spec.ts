import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { COMMANDS } from '../../../source/cli/commands.ts';
import { flagOf } from '../../../source/domain/operator/deploy/parameters.ts';
import { CliProcess } from '../../support/cli/cli-process.ts';
import { blocksOf, RUNBOOKS } from '../../support/runbooks.ts';
import { mainTemplate, root } from '../../support/templates.ts';

const PROGRAM = 'cognito-user-profiles-export';
const PARAMETER_OPTIONS = Object.keys(mainTemplate.Parameters)
  .map((name) => `--${flagOf(name)}`)
  .join(' ');
const SUBJECTS = [
  'pool-deleted',
  'region-down',
  'account-lost',
  'one-user',
  'bulk-change',
  'found-late',
  'import-partial',
  'freshness-alarm',
  'upgrade',
  'second-pool',
  'from-the-retired-solution',
  'drill',
  'uninstall',
];

describe('docs/runbooks', () => {
  const names = readdirSync(RUNBOOKS).filter((name) => name !== 'README.md');
  const texts = new Map([...names, 'README.md'].map((name) => [name, readFileSync(join(RUNBOOKS, name), 'utf8')]));

  it('16.4: has a page for each day, and its first page names all of them', () => {
    expect(names).to.have.members(SUBJECTS.map((subject) => `${subject}.md`));
    for (const name of names) expect(texts.get('README.md')).to.contain(`(${name})`);
  });

  it('16.4: every command exists, with the options that it is given', async () => {
    const cli = new CliProcess();
    const lines = names.flatMap((name) => blocksOf(name).join('').split('\n')).filter((line) => line.includes(PROGRAM));
    expect(lines).to.have.length.above(25);
    for (const line of lines)
      for (const [, command = '', rest = ''] of line.matchAll(new RegExp(`${PROGRAM} ([a-z-]+)([^|)]*)`, 'g'))) {
        expect(
          COMMANDS.map(({ name }) => name),
          line,
        ).to.include(command);
        expect(await cli.run([command, '--help'])).to.equal(0);
        // Every parameter of the template is an option of deploy, which reads the template for it.
        const options = command === 'deploy' ? `${cli.out} ${PARAMETER_OPTIONS}` : cli.out;
        for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(options, line).to.include(option);
      }
  });

  it('16.4: every command stands in a block that npm run runbooks types', () => {
    const typing = readFileSync(join(root, 'test', 'runbooks', 'runbooks.spec.ts'), 'utf8');
    for (const name of names) {
      expect(typing, name).to.contain(`'${name}'`);
      const outside = (texts.get(name) ?? '').replaceAll(/```bash\n[^]*?```/g, '');
      expect(outside, name).to.not.match(new RegExp(`^${PROGRAM} `, 'm'));
    }
  });

  it('17.8: what npm run runbooks types is one block each, and no block is left out', () => {
    const typing = readFileSync(join(root, 'test', 'runbooks', 'runbooks.spec.ts'), 'utf8');
    const calls = [...typing.matchAll(/\btype\(\s*'([\w-]+\.md)',\s*'([^']+)'/g)];
    const whole = [...typing.matchAll(/typeBlock\('([\w-]+\.md)', (block\)|blocksOf\('[^']+'\)\[0\])/g)];
    for (const name of names) {
      const blocks = blocksOf(name);
      const typed = new Set<string>();
      for (const [, page, which] of whole)
        if (page === name) for (const block of which === 'block)' ? blocks : blocks.slice(0, 1)) typed.add(block);
      for (const [, page = '', text = ''] of calls.filter(([, one]) => one === name)) {
        const found = blocks.filter((block) => block.includes(text.replaceAll('\\n', '\n')));
        expect(found, `${page}: blocks with ${text}`).to.have.length(1);
        typed.add(found[0] ?? '');
      }
      expect(
        blocks.filter((block) => !typed.has(block)),
        name,
      ).to.deep.equal([]);
    }
  });

  it('16.4: points to what exists', () => {
    for (const [name, text] of texts)
      for (const [, path = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
        expect(existsSync(join(RUNBOOKS, path)), `${name}: ${path}`).to.equal(true);
  });
});
