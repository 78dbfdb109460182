/** The operator's day at the command line: the real process against the local cloud; each step goes on from the one before. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  AdminDeleteUserCommand,
  AdminUpdateUserAttributesCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { AttributeType } from '@aws-sdk/client-cognito-identity-provider';
import { DisableRuleCommand, EventBridgeClient, ListRuleNamesByTargetCommand } from '@aws-sdk/client-eventbridge';
import { expect } from 'chai';
import { cognitoIn } from '../../tools/deploy/clients.ts';
import { createPool } from '../../tools/deploy/pools.ts';
import { PRIMARY, SECONDARY } from '../../tools/deploy/regions.ts';
import { createDemoPool } from '../../tools/demo/seed/load.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { makeDemoPool, startCliLaunch } from '../support/local/cli-launch.ts';
import type { CliLaunch } from '../support/local/cli-launch.ts';
import { runPackedCli } from '../support/local/packed-cli.ts';
import type { EndedCli } from '../support/local/packed-cli.ts';
import { steps } from '../support/steps.ts';

const USERS = 60;

interface Known {
  readonly Username: string;
  readonly email: string;
}
const valueOf = (attributes: readonly AttributeType[], name: string): string =>
  attributes.find(({ Name }) => Name === name)?.Value ?? '';

describe('the command line against the local cloud', function () {
  this.timeout(600_000);
  const step = steps();
  let launch: CliLaunch;
  let cloud: LocalCloud;
  let source: string;
  let target: string;

  before(async () => {
    launch = await startCliLaunch({
      makePool: (made) => makeDemoPool(made, USERS),
      stack: 'UserBackup',
      waitScale: 0.05,
    });
    ({ cloud, pool: source } = launch);
    target = await createDemoPool(cognitoIn(cloud, PRIMARY), 'restored');
  });
  after(() => launch?.stop());

  interface Ended extends EndedCli {
    readonly lines: readonly Readonly<Record<string, unknown>>[];
  }
  /** @param interruptAt text of the output at which Ctrl-C is pressed */
  const cli = async (args: readonly string[], interruptAt?: string): Promise<Ended> => {
    const ended = await runPackedCli(launch, args, interruptAt);
    const lines = args.includes('--json')
      ? ended.out
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Record<string, unknown>)
      : [];
    return { ...ended, lines };
  };

  step('status shows both Regions, without a word of the SDK about Node', async () => {
    const { code, out, err } = await cli(['status']);
    expect(err).to.equal('');
    expect(code, out).to.equal(0);
    expect(out)
      .to.include(`Primary Region ${PRIMARY}`)
      .and.include(`Backup Region ${SECONDARY}`)
      .and.match(/holds +\d+ users/)
      .and.match(/dead letters +none/)
      .and.match(/replica +ACTIVE/);
  });

  step('export runs to its end', async () => {
    const { code, lines, err } = await cli(['export', '--json']);
    expect(code, err).to.equal(0);
    expect(lines.at(-1)).to.include({ message_type: 'summary', outcome: 'complete', workflow: 'ExportWorkflow' });
  });

  step(
    '16.2: restore-user brings a deleted user back into the pool in use, and an overwritten value, which undo puts back',
    async () => {
      const cognito = cognitoIn(cloud, PRIMARY);
      const { Users = [] } = await cognito.send(new ListUsersCommand({ UserPoolId: source, Limit: 60 }));
      const [lost, changed] = Users.filter(
        ({ Attributes = [], UserStatus = '' }) =>
          valueOf(Attributes, 'email_verified') === 'true' &&
          !['UNCONFIRMED', 'EXTERNAL_PROVIDER'].includes(UserStatus),
      ).map(({ Username = '', Attributes = [] }) => ({ Username, email: valueOf(Attributes, 'email') })) as [
        Known,
        Known,
      ];
      const named = async ({ email }: Known) =>
        (await cognito.send(new ListUsersCommand({ UserPoolId: source, Filter: `email = "${email}"` }))).Users ?? [];
      await cognito.send(new AdminDeleteUserCommand({ UserPoolId: source, Username: lost.Username }));
      const overwrite = { UserPoolId: source, Username: changed.Username };
      const givenName = (Value: string) => ({ ...overwrite, UserAttributes: [{ Name: 'given_name', Value }] });
      await cognito.send(new AdminUpdateUserAttributesCommand(givenName('By a script')));
      const to = ['--to', source, '--yes', '--json'];
      const restored = await cli(['restore-user', lost.email, changed.email, '--existing', 'update', ...to]);
      expect(restored.code, `${restored.out}${restored.err}`).to.equal(0);
      expect(await named(lost)).to.have.length(1);
      const [{ Attributes: again = [] } = {}] = await named(changed);
      expect(valueOf(again, 'given_name')).to.not.equal('By a script');
      const undo = ((restored.lines.at(-1)?.['next'] ?? []) as string[]).find((line) => line.includes(' undo ')) ?? '';
      const undone = await cli([...undo.split(' ').slice(1), '--yes', '--json']);
      expect(undone.code, `${undone.out}${undone.err}`).to.equal(0);
      const [{ Attributes: before = [] } = {}] = await named(changed);
      expect(valueOf(before, 'given_name')).to.equal('By a script');
      expect(await named(lost)).to.have.length(1);
    },
  );

  step('import --dry-run tells what would come back, and report groups who would not', async () => {
    const { lines, err } = await cli(['import', '--to', target, '--dry-run', '--json']);
    expect(err).to.equal('');
    const summary = lines.at(-1) ?? {};
    expect(summary).to.include({ workflow: 'ImportWorkflow', status: 'SUCCEEDED' });
    const report = await cli(['report', summary['execution_arn'] as string, '--json']);
    expect(report.code, report.err).to.equal(0);
    expect(report.lines.at(-1)).to.include({ about: `Dry run into ${target}` });
  });

  step('15.1: import is left by Ctrl-C with 130, and attach tells how it ended', async () => {
    const left = await cli(['import', '--to', target, '--json'], 'execution_arn');
    expect(left.code, left.err).to.equal(130);
    const [attach = ''] = (left.lines.at(-1)?.['next'] ?? []) as string[];
    const attached = await cli([...attach.split(' ').slice(1), '--json']);
    expect(attached.code, attached.err).to.be.oneOf([0, 3]);
    expect(attached.lines.at(-1)).to.include({
      workflow: 'ImportWorkflow',
      outcome: attached.code === 0 ? 'complete' : 'partial',
    });
    const again = await cli([...attach.split(' ').slice(1), '--json']);
    expect(again.code).to.equal(attached.code);
  });

  step('report groups without naming anybody, and writes a file that only its owner reads', async () => {
    const { code, out, err } = await cli(['report', '--to', target, '--save', 'failures.csv']);
    expect(code, err).to.equal(0);
    expect(out).to.not.match(/@/);
    expect(statSync(join(launch.folder, 'failures.csv')).mode & 0o777).to.equal(0o600);
    expect(readFileSync(join(launch.folder, 'failures.csv'), 'utf8')).to.include('sign_in_name');
  });

  step('verify compares the new pool with the backup', async () => {
    const { code, lines, err } = await cli(['verify', '--pool', target, '--json']);
    expect(code, err).to.be.oneOf([0, 3]);
    expect(lines.at(-1)).to.include({ workflow: 'VerifyWorkflow', outcome: code === 0 ? 'complete' : 'partial' });
  });

  step(
    '15.1: a pool of another sign-in mode, another Region and a missing stack each end with one message',
    async () => {
      const byName = await createPool(cognitoIn(cloud, PRIMARY), 'by-name');
      for (const [args, code, words] of [
        [['import', '--to', byName, '--json'], 4, 'PreflightFailed'],
        [['import', '--to', 'ap-south-1_Target001', '--json'], 2, 'keeps its backup in'],
        [['status', '--stack', 'Missing'], 6, 'there is no stack Missing'],
        [['status', '--region', 'ap-south-1'], 6, 'no launch of this product in ap-south-1'],
      ] as const) {
        const ended = await cli(args);
        expect(ended.code, `${ended.out}${ended.err}`).to.equal(code);
        expect(`${ended.out}${ended.err}`).to.include(words);
      }
    },
  );

  step('15.1: status --check says that the schedule is disabled', async () => {
    const events = new EventBridgeClient(cloud.clientConfig(PRIMARY));
    const { RuleNames = [] } = await events.send(
      new ListRuleNamesByTargetCommand({ TargetArn: launch.launched.exportWorkflow }),
    );
    for (const Name of RuleNames) await events.send(new DisableRuleCommand({ Name }));
    const { code, out } = await cli(['status', '--check']);
    expect(out).to.include('the schedule of the exports is disabled');
    expect(code).to.be.oneOf([3, 5]);
  });
});
