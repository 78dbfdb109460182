import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseArguments } from '../../../deployment/packaging/arguments.ts';
import { mainTemplateUrl } from '../../../source/domain/operator/build/launch-link.ts';
import { mainTemplate, root } from '../../support/templates.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
/** Every shell command of the README from the launch on, in its order. */
const commands = [...readme.slice(readme.indexOf('## Launch')).matchAll(/```bash\n([^]*?)```/g)].map(
  ([, block = '']) => block,
);
/** An AWS CLI that notes how it was called and answers the questions of the README. */
const FAKE_AWS = `#!/usr/bin/env bash
printf '%s\\0' "$@" >> calls; printf '\\n' >> calls
case "$1 $2" in
  'sts get-caller-identity') echo 123456789012 ;;
  'cloudformation describe-stacks') echo "arn:$(grep -o "OutputKey=='[A-Za-z]*'" <<< "$*" | cut -d"'" -f2)" ;;
  'stepfunctions list-state-machines') echo arn:import ;;
  'stepfunctions start-execution') echo arn:aws:states:eu-west-1:123456789012:execution:machine:name ;;
  's3 ls') echo restores/report/report.json ;;
esac
`;

describe("README's commands", () => {
  let folder: string;
  let calls: string[][];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'readme-'));
    for (const [path, text] of [
      ['aws', FAKE_AWS],
      ['deployment/build-s3-dist.sh', `#!/usr/bin/env bash\nprintf 'build\\0%s\\0%s\\0%s\\0\\n' "$@" >> calls\n`],
    ] as const) {
      mkdirSync(join(folder, 'deployment'), { recursive: true });
      writeFileSync(join(folder, path), text);
      chmodSync(join(folder, path), 0o755);
    }
    execFileSync('bash', ['--norc', '-euc', commands.join('\n')], {
      cwd: folder,
      stdio: 'ignore',
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    });
    calls = readFileSync(join(folder, 'calls'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\0').slice(0, -1));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const called = (...words: string[]): string[][] =>
    calls.filter((call) => words.every((word, index) => call[index] === word));
  const option = (call: readonly string[] | undefined, name: string): string => call?.[call.indexOf(name) + 1] ?? '';

  it('A2: launch as they are typed: buckets of this account, the build into both, the template of that build', () => {
    const [, ...buildArguments] = called('build')[0] ?? [];
    const build = parseArguments(buildArguments);
    expect(build.bucket).to.include('123456789012');
    const buckets = ['us-east-1', 'eu-west-1'].map((region) => `s3://${build.bucket}-${region}`);
    expect(called('s3', 'mb').map(([, , bucket]) => bucket)).to.deep.equal(buckets);
    expect(called('s3', 'cp').map(([, , from, to]) => `${from} ${to}`)).to.deep.equal(
      buckets.flatMap((bucket) =>
        ['global', 'regional'].map(
          (assets) => `deployment/${assets}-s3-assets/ ${bucket}/${build.solutionName}/${build.version}/`,
        ),
      ),
    );
    const [launch, ...others] = called('cloudformation', 'create-stack');
    expect(others).to.deep.equal([]);
    expect(option(launch, '--template-url')).to.equal(mainTemplateUrl(build, option(launch, '--region')));
    expect(option(launch, '--capabilities')).to.equal('CAPABILITY_IAM');
    const given = (launch ?? []).flatMap((word) => {
      const [, name = '', value = ''] = /^ParameterKey=(\w+),ParameterValue=(.*)$/.exec(word) ?? [];
      return name === '' ? [] : [[name, value] as const];
    });
    const { Parameters } = mainTemplate;
    expect(given.map(([name]) => name)).to.have.members(
      Object.keys(Parameters).filter((name) => Parameters[name]?.Default === undefined),
    );
    for (const [name, value] of given) expect(value, name).to.match(new RegExp(Parameters[name]?.AllowedPattern ?? ''));
  });

  it('A2: start the workflows by the outputs of the stack, the restore without asking the primary Region', () => {
    expect(
      called('stepfunctions', 'start-execution').map((call) => [
        option(call, '--region'),
        option(call, '--state-machine-arn'),
        JSON.parse(option(call, '--input')) as unknown,
      ]),
    ).to.deep.equal([
      ['us-east-1', 'arn:ExportWorkflowArn', {}],
      ['eu-west-1', 'arn:import', { NewUserPoolId: 'eu-west-1_AbCdEfGhI' }],
      ['eu-west-1', 'arn:SecondaryVerifyWorkflowArn', {}],
    ]);
    expect(called('stepfunctions', 'list-state-machines').map((call) => option(call, '--region'))).to.deep.equal([
      'eu-west-1',
    ]);
  });

  it('A2: offer no launch link that works for nobody, and say what a refused launch leaves and how the console is acknowledged', () => {
    expect(readme).to.not.match(/https:\/\/BUCKET/);
    expect(readme)
      .to.include('I acknowledge that AWS CloudFormation might create IAM resources')
      .and.match(/`ROLLBACK_COMPLETE`[^]*keeps its name until you delete it/)
      .and.not.include('leaves nothing behind');
  });
});
