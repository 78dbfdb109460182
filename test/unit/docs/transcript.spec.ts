import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../../source/cli/commands.ts';
import { EXIT_CODES } from '../../../source/cli/exit-codes.ts';
import { CliProcess } from '../../support/cli/cli-process.ts';
import { root } from '../../support/templates.ts';

describe('docs/transcript.md', () => {
  const text = readFileSync(join(root, 'docs', 'transcript.md'), 'utf8');
  const reference = readFileSync(join(root, 'docs', 'cli.md'), 'utf8');
  /** The commands as they were typed, without the program. */
  const typed = [...text.matchAll(/^\$ cognito-user-profiles-export (.*?)(?: +#.*)?$/gm)].map(
    ([, words = '']) => words,
  );

  it('15: goes the whole way, from npm pack to an uninstall with the data', () => {
    const steps = [...text.matchAll(/^\$ (npm pack)$/gm)].map(([, word]) => word);
    expect([
      ...steps,
      ...typed.map((words) => words.replace(/ (?:--(?!dry|check|delete)\S+|(?!--)\S+)/g, '')),
    ]).to.deep.equal([
      'npm pack',
      '--version',
      'deploy',
      'attach',
      'status',
      'export',
      'import --dry-run',
      'import',
      'attach',
      'verify',
      'report',
      'status --check',
      'deploy',
      'uninstall --delete-data',
    ]);
  });

  it('15: types only commands, options and exit codes that docs/cli.md and the helps have', async () => {
    const cli = new CliProcess();
    const names = new Set(COMMANDS.map(({ name }) => name));
    for (const words of typed.filter((line) => !line.startsWith('--'))) {
      const [name = ''] = words.split(' ');
      expect(names, words).to.include(name);
      expect(reference, words).to.match(new RegExp(`^\\| \`${name}\``, 'm'));
      await cli.run([name, '--help']);
      for (const [option] of words.matchAll(/--[a-z-]+/g)) expect(cli.out, words).to.include(option);
    }
    const codes = [...text.matchAll(/^\(exit code (\d+)\)$/gm)].map(([, code]) => Number(code));
    expect(codes).to.include(EXIT_CODES.detached).and.include(EXIT_CODES.failed);
    for (const code of codes) expect(reference).to.match(new RegExp(`^\\| ${code} `, 'm'));
  });

  it('15: names nobody, and nothing that another run would write otherwise', () => {
    expect([...new Set(text.match(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g))]).to.deep.equal(['ops@example.com']);
    expect([...new Set(text.match(/(?<!0000-)\b\d{12}\b/g))]).to.deep.equal(['111122223333']);
    expect([...new Set(text.match(/\b\d{4}-\d\d-\d\dT\S*?Z/g))]).to.deep.equal(['2026-01-01T00:00Z']);
    for (const [uuid] of text.matchAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+\b/g)) expect(uuid).to.match(/^[0-]+$/);
    expect(text).not.to.match(/\b\d+ (?:s|min|h)\b(?! are allowed)/);
  });
});
