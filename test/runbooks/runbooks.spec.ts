/**
 * Types every command of docs/runbooks, one page after the other, against one launch on the local cloud (npm run runbooks).
 * `npm run runbooks -- --grep 17.7` types the pages of those steps only.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AdminDeleteUserCommand,
  AdminUpdateUserAttributesCommand,
  DeleteGroupCommand,
  DeleteUserPoolCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { UserType } from '@aws-sdk/client-cognito-identity-provider';
import { config, expect } from 'chai';
import { COMMAND_LINE, writePackageFolder } from '../../deployment/packaging/package-folder.ts';
import { cognitoIn } from '../../tools/deploy/clients.ts';
import { inventory } from '../../tools/deploy/inventory.ts';
import { PRIMARY, SECONDARY } from '../../tools/deploy/regions.ts';
import { DEMO_GROUPS } from '../../tools/demo/seed/groups.ts';
import { createDemoPool, loadPool } from '../../tools/demo/seed/load.ts';
import { demoUsers } from '../../tools/demo/seed/users.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { shellCommands } from '../../tools/local-cloud/shell-environment.ts';
import { legacyTime, legacyUser } from '../support/adopt/legacy-items.ts';
import { makeLegacyTable } from '../support/adopt/make-legacy-table.ts';
import { ShellSession } from '../support/aws-cli/shell-session.ts';
import { blocksOf, RUNBOOKS } from '../support/runbooks.ts';
import { steps } from '../support/steps.ts';
import { root } from '../support/templates.ts';

const STACK = 'UserBackup';
const USERS = 60;
/** To the local cloud an access key of twelve digits is that account's root. */
const VAULT_ACCOUNT = '444455556666';
/** As the page names it. */
const VAULT = 'example-user-backup-vault';
const RETIRED_TABLE = 'retired-BackupTable-0123456789AB';

