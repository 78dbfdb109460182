/**
 * The operator's way from a clone to the end of a launch, as issue trackers would want it told: every step goes on from the
 * one before, by the packed command line alone and with no more than the operator policies. Writes docs/transcript.md.
 */
import { readFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DisableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { expect } from 'chai';
import manifest from '../../package.json' with { type: 'json' };
import { cognitoIn } from '../../tools/deploy/clients.ts';
import { inventory } from '../../tools/deploy/inventory.ts';
import { PRIMARY, SECONDARY } from '../../tools/deploy/regions.ts';
import { DEMO_GROUPS } from '../../tools/demo/seed/groups.ts';
import { createDemoPool, loadPool } from '../../tools/demo/seed/load.ts';
import { demoUsers } from '../../tools/demo/seed/users.ts';
import { formatted } from '../../tools/docs/formatted.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { backdateBackup, lookAtBackup } from '../support/local/backup-age.ts';
import { freshCopy, installAlone, packIn } from '../support/local/fresh-copy.ts';
import { operatorOf } from '../support/local/operator.ts';
import { runPackedCli } from '../support/local/packed-cli.ts';
import type { EndedCli } from '../support/local/packed-cli.ts';
import { steps } from '../support/steps.ts';
import { root } from '../support/templates.ts';
import { Transcript } from '../support/transcript/transcript.ts';

const STACK = 'CliLaunch';
const USERS = 400;
const PROGRAM = 'cognito-user-profiles-export';
const TARBALL = `${PROGRAM}-${manifest.version}.tgz`;
const DOCUMENT = join(root, 'docs', 'transcript.md');

describe('transcript', function () {
  this.timeout(900_000);
  const step = steps();
  const transcript = new Transcript();
  let folder: string;
  let empty: string;
  let cloud: LocalCloud;
  let keys: Awaited<ReturnType<typeof operatorOf>>;
  let pool: string;
  let target: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'transcript-'));
    empty = join(folder, 'empty');
    cloud = await startLocalCloud({ waitScale: 0.05 });
    transcript.calls(cloud.account, '111122223333');
    const cognito = cognitoIn(cloud, PRIMARY);
    pool = await createDemoPool(cognito, 'customers');
    await loadPool({ cloud, region: PRIMARY, poolId: pool }, DEMO_GROUPS, demoUsers(USERS, DEMO_GROUPS));
    transcript.calls(pool, `${PRIMARY}_Customers`);
    keys = await operatorOf(cloud, 'Read only', 'Operate', 'Restore', 'Deploy', 'Delete data');
  });
  after(async () => {
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a command as it is typed, and takes it down. @param interruptAt text of the output at which Ctrl-C is pressed */
  const cli = async (typed: string, interruptAt?: string): Promise<EndedCli> => {
    const command = await runPackedCli(
      { folder: empty, main: join(empty, 'node_modules', PROGRAM, 'dist', 'cli', 'main.js'), cloud, keys },
      typed.split(' '),
      interruptAt,
    );
    transcript.command(`${PROGRAM} ${typed}${interruptAt === undefined ? '' : '    # and Ctrl-C'}`, command);
    return command;
  };
  /** The output of a command that came to its end, whole or not, without a word on standard error. */
  const ended = ({ code, out, err }: EndedCli, codes: readonly number[]): string => {
    expect(err).to.equal('');
    expect(code, out).to.be.oneOf(codes);
    return out;
  };
  const done = (command: EndedCli): string => ended(command, [0]);

  step('15: a fresh copy is packed, and the tarball works in an empty folder', async () => {
    transcript.section('Get it', 'A fresh clone makes the package; the tarball needs nothing else.');
    const checkout = join(folder, 'checkout');
    await freshCopy(checkout);
    const { tarball } = await packIn(checkout, folder);
    expect(basename(tarball)).to.equal(TARBALL);
    transcript.command('npm pack', { code: 0, out: basename(tarball), err: '' });
    await installAlone(tarball, empty);
    transcript.command(`cd ../empty && npm install ../${TARBALL}`, { code: 0, out: '', err: '' });
    expect(done(await cli('--version'))).to.equal(`${manifest.version}\n`);
  });

  step('15: deploy launches, and status says how the backup stands', async () => {
    transcript.section('Launch');
    const out = done(
      await cli(
        `deploy --stack ${STACK} --pool ${pool} --backup-region ${SECONDARY} --email ops@example.com --cognito-tps 25 --yes`,
      ),
    );
    expect(out).to.include('CREATE_COMPLETE').and.include('Confirm two mails');
    transcript.section('The first export', 'The launch has started it.');
    done(await cli('attach'));
    expect(done(await cli('status')))
      .to.match(/holds +\d+ users/)
      .and.match(/replica +ACTIVE/);
    expect(done(await cli('export'))).to.include('complete');
  });

  step('15: the pool is deleted; a dry run tells what would come back', async () => {
    const cognito = cognitoIn(cloud, PRIMARY);
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId: pool }));
    target = await createDemoPool(cognito, 'restored');
    transcript.calls(target, `${PRIMARY}_Restored1`);
    transcript.section('The pool is gone', 'Somebody deletes it. A new, empty one is made.');
    expect(ended(await cli(`import --to ${target} --dry-run`), [0, 3])).to.include(target);
  });

  step('15: import shows its progress, is left by Ctrl-C, and attach follows it to its end', async () => {
    transcript.section('Restore', 'Ctrl-C lets go, the restore goes on; programs read its progress as lines of JSON.');
    const left = await cli(`import --to ${target} --json`, '"users_done"');
    expect(left.code, left.err).to.equal(130);
    expect(left.out).to.match(/"users_done":\d+,"users_total":\d+/);
    expect(ended(await cli('attach'), [0, 3])).to.match(/users restored +\d+/);
  });

  step('15: verify compares the new pool, and report groups who is missing', async () => {
    transcript.section('What came back');
    expect(ended(await cli(`verify --pool ${target}`), [0, 3])).to.include('Backup in');
    expect(done(await cli(`report --to ${target} --save failures.csv`))).not.to.match(/@/);
    expect(statSync(join(empty, 'failures.csv')).mode & 0o777).to.equal(0o600);
    expect(readFileSync(join(empty, 'failures.csv'), 'utf8')).to.include('sign_in_name');
  });

  step('15: a disabled schedule raises the alarm, and status --check says so', async () => {
    const events = new EventBridgeClient(cloud.clientConfig(PRIMARY));
    const { Rules = [] } = await events.send(new ListRulesCommand({}));
    const rule = Rules.find(({ Name }) => Name?.includes('ExportSchedule') === true)?.Name;
    await events.send(new DisableRuleCommand({ Name: rule }));
    const [table = ''] = (await inventory(cloud.clientConfig, PRIMARY)).tables;
    await backdateBackup(cloud, table, 3);
    const since = Date.now();
    await lookAtBackup(cloud, PRIMARY);
    const tooOld = async (): Promise<boolean> =>
      (await cloud.snsMessages()).some(({ time, subject }) => time > since && subject.includes('TOO OLD'));
    for (const end = Date.now() + 60_000; !(await tooOld()); await sleep(200))
      if (Date.now() > end) throw new Error('Nobody was told that the backup is too old.');
    transcript.section('Backups stop', 'Somebody disables the schedule; three days later the alarm goes off.');
    const { code, out } = await cli('status --check');
    expect(code).to.equal(5);
    expect(out)
      .to.match(/^CRITICAL/)
      .and.include('alarm')
      .and.include('the schedule of the exports is disabled');
  });

  step('15: deploy updates', async () => {
    transcript.section('Update');
    const out = done(await cli(`deploy --stack ${STACK} --cognito-tps 20 --yes`));
    expect(out).to.include('CognitoTPS: 25 -> 20').and.include('UPDATE_COMPLETE');
  });

  step('15: uninstall --delete-data leaves nothing of the launch', async () => {
    transcript.section('The end');
    done(await cli(`uninstall --stack ${STACK} --delete-data --confirm ${STACK} --yes`));
    for (const region of [PRIMARY, SECONDARY]) {
      const { stacks, tables, buckets } = await inventory(cloud.clientConfig, region);
      expect({ stacks, tables, buckets }, region).to.deep.equal({ stacks: [], tables: [], buckets: [] });
    }
  });

  step('15: is written down, the same whenever it is run', async () => {
    const head = [
      '# Transcript',
      `Written by \`npm run transcript\`: every command was run as it stands here, on the local cloud, with the keys of an operator who has the [operator policies](security.md#operator-policies) and \`AWS_REGION=${PRIMARY}\`. Users are made up; ids, times, account numbers and durations are replaced, long lists cut, and progress is left out. [cli.md](cli.md) describes the commands.`,
    ];
    writeFileSync(DOCUMENT, await formatted('docs/transcript.md', transcript.markdown(head)));
  });
});
