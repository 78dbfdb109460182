/** cfn-lint over the templates as they are written and as they are built, down to informational findings; checkov over the built ones. */
import { spawnSync } from 'node:child_process';
import { dirname, join, relative } from 'node:path';
import { setUpPython } from './setup/python-packages.ts';
import { withBuiltTemplates } from './linting/built-templates.ts';
import { checkov } from './linting/checkov.ts';
import { MAIN_TEMPLATE, STACK_SET_TEMPLATE } from '../source/domain/operator/build/fill-build.ts';

/** One Region of each kind that the product meets: classic, opt-in, and both other partitions. */
const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'eu-south-1', 'us-gov-west-1', 'cn-north-1'];
const root = join(import.meta.dirname, '..');

async function cfnLint(templates: readonly string[]): Promise<boolean> {
  const python = await setUpPython(join(import.meta.dirname, 'requirements.txt'));
  const { status, error } = spawnSync(
    join(dirname(python), 'cfn-lint'),
    ['--include-checks', 'I', '--regions', ...REGIONS, '--template', ...templates],
    { stdio: 'inherit' },
  );
  if (error) throw error;
  if (status === 0)
    console.log(
      `cfn-lint found nothing in ${templates.map((path) => relative(root, path).replace(/^(\.\.\/)+.*\//, 'built ')).join(', ')}.`,
    );
  return status === 0;
}

try {
  const sources = [MAIN_TEMPLATE, STACK_SET_TEMPLATE].map((name) => join(root, 'templates', `${name}.yaml`));
  const clean = await withBuiltTemplates(root, async (built) =>
    [await cfnLint([...sources, ...built]), await checkov(built)].every(Boolean),
  );
  process.exitCode = clean ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