describe('the commands of the runbooks, typed', function () {
  this.timeout(1_800_000);
  const step = steps();
  let folder: string;
  let cloud: LocalCloud;
  let shell: ShellSession;
  let pool = '';
  let restored = '';
  /** Blocks that were typed, by page. */
  const typed = new Map<string, Set<string>>();

  before(async () => {
    // What was printed instead is what one needs to see.
    config.truncateThreshold = 0;
    folder = mkdtempSync(join(tmpdir(), 'runbooks-'));
    [cloud, shell] = await Promise.all([
      startLocalCloud({ waitScale: 0.05 }),
      ShellSession.start(),
      writePackageFolder(root, join(folder, 'dist')),
    ]);
    const cognito = cognitoIn(cloud, PRIMARY);
    pool = await createDemoPool(cognito, 'customers');
    await loadPool({ cloud, region: PRIMARY, poolId: pool }, DEMO_GROUPS, demoUsers(USERS, DEMO_GROUPS));
    await run(shellCommands(cloud.endpoint, cloud.credentials, PRIMARY));
    await run(
      `cd ${folder}\ncognito-user-profiles-export() { command ${process.execPath} ${join(folder, 'dist', COMMAND_LINE)} "$@"; }`,
    );
    await run(
      `STACK=${STACK}\ncognito-user-profiles-export deploy --stack ${STACK} --pool ${pool} --backup-region ${SECONDARY} --email ops@example.com --cognito-tps 25 --yes\n# The first export may have ended already.\ncognito-user-profiles-export attach || true`,
    );
    await type('README.md', 'export POOL', { values: { POOL: pool } });
  });
  after(async () => {
    shell?.close();
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Types commands, each of which must end well. */
  async function run(commands: string): Promise<string> {
    const { printed, failed } = await shell.run(commands);
    expect(failed, printed).to.deep.equal([]);
    return printed;
  }

  /** Types the block of a page with this text, in which `values` replace the examples; all commands must end well unless `mayFail`. */
  async function type(
    page: string,
    text: string,
    {
      values = {},
      mayFail = false,
    }: { readonly values?: Readonly<Record<string, string>>; readonly mayFail?: boolean } = {},
  ): Promise<string> {
    const [found = '', ...others] = blocksOf(page).filter((block) => block.includes(text));
    expect(found, `a block of ${page} with ${text}`).to.not.equal('');
    expect(others, `other blocks of ${page} with ${text}`).to.deep.equal([]);
    typed.set(page, (typed.get(page) ?? new Set()).add(found));
    const commands = Object.entries(values).reduce((block, [name, value]) => {
      const assignment = new RegExp(`^((?:export )?${name}=)\\S+`, 'mu');
      expect(block, `${page} sets ${name}`).to.match(assignment);
      return block.replace(assignment, `$1${value}`);
    }, found);
    const { printed, failed } = await shell.run(commands);
    if (!mayFail) expect(failed, `${page}: ${printed}`).to.deep.equal([]);
    return printed;
  }

  /** Types a block as it stands. */
  async function typeBlock(page: string, block: string): Promise<void> {
    typed.set(page, (typed.get(page) ?? new Set()).add(block));
    await run(block);
  }

  const users = async (): Promise<readonly UserType[]> => {
    const { Users = [] } = await cognitoIn(cloud, PRIMARY).send(new ListUsersCommand({ UserPoolId: pool, Limit: 60 }));
    return Users;
  };
  const attribute = ({ Attributes = [] }: UserType, name: string): string =>
    Attributes.find(({ Name }) => Name === name)?.Value ?? '';
  const change = async ({ Username }: UserType, Name: string, Value: string): Promise<void> => {
    await cognitoIn(cloud, PRIMARY).send(
      new AdminUpdateUserAttributesCommand({ UserPoolId: pool, Username, UserAttributes: [{ Name, Value }] }),
    );
  };
  const newPool = (region: typeof PRIMARY | typeof SECONDARY): Promise<string> =>
    createDemoPool(cognitoIn(cloud, region), 'restored');

  /** Adds the page's statements for an account that restores to the policy of the vault, which is the page's, too. */
  async function letIn(account: string): Promise<void> {
    const page = readFileSync(join(RUNBOOKS, 'account-lost.md'), 'utf8');
    const [, statements = ''] = /^```json\n([^]*?)^```$/mu.exec(page) ?? [];
    const more = JSON.parse(
      statements.replaceAll('$RESTORING_ACCOUNT', account).replaceAll('$VAULT', VAULT),
    ) as object[];
    const file = join(folder, 'vault-policy.json');
    const policy = JSON.parse(readFileSync(file, 'utf8')) as { readonly Statement: readonly object[] };
    writeFileSync(file, JSON.stringify({ ...policy, Statement: [...policy.Statement, ...more] }));
    await run('aws s3api put-bucket-policy --bucket $VAULT --region $VAULT_REGION --policy file://vault-policy.json');
  }

  step('16.4: the freshness alarm', async () => {
    for (const block of blocksOf('freshness-alarm.md')) await typeBlock('freshness-alarm.md', block);
  });

  step('17.6: a drill', async () => {
    for (const block of blocksOf('drill.md')) await typeBlock('drill.md', block);
  });

  step('16.4: one user, and one group', async () => {
    const [gone, changed] = (await users()).filter((user) => attribute(user, 'email_verified') === 'true');
    await cognitoIn(cloud, PRIMARY).send(
      new AdminDeleteUserCommand({ UserPoolId: pool, Username: (gone as UserType).Username }),
    );
    await type('one-user.md', 'ONE_USER=', { values: { ONE_USER: attribute(gone as UserType, 'email') } });
    expect(await type('one-user.md', 'history')).to.match(/\d{8}T\d{6}Z/);
    expect(await type('one-user.md', 'restore-user $ONE_USER --to $POOL --dry-run')).to.match(/creat/i);
    await type('one-user.md', 'restore-user $ONE_USER --to $POOL --yes');
    expect((await users()).map((user) => attribute(user, 'email'))).to.include(attribute(gone as UserType, 'email'));
    const name = attribute(changed as UserType, 'family_name');
    await change(changed as UserType, 'family_name', 'Somebody');
    await run(`ONE_USER=${attribute(changed as UserType, 'email')}`);
    const printed = await type('one-user.md', '--existing update');
    const now = async (): Promise<string> =>
      attribute((await users()).find(({ Username }) => Username === changed?.Username) as UserType, 'family_name');
    expect(await now()).to.equal(name);
    const [, id = ''] = /undo (\d{8}T\d{6}Z-[0-9a-f]{8})/.exec(printed) ?? [];
    await run(`SELECTION=${id}`);
    await type('one-user.md', 'undo $SELECTION');
    expect(await now()).to.equal('Somebody');
    await change(changed as UserType, 'family_name', name);
    const group = 'administrators';
    await cognitoIn(cloud, PRIMARY).send(new DeleteGroupCommand({ UserPoolId: pool, GroupName: group }));
    await type('one-user.md', 'restore-group', { values: { ONE_GROUP: group } });
  });

  step('16.4: a bad bulk change', async () => {
    await run('cognito-user-profiles-export export');
    // Users of identity providers are in no backup, and a sign-up that nobody confirmed is nobody's.
    const hit = (await users())
      .filter((user) => user.UserStatus === 'CONFIRMED' && attribute(user, 'family_name') !== '')
      .slice(0, 24);
    for (const user of hit) await change(user, 'family_name', '');
    expect(await type('bulk-change.md', 'diff $LAST_RUN --pool')).to.match(/family_name emptied +24/);
    await run('cognito-user-profiles-export export');
    const printed = await type('bulk-change.md', 'damage\n');
    const [, interval = ''] = /damage (--since \S+ --until \S+) --save/.exec(printed) ?? [];
    const [, good = ''] = /--run (\S+)/.exec(printed) ?? [];
    await run(`INTERVAL='${interval}' RUN=${good}`);
    await type('bulk-change.md', '--save victims.txt');
    expect(readFileSync(join(folder, 'victims.txt'), 'utf8').trim().split('\n')).to.have.length(24);
    const names = new Map((await users()).map((user) => [user.Username, attribute(user, 'family_name')]));
    for (const user of hit) expect(names.get(user.Username)).to.equal(attribute(user, 'family_name'));
    expect(await type('bulk-change.md', 'export\n')).to.include('complete');
  });

  step('16.4: found late', async () => {
    expect(await type('found-late.md', 'damage --percent 1')).to.include('family_name emptied');
    await type('found-late.md', 'diff $RUN');
    await type('found-late.md', 'restore-user --from-file');
    await type('found-late.md', 'import --to', { values: { NEW_POOL: await newPool(PRIMARY) }, mayFail: true });
  });

  step('16.4: an upgrade', async () => {
    await typeBlock('upgrade.md', blocksOf('upgrade.md')[0] ?? '');
    await type('upgrade.md', 'deploy --stack');
    expect(await type('upgrade.md', 'verify')).to.include('complete');
  });

  step('16.4: the Region is down', async () => {
    const target = await newPool(SECONDARY);
    // The local cloud knows no branding, risk and terms: that they are missing is told, and the command ends with 3.
    expect(await type('region-down.md', 'new-pool', { values: { SECONDARY }, mayFail: true })).to.match(
      /is made|has every/,
    );
    await type('region-down.md', 'NEW_POOL=', { values: { NEW_POOL: target } });
    await type('region-down.md', 'status --region', { mayFail: true });
    expect(await type('region-down.md', '--tps 25', { mayFail: true })).to.match(/users/);
  });

  step('17.7: a vault in another account', async () => {
    const { accessKeyId, secretAccessKey } = cloud.credentials;
    const keys = (id: string, secret: string): string =>
      `export AWS_ACCESS_KEY_ID=${id} AWS_SECRET_ACCESS_KEY=${secret}`;
    await run(keys(VAULT_ACCOUNT, 'any'));
    await type('account-lost.md', 'create-bucket', { values: { SOURCE_ACCOUNT: accessKeyId } });
    await type('account-lost.md', 'put-bucket-policy');
    await type('account-lost.md', 'put-bucket-lifecycle-configuration');
    await run(keys(accessKeyId, secretAccessKey));
    await type('account-lost.md', '--vault-account-id');
    // Amazon S3 copies what is written from now on.
    await run('cognito-user-profiles-export export');
    const target = await newPool(PRIMARY);
    const dryRun = { values: { NEW_POOL: target }, mayFail: true };
    expect(await type('account-lost.md', '--dry-run', dryRun)).to.include(
      'must let the functions of this launch read it',
    );
    await run(keys(VAULT_ACCOUNT, 'any'));
    await letIn(accessKeyId);
    await run(keys(accessKeyId, secretAccessKey));
    const tried = await type('account-lost.md', '--dry-run', dryRun);
    expect(tried).to.match(/by import jobs +\d\d/);
    await type('account-lost.md', '--tps 25', { mayFail: true });
    expect(
      (await cognitoIn(cloud, PRIMARY).send(new ListUsersCommand({ UserPoolId: target }))).Users,
    ).to.have.length.above(40);
  });

  step('17.8: from the retired solution', async () => {
    const items = (await users()).map((user) =>
      legacyUser(
        {
          sub: attribute(user, 'sub'),
          username: user.Username ?? '',
          attributes: Object.fromEntries((user.Attributes ?? []).map(({ Name = '', Value = '' }) => [Name, Value])),
          enabled: user.Enabled === true,
          status: user.UserStatus ?? '',
          created: '',
          modified: '',
        },
        user.Username ?? '',
      ),
    );
    await makeLegacyTable(cloud.clientConfig(PRIMARY), RETIRED_TABLE, [legacyTime(), ...items]);
    await type('from-the-retired-solution.md', 'deploy');
    const values = { RETIRED_TABLE };
    expect(await type('from-the-retired-solution.md', 'RETIRED_TABLE=', { values })).to.match(/users +\d\d/);
    const printed = await type('from-the-retired-solution.md', 'adopt --table $RETIRED_TABLE --yes');
    const [, adopted = ''] = /run +(\d{8}T\d{6}Z-[0-9a-f]{8})/.exec(printed) ?? [];
    const [snapshot = ''] = /s3:\/\/\S+\/adopted\//.exec(printed) ?? [];
    await type('from-the-retired-solution.md', 'ADOPTED=', { values: { ADOPTED: adopted } });
    await type('from-the-retired-solution.md', 'delete-stack');
    const target = await newPool(PRIMARY);
    const tried = await type('from-the-retired-solution.md', 'NEW_POOL=', {
      values: { NEW_POOL: target, SNAPSHOT: snapshot },
      mayFail: true,
    });
    expect(tried).to.match(/by import jobs +\d\d/);
    await type('from-the-retired-solution.md', '--tps 25', { mayFail: true });
    expect(
      (await cognitoIn(cloud, PRIMARY).send(new ListUsersCommand({ UserPoolId: target }))).Users,
    ).to.have.length.above(40);
  });

  step('16.4: the pool was deleted, and the restore ended partial', async () => {
    const confirmed = (await users()).filter(
      ({ UserStatus = '' }) => !['EXTERNAL_PROVIDER', 'UNCONFIRMED'].includes(UserStatus),
    );
    await cognitoIn(cloud, PRIMARY).send(new DeleteUserPoolCommand({ UserPoolId: pool }));
    restored = await newPool(PRIMARY);
    await type('pool-deleted.md', 'runs');
    expect(await type('pool-deleted.md', 'new-pool', { mayFail: true })).to.match(/is made|has every/);
    await type('pool-deleted.md', '--dry-run', { values: { NEW_POOL: restored }, mayFail: true });
    await type('pool-deleted.md', '--tps 25', { mayFail: true });
    await type('pool-deleted.md', 'failures.csv', { mayFail: true });
    expect((await cognitoIn(cloud, PRIMARY).send(new ListUsersCommand({ UserPoolId: restored }))).Users).to.have.length(
      confirmed.length,
    );
    await type('import-partial.md', 'failures.csv');
    await type('import-partial.md', 'import --to', { mayFail: true });
  });

  step('16.4: a second pool, and its end', async () => {
    const second = restored === '' ? await newPool(PRIMARY) : restored;
    await type('second-pool.md', 'SECOND_POOL=', { values: { SECOND_POOL: second } });
    expect(await type('uninstall.md', '--stack SecondBackup --yes')).to.include('SecondBackup');
    await type('uninstall.md', '--delete-data');
    const { tables } = await inventory(cloud.clientConfig, PRIMARY);
    expect(tables.filter((name) => name.startsWith('SecondBackup'))).to.deep.equal([]);
  });

  step('16.4: every block was typed', () => {
    for (const page of [
      'README.md',
      'pool-deleted.md',
      'region-down.md',
      'account-lost.md',
      'one-user.md',
      'bulk-change.md',
      'found-late.md',
      'import-partial.md',
      'freshness-alarm.md',
      'upgrade.md',
      'second-pool.md',
      'from-the-retired-solution.md',
      'drill.md',
      'uninstall.md',
    ])
      expect(
        blocksOf(page).filter((block) => typed.get(page)?.has(block) !== true),
        page,
      ).to.deep.equal([]);
    return Promise.resolve();
  });
});
