import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readmeCli } from '../../support/cli/readme-world.ts';
import { root } from '../../support/templates.ts';

describe("README's first screen", () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const screen = readme.slice(0, readme.indexOf('\n!['));

  it('16.4: says in twenty lines what it is for, and where AWS itself is the better answer', () => {
    expect(screen.trimEnd().split('\n')).to.have.length.at.most(20);
    expect(screen)
      .to.contain('docs/limits.md')
      .and.to.contain('docs/runbooks')
      .and.to.match(/14 on Plus/);
  });

  it('16.4: shows what the command line prints', async () => {
    const [, typed = '', shown = ''] =
      /```console\n\$ cognito-user-profiles-export (.*)\n([^]*?)```/.exec(screen) ?? [];
    const cli = await readmeCli();
    expect(await cli.run(typed.split(' '))).to.equal(0);
    expect(`${cli.out.split('\n\nNext')[0]}\n`).to.equal(shown);
  });
});
