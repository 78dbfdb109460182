import { Option } from 'commander';
import { launchParameters, SHORT_FLAGS } from '../domain/operator/deploy/parameters.ts';
import type { CommandDeclaration } from './command.ts';
import { ANSWERS_FILE } from './deploy/launch-memory.ts';
import { packageFiles } from './deploy/package-files.ts';
import type { PackageFiles } from './deploy/package-files.ts';

const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `deploy`: launches the product, or updates what is launched. Its options are the parameters of the main template. */
export const deployDeclarationOf = (files: PackageFiles): CommandDeclaration => ({
  name: 'deploy',
  summary: 'launch the backup of a user pool, or update it',
  description: [
    'Makes the two asset buckets, uploads the build, shows what would change and which permissions are gained, asks, and follows CloudFormation to its end. Asks for what is missing where a terminal is there. The same command updates a launch: what is not given stays as it is.',
    `Ctrl-C leaves CloudFormation to go on; the same command joins it again. Answers are remembered in ${ANSWERS_FILE}.`,
  ],
  configure: (command) => {
    for (const [flag, name] of Object.entries(SHORT_FLAGS)) command.option(`--${flag} <value>`, `the same as ${name}`);
    const source = files.parameters();
    for (const { flag, name, label, default: value } of source === undefined ? [] : launchParameters(source))
      command.addOption(
        new Option(
          `--${flag} <value>`,
          `${name}: ${label}${value === undefined || value === '' ? '' : ` (at first ${value})`}`,
        ),
      );
    command
      .addOption(
        new Option(
          '--tag <key=value>',
          'tag of everything that is made; repeat it for more. Replaces the tags of before',
        ).argParser(collected),
      )
      .option('--bucket <name>', 'asset buckets <name>-<Region> of your own, instead of those that deploy makes')
      .option('--answers <file>', 'file of the remembered answers', ANSWERS_FILE)
      .option('--yes', 'ask nothing: launch, update, and delete what a failed launch has left');
  },
  examples: [
    ['deploy', 'The first time, and whenever you are at a terminal: it asks for what it needs'],
    [
      'deploy --region us-east-1 --pool us-east-1_AbCdEfGhI --backup-region eu-west-1 --email ops@example.com --yes',
      'Without questions',
    ],
    ['deploy --cognito-tps 20', 'Change one parameter of the launch'],
  ],
  load: async () => (await import('./deploy/run-deploy.ts')).deployAction(files),
});

/** With the files of this package. */
export const deployDeclaration = deployDeclarationOf(packageFiles);
