import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../../source/cli/commands.ts';
import { EXIT_CODES } from '../../../source/cli/exit-codes.ts';
import { EXPORT_ACCEPTANCES, IMPORT_ACCEPTANCES } from '../../../source/domain/operator/inputs.ts';
import { CliProcess } from '../../support/cli/cli-process.ts';
import { root } from '../../support/templates.ts';

describe('docs/cli.md', () => {
  const text = readFileSync(join(root, 'docs', 'cli.md'), 'utf8');
  /** Rows of the table below a heading, without those of its head; a cell loses its backquotes. */
  const rowsBelow = (heading: string): readonly (readonly string[])[] =>
    ((text.split(`\n${heading}\n`)[1] ?? '').split(/\n#/)[0] ?? '')
      .split('\n')
      .filter((line) => line.startsWith('|') && !line.startsWith('| ---'))
      .slice(1)
      .map((line) =>
        line
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
      );

  it('15.1: lists the commands with the words of their help', () => {
    expect(rowsBelow('## Commands')).to.deep.equal(COMMANDS.map(({ name, summary }) => [name, summary]));
  });

  it('15.1: lists every exit code', () => {
    expect(rowsBelow('## Exit codes').map(([code, kind]) => [code, kind])).to.deep.equal(
      Object.entries(EXIT_CODES).map(([kind, code]) => [String(code), kind]),
    );
  });

  it('lists what --accept takes', () => {
    expect(rowsBelow('### export, import, verify, drill, attach')).to.deep.equal([
      ...IMPORT_ACCEPTANCES.map(({ word, key, meaning }) => ['import', word, key, meaning]),
      ...EXPORT_ACCEPTANCES.map(({ word, key, meaning }) => ['export', word, key, meaning]),
    ]);
  });

  it('names no option that its command does not have, and every example of a help is understood', async () => {
    const cli = new CliProcess();
    for (const { name, examples } of COMMANDS) {
      await cli.run([name, '--help']);
      const help = cli.out;
      for (const [line] of text.matchAll(new RegExp(`cognito-user-profiles-export ${name} [^\n\`]*`, 'g')))
        for (const [option] of line.matchAll(/--[a-z-]+/g)) expect(help, line).to.include(option);
      expect(examples.length, name).to.be.above(0);
      for (const [typed] of examples) {
        expect(typed.split(' ')[0]).to.equal(name);
        for (const [option] of typed.matchAll(/--[a-z-]+/g)) expect(help, typed).to.include(option);
      }
    }
  });
});
