/** cfn-lint over the templates as they are written and as they are built; errors, warnings and informational findings. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setUpPython } from '../tools/local-cloud/setup/python-packages.ts';
import { buildAssets, MAIN_TEMPLATE, STACK_SET_TEMPLATE } from './packaging/assets.ts';

/** One Region of each kind that the product meets: classic, opt-in, and both other partitions. */
const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'eu-south-1', 'us-gov-west-1', 'cn-north-1'];

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'built-templates-'));
try {
  const { global } = await buildAssets(root, { bucket: 'example-assets', solutionName: 'cognito-user-profiles-export', version: 'v0.0.0' });
  const built = [...global].filter(([name]) => name.endsWith('.template')).map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  });
  const sources = [MAIN_TEMPLATE, STACK_SET_TEMPLATE].map((name) => join(root, 'templates', `${name}.yaml`));
  const python = await setUpPython(join(import.meta.dirname, 'requirements.txt'));
  const templates = [...sources, ...built];
  const { status, error } = spawnSync(join(dirname(python), 'cfn-lint'), ['--include-checks', 'I', '--regions', ...REGIONS, '--template', ...templates], { stdio: 'inherit' });
  if (error) throw error;
  if (status === 0) console.log(`cfn-lint found nothing in ${templates.map((path) => relative(root, path).replace(/^(\.\.\/)+.*\//, 'built ')).join(', ')}.`);
  process.exitCode = status ?? 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
