import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { setUpFunctionNode } from '../../../deployment/setup/function-node.ts';
import type { Machine } from '../../../deployment/setup/function-node.ts';
import { projectRoot } from '../../../deployment/setup/project-root.ts';
import { rejection } from '../../support/rejection.ts';

const RUNTIME = join(projectRoot, 'tools', 'local-cloud', 'runtime');
const TEMPLATES = ['cognito-user-profiles-export-reference-architecture.yaml', 'stack-set-template.yaml'];

interface Lock {
  readonly packages: Readonly<Record<string, { version: string; integrity?: string; bin?: Record<string, string> }>>;
}
const json = <T>(...path: string[]): T => JSON.parse(readFileSync(join(...path), 'utf8')) as T;

describe("The functions' Node", () => {
  let folder = '';
  const said: string[] = [];
  const on = (own: string, platform = 'plan9', arch = 'x64'): Machine => ({
    platform,
    arch,
    own: { path: '/own/node', version: own },
  });
  const setUp = (machine: Machine) => setUpFunctionNode(folder, (line) => said.push(line), machine);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runtime-'));
    said.length = 0;
    pin({ 'node-plan9-x64': '24.21.0', 'node-bin-plan9-arm64': '24.0.0' });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('D21: is of the major that the templates deploy on, in every package and in the lock file', () => {
    const runtimes = TEMPLATES.flatMap((template) =>
      [...readFileSync(join(projectRoot, 'templates', template), 'utf8').matchAll(/Runtime: (\S+)/g)].map(
        ([, runtime]) => runtime,
      ),
    );
    expect(new Set(runtimes)).to.deep.equal(new Set(['nodejs24.x']));
    const { optionalDependencies } = json<{ optionalDependencies: Record<string, string> }>(RUNTIME, 'package.json');
    const { packages } = json<Lock>(RUNTIME, 'package-lock.json');
    for (const [name, version] of Object.entries(optionalDependencies)) {
      expect(version).to.match(/^24\.\d+\.\d+$/);
      expect(packages[`node_modules/${name}`]).to.include({ version });
      expect(packages[`node_modules/${name}`]?.integrity).to.match(/^sha512-/);
    }
  });

  it("D21: is not among the checkout's own packages, where its command would run every script", () => {
    const { packages } = json<Lock>(projectRoot, 'package-lock.json');
    expect(Object.values(packages).filter(({ bin }) => bin?.['node'] !== undefined)).to.deep.equal([]);
    expect(existsSync(join(projectRoot, 'node_modules', '.bin', 'node'))).to.equal(false);
  });

  it('D21: is what is installed, whatever runs the scripts, without asking npm again', async () => {
    install('node-plan9-x64', '24.21.0', 'echo v24.21.0');
    const path = join(folder, 'node_modules', 'node-plan9-x64', 'bin', 'node');
    for (const own of ['20.19.0', '24.1.0', '26.0.0'])
      expect(await setUp(on(own))).to.deep.equal({ path, version: '24.21.0' });
    expect(said).to.deep.equal([]);
  });

  it('D21: says that it is missing, why and what to do, when npm cannot install it', async () => {
    install('node-plan9-x64', '24.20.0', 'echo v24.20.0');
    const { message } = await rejection(setUp(on('20.19.0')));
    expect(said[0]).to.equal("Setting up the functions' Node: installing node-plan9-x64 24.21.0 ...");
    expect(message).to.match(
      /^The local cloud runs the functions on Node 24, as Lambda does \(nodejs24\.x\), and has none: npm/,
    );
    expect(message).to.match(
      /Start again when npm can install it, or with a Node 24 of your own \(this one is 20\.19\.0\)\.$/,
    );
    expect(existsSync(join(folder, '.npm-install.lock'))).to.equal(false);
  });

  it("D21: is this machine's own where npm has none that runs here, if it is of that major", async () => {
    const own = { path: '/own/node', version: '24.3.0' };
    expect(await setUp(on('24.3.0', 'plan9', 'mips'))).to.deep.equal(own);
    expect((await rejection(setUp(on('22.3.0', 'plan9', 'mips')))).message).to.contain(
      'has none: npm has none for plan9 on mips. Start again',
    );
    install('node-plan9-x64', '24.21.0', 'echo "not found" >&2; exit 127');
    expect(await setUp(on('24.3.0'))).to.deep.equal(own);
    expect((await rejection(setUp(on('22.3.0')))).message).to.contain(
      'node-plan9-x64 24.21.0 is installed, but it does not run here (exit code 127):\nnot found',
    );
  });

  it('D21: never is of another major', async () => {
    install('node-plan9-x64', '24.21.0', 'echo v22.0.0');
    expect((await rejection(setUp(on('20.19.0')))).message).to.contain('but it is Node 22.0.0.');
    pin({ 'node-plan9-x64': '24.21.0', 'node-plan9-arm64': '26.0.0' });
    expect((await rejection(setUp(on('20.19.0')))).message).to.match(/must pin one major of Node, found: 24, 26\.$/);
  });

  function pin(optionalDependencies: Readonly<Record<string, string>>): void {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ optionalDependencies }));
  }

  /** As npm leaves it: the record last. */
  function install(name: string, version: string, script: string): void {
    const bin = join(folder, 'node_modules', name, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'node'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'node'), 0o755);
    const packages = { [`node_modules/${name}`]: { version } };
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
  }
});
