import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { build } from 'esbuild';
import { unzipSync } from 'fflate';
import { buildAssets } from '../../../deployment/packaging/assets.ts';
import { functionSources } from '../../../deployment/packaging/sources.ts';
import { noticeText } from '../../../deployment/packaging/licences/notice.ts';
import { rejection } from '../../support/rejection.ts';
import { root } from '../../support/templates.ts';

const BUILD = { bucket: 'my-assets', solutionName: 'solution', version: 'v1' };
const APACHE = readFileSync(join(root, 'LICENSE'), 'utf8');
const text = (content: Uint8Array | undefined): string => Buffer.from(content ?? []).toString();

describe('NOTICE.txt of the build', () => {
  let project: string;
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), content);
  };
  const addPackage = (name: string, manifest: object, files: Readonly<Record<string, string>> = {}): void => {
    write(
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, version: '1.2.3', main: 'index.js', ...manifest }),
    );
    write(`node_modules/${name}/index.js`, `exports.hello = ${JSON.stringify(name)}; exports.unused = 1;`);
    for (const [file, content] of Object.entries(files)) write(`node_modules/${name}/${file}`, content);
  };
  const imports = (...names: string[]): void =>
    write(
      'source/lambda/common/say-hello.ts',
      `${names.map((name, n) => `import { hello as hello${n} } from '${name}';`).join('\n')}\nexport const handler = async () => [${names.map((_, n) => `hello${n}`).join(', ')}];`,
    );
  const failure = async (): Promise<string> => (await rejection(buildAssets(project, BUILD))).message;
  const notice = async (): Promise<string> => text((await buildAssets(project, BUILD)).global.get('NOTICE.txt'));

  beforeEach(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), 'notice-')));
    write('templates/stack-set-template.yaml', "Key: '%%ASSET:say-hello.zip%%'\nOther: '%%ASSET:say-nothing.zip%%'\n");
    write(
      'templates/cognito-user-profiles-export-reference-architecture.yaml',
      "Template: '%%ASSET:stack-set-template.template%%'\n",
    );
    write('source/lambda/common/say-nothing.ts', 'export const handler = async () => 1;');
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  it('names every package of which code is in a bundle, with its licence text, also one inside another', async () => {
    addPackage('left', { license: 'MIT' }, { LICENSE: 'MIT of left\r\n' });
    addPackage('@org/right', { license: 'ISC' }, { 'LICENCE.md': 'ISC of right' });
    addPackage('left/node_modules/inner', { name: 'inner', license: 'BSD-3-Clause' }, { COPYING: 'BSD of inner' });
    write('node_modules/left/index.js', 'exports.hello = require("inner").hello;');
    addPackage('not-imported', { license: 'MIT' }, { LICENSE: 'never shipped' });
    imports('left', '@org/right');
    const all = await notice();
    for (const line of [
      '@org/right 1.2.3, ISC',
      'inner 1.2.3, BSD-3-Clause',
      'left 1.2.3, MIT',
      'MIT of left\n',
      'ISC of right',
      'BSD of inner',
    ])
      expect(all).to.include(line);
    expect(all).to.not.include('not-imported').and.not.include('\r');
  });

  it('is in each zip with what that one holds', async () => {
    addPackage('left', { license: 'MIT' }, { LICENSE: 'MIT of left' });
    imports('left');
    const { regional } = await buildAssets(project, BUILD);
    const inside = (name: string): string =>
      text(unzipSync([...regional].find(([key]) => key.startsWith(name))?.[1] ?? new Uint8Array())['NOTICE.txt']);
    expect(inside('say-hello')).to.include('MIT of left').and.include('Apache License');
    expect(inside('say-nothing')).to.include('Apache License').and.not.include('left');
  });

  it('does not change with bucket and version, so that neither does a zip', async () => {
    imports();
    const names = async (version: string): Promise<string[]> =>
      [...(await buildAssets(project, { ...BUILD, version })).regional.keys()].filter((name) => name.endsWith('.zip'));
    expect(await names('v2')).to.deep.equal(await names('v1'));
  });

  it('prints the Apache terms once, and keeps copyright lines and notices of their own', async () => {
    addPackage(
      'a',
      { license: 'Apache-2.0' },
      {
        LICENSE: APACHE.replace(/^ +/gm, '').replace(
          'Copyright [yyyy] [name of copyright owner]',
          'Copyright 2019 Example Authors',
        ),
        NOTICE: 'a contains parts of b',
      },
    );
    addPackage('c', { license: 'Apache-2.0' });
    addPackage('d', { license: 'MIT-0' });
    imports('a', 'c', 'd');
    const all = await notice();
    expect(all.match(/TERMS AND CONDITIONS FOR USE/g)).to.have.length(1);
    expect(all)
      .to.include('a 1.2.3, Apache-2.0, Copyright 2019 Example Authors')
      .and.include('a contains parts of b')
      .and.include('MIT No Attribution');
  });

  it('keeps terms that only resemble the Apache License as they are', () => {
    const changed = APACHE.replace('perpetual', 'temporary');
    expect(noticeText([{ name: 'a', version: '1', licence: 'Apache-2.0', text: changed, notice: '' }])).to.include(
      changed.trim(),
    );
  });

  it('fails the build when a package has no licence, one that may not be shipped, or lacks the text of it', async () => {
    imports('left');
    addPackage('left', {});
    expect(await failure())
      .to.include('left 1.2.3')
      .and.include('declares no licence');
    addPackage('left', { license: 'GPL-3.0' }, { LICENSE: 'GPL' });
    expect(await failure())
      .to.include('left 1.2.3')
      .and.include('GPL-3.0');
    rmSync(join(project, 'node_modules/left/LICENSE'));
    addPackage('left', { license: 'MIT' });
    expect(await failure())
      .to.include('left 1.2.3')
      .and.include('no licence file');
    write('node_modules/left/package.json', '{"main": "index.js"}');
    expect(await failure())
      .to.include('node_modules/left')
      .and.include('no package and version');
  });

  it('names every dependency that the functions import', async () => {
    const [, entry] = [...functionSources(root)].find(([name]) => name === 'scan-table') ?? [];
    write('templates/stack-set-template.yaml', "Key: '%%ASSET:scan-table.zip%%'\n");
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [entry ?? ''],
      bundle: true,
      write: false,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      logLevel: 'silent',
    });
    // Unminified, esbuild writes a comment with the path of every module that it puts in: a second source of the same fact.
    const packages = new Set(
      [...text(outputFiles[0]?.contents).matchAll(/^ *\/\/ .*node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)].map(
        ([, name = '']) => name,
      ),
    );
    expect(packages).to.include('@smithy/core').and.to.include('@aws-sdk/client-s3');
    const named = new Set(
      [...text((await buildOf(entry ?? '')).global.get('NOTICE.txt')).matchAll(/^ {2}(\S+) \d+\.\d+\.\d+, /gm)].map(
        ([, name = '']) => name,
      ),
    );
    expect([...packages].filter((name) => !named.has(name))).to.deep.equal([]);
  });

  /** The assets of a project whose only function is this one of ours. */
  const buildOf = async (entry: string): ReturnType<typeof buildAssets> => {
    write('source/lambda/import/scan-table.ts', `export { handler } from '${join(root, entry)}';`);
    return buildAssets(project, BUILD);
  };
});
