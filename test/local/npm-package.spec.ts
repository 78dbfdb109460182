import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { GLOBAL_FOLDER, REGIONAL_FOLDER } from '../../deployment/packaging/write.ts';
import { setUpFunctionNode } from '../../deployment/setup/function-node.ts';
import { packageFilesIn } from '../../source/cli/deploy/package-files.ts';
import { fillBuild } from '../../source/domain/operator/build/fill-build.ts';
import { launchParameters, parameterSourceOf } from '../../source/domain/operator/deploy/parameters.ts';
import { buildFor } from '../../tools/deploy/solution.ts';
import { freshCopy, installAlone, packIn } from '../support/local/fresh-copy.ts';
import { mainTemplate, root } from '../support/templates.ts';

const run = promisify(execFile);
const NAME = 'cognito-user-profiles-export';
/** Processor time, not the clock's: the machine may have other work. A tenth of it is Node itself. */
const MOST_MS = 300;
const TRIES = 4;
/** Tells on the standard error how much processor time the process has taken. */
const TELL_TIME =
  'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write(`cpu=${(user+system)/1000}`)})';

describe('npm pack', function () {
  this.timeout(300_000);
  let folder: string;
  let listed: readonly string[];
  let installed: string;
  let nodes: Readonly<Record<string, string>>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'npm-package-'));
    const packed = await packIn(root, folder);
    listed = packed.files;
    const empty = join(folder, 'empty');
    await installAlone(packed.tarball, empty);
    installed = join(empty, 'node_modules', NAME);
    const { path } = await setUpFunctionNode(join(root, 'tools', 'local-cloud', 'runtime'));
    nodes = { [process.version]: process.execPath, 'Node 24': path };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('O15: holds the command line, the build and the documents, and nothing else', () => {
    const unwanted = listed.filter(
      (path) =>
        !/^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/cli\/([\w-]+\.js|NOTICE\.txt)|dist\/build\/(NOTICE\.txt|parameters\.json|templates\/[\w-]+\.yaml|assets\/[\w-]+\.(zip|asl\.json)))$/.test(
          path,
        ),
    );
    expect(unwanted).to.deep.equal([]);
    expect(listed).to.include.members(['dist/cli/main.js', 'dist/cli/NOTICE.txt', 'dist/build/NOTICE.txt']);
  });

  it('O15: is installed without anything else: no other package, no script', () => {
    expect(readdirSync(join(installed, '..')).filter((name) => !name.startsWith('.'))).to.deep.equal([NAME]);
    expect(statSync(join(installed, 'dist', 'cli', 'main.js')).mode & 0o111).to.not.equal(0);
  });

  it("O15: filled in by deploy gives the bytes of build-s3-dist.sh's", async () => {
    const build = buildFor('my-assets');
    const files = packageFilesIn(join(installed, 'dist', 'build'));
    const filled = fillBuild(files.openBuild(), build);
    const built = await builtByScript(folder, [build.bucket, build.solutionName, build.version]);
    for (const part of ['global', 'regional'] as const) {
      expect([...filled[part].keys()].sort()).to.deep.equal([...built[part].keys()].sort());
      for (const [name, content] of built[part])
        expect(Buffer.compare(content, filled[part].get(name) ?? Buffer.of()), name).to.equal(0);
    }
  });

  it('O15: tells deploy its options by the main template itself', () => {
    const source = packageFilesIn(join(installed, 'dist', 'build')).parameters();
    expect(source).to.deep.equal(parameterSourceOf(mainTemplate));
    const flags = launchParameters(parameterSourceOf(mainTemplate)).map(({ flag }) => flag);
    expect(flags).to.include.members(['primary-user-pool-id', 'cognito-tps', 'permissions-boundary-arn']);
    expect(new Set(flags)).to.have.property('size', Object.keys(mainTemplate.Parameters).length);
  });

  it(`O15: prints help and version in less than ${MOST_MS} ms, on the Node of this machine and on Node 24, without a warning`, async () => {
    for (const [version, node] of Object.entries(nodes)) {
      for (const [option, expected] of [
        ['--help', /Commands:[^]*deploy[^]*uninstall/],
        ['--version', /^\d+\.\d+\.\d+\n$/],
      ] as const) {
        const times: number[] = [];
        for (let time = 0; time < TRIES; time += 1) {
          const main = join(installed, 'dist', 'cli', 'main.js');
          const { stdout, stderr } = await run(node, ['--import', TELL_TIME, main, option], { cwd: folder });
          expect(stdout, version).to.match(expected);
          const [told, ms = ''] = /cpu=([\d.]+)/.exec(stderr) ?? [];
          expect(stderr.replace(told ?? '', ''), version).to.equal('');
          times.push(Number(ms));
        }
        expect(Math.min(...times), `${option} on ${version}`).to.be.below(MOST_MS);
      }
    }
  });

  it('O15: lists every parameter of the template in the help of deploy', async () => {
    const { stdout } = await run(process.execPath, [join(installed, 'dist', 'cli', 'main.js'), 'deploy', '--help']);
    for (const { flag } of launchParameters(parameterSourceOf(mainTemplate))) expect(stdout).to.include(`--${flag} `);
  });
});

/** What `deployment/build-s3-dist.sh` leaves in a checkout, which is not this one: its outputs would replace the developer's. */
async function builtByScript(
  below: string,
  args: readonly string[],
): Promise<Readonly<Record<'global' | 'regional', ReadonlyMap<string, Buffer>>>> {
  const checkout = join(below, 'checkout');
  mkdirSync(checkout);
  await freshCopy(checkout);
  // With the times: a package older than the lock file would be installed again.
  for (const path of ['package-lock.json', 'node_modules'])
    cpSync(join(root, path), join(checkout, path), {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
    });
  const { stdout } = await run('deployment/build-s3-dist.sh', args, { cwd: checkout });
  expect(stdout).to.match(/^Built /);
  const filesIn = (output: string): ReadonlyMap<string, Buffer> => {
    const path = join(checkout, 'deployment', output);
    return new Map(readdirSync(path).map((name) => [name, readFileSync(join(path, name))]));
  };
  return { global: filesIn(GLOBAL_FOLDER), regional: filesIn(REGIONAL_FOLDER) };
}
