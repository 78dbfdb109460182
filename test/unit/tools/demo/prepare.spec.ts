import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { root } from '../../../support/templates.ts';

/** The demo's build alone, as a process of its own; no S3 answers. */
const BUILD = `
  const { buildAndUpload } = await import('./tools/demo/steps/prepare.ts');
  const { solutionFor } = await import('./tools/deploy/solution.ts');
  const clientConfig = (region) => ({ region, endpoint: 'http://127.0.0.1:9', credentials: { accessKeyId: 'x', secretAccessKey: 'x' }, maxAttempts: 1, forcePathStyle: true });
  const narrator = { step: () => console.log('building'), say() {}, done() {} };
  await buildAndUpload({ narrator, solution: solutionFor({ clientConfig }, 'demo-assets', 'Demo') });
`;
const start = () =>
  spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', BUILD], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Files below the folder that users build into, with their times. */
const written = (): readonly string[] =>
  readdirSync(join(root, 'deployment'), { recursive: true, encoding: 'utf8' })
    .map((path) => `${path} ${statSync(join(root, 'deployment', path)).mtimeMs}`)
    .sort();

describe("the demo's build", function () {
  this.timeout(300_000);

  it('5: writes no file that another demo of the checkout could read half-written', async () => {
    const before = written();
    const child = start();
    let errors = '';
    child.stderr.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(errors, 'it came as far as the upload').to.include('ECONNREFUSED');
    expect(written()).to.deep.equal(before);
  });

  it('5: leaves nothing running when it is killed', async () => {
    const child = start();
    const group = child.pid ?? 0;
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await sleep(500);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    try {
      expect(othersIn(group)).to.deep.equal([]);
    } finally {
      endGroup(group);
    }
  });
});

/** What is left of a process group; esbuild ends by itself when the pipe to its starter closes. */
const othersIn = (group: number): readonly string[] =>
  execFileSync('ps', ['-eo', 'pgid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.trim().startsWith(`${group} `) && !/\besbuild\b.*--service|<defunct>/.test(line));

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}
