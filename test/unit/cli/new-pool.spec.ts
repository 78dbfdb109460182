import { expect } from 'chai';
import { DESCRIBED_ATTRIBUTES } from '../../../tools/simulation/cognito/configuration/standard-attributes.ts';
import { COMMAND_ACTIONS } from '../../../source/domain/operator/command-actions.ts';
import type { KeptSettings } from '../../../source/domain/pool-settings/shape.ts';
import { keptSettings } from '../../support/pool-settings/kept-settings.ts';
import { aManifest } from '../../support/cli/a-manifest.ts';
import { awsError } from '../../support/cli/fake-clients.ts';
import { SETTINGS_NAME, snapshotKey } from '../../../source/domain/backup/snapshot/names.ts';
import { NewPoolCli, SEALED_RUN } from '../../support/cli/new-pool-cli.ts';

const custom = (Name: string): object => ({
  Name,
  AttributeDataType: 'String',
  DeveloperOnlyAttribute: false,
  Mutable: true,
  Required: false,
});
const ONE = '1example23456789';
const logo = (Category: string, bytes = 100) => ({
  Category,
  ColorMode: 'LIGHT',
  Extension: 'PNG',
  Bytes: Buffer.alloc(bytes, 1).toString('base64'),
});
/** More than one request takes. */
const LARGE = [
  {
    ClientId: ONE,
    Settings: { a: 1 },
    Assets: ['FORM_LOGO', 'PAGE_HEADER_LOGO', 'EMAIL_GRAPHIC'].map((name) => logo(name, 700_000)),
  },
];

/** A pool with one of everything, as it is described. */
const everything = (over: Partial<KeptSettings> = {}): KeptSettings =>
  keptSettings({
    pool: {
      Id: 'us-east-1_abcdefghi',
      Name: 'customers',
      UserPoolTier: 'PLUS',
      DeletionProtection: 'ACTIVE',
      MfaConfiguration: 'ON',
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      SchemaAttributes: [
        ...DESCRIBED_ATTRIBUTES,
        ...Array.from({ length: 35 }, (_, index) => custom(`custom:a${index}`)),
      ],
      UserPoolTags: { team: 'identity' },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
      LambdaConfig: { PreSignUp: 'arn:aws:lambda:us-east-1:111122223333:function:sign-up' },
      Domain: 'customers',
    },
    mfa: { MfaConfiguration: 'ON', SoftwareTokenMfaConfiguration: { Enabled: true } },
    clients: ['web', 'web', 'server'].map((ClientName, index) => ({
      ClientId: index === 0 ? ONE : `2example${index}`,
      ClientName,
      ...(index === 2 ? { GeneratedSecret: true } : {}),
      SupportedIdentityProviders: ['COGNITO', 'Google'],
      AllowedOAuthScopes: ['openid', 'orders/read'],
    })),
    managedLoginBranding: [
      {
        ClientId: ONE,
        Settings: { a: 1 },
        Assets: ['FORM_LOGO', 'PAGE_HEADER_LOGO', 'EMAIL_GRAPHIC'].map((name) => logo(name)),
      },
    ],
    terms: [
      {
        TermsId: 't1',
        ClientId: ONE,
        TermsName: 'terms-of-use',
        TermsSource: 'LINK',
        Enforcement: 'NONE',
        Links: { 'cognito:default': 'https://example.com/terms' },
      },
    ],
    logDelivery: {
      LogConfigurations: [
        {
          LogLevel: 'ERROR',
          EventSource: 'userNotification',
          CloudWatchLogsConfiguration: { LogGroupArn: 'arn:aws:logs:us-east-1:111122223333:log-group:pool' },
        },
      ],
    },
    leftOut: [],
    ...over,
  });
/** A pool of which a new one can have everything. */
const plain = (): KeptSettings => {
  const { Domain: _, LambdaConfig: __, ...pool } = everything().pool;
  return everything({ pool, domain: undefined as never, uiCustomization: [], triggers: {} });
};
const withoutUndefined = (settings: KeptSettings): KeptSettings => JSON.parse(JSON.stringify(settings)) as KeptSettings;
const command = ['new-pool', '--like-backup', '--with-clients'];
const shown = ({ out }: NewPoolCli): string => out.replaceAll(/\s+/g, ' ');

describe('command line: new-pool', () => {
  it('17.5: makes a pool like the backup, equal field by field, and says which client is which', async () => {
    const cli = new NewPoolCli({
      ...withoutUndefined(plain()),
      managedLoginBranding: LARGE,
    });
    expect(await cli.run(command), cli.out + cli.err).to.equal(0);
    const [made, ...more] = cli.madeIn();
    expect(more).to.have.length(0);
    expect(made?.pool).to.include({ Name: `customers-${cli.manifest.runId}`, MfaConfiguration: 'ON' });
    expect(made?.pool['UserPoolTags']).to.deep.equal({
      team: 'identity',
      CognitoUserProfilesExportNewPool: `Backup/${cli.manifest.runId}`,
    });
    expect(made?.clients).to.have.length(3);
    expect(made?.branding.at(0)?.['Assets']).to.have.length(3);
    const rows = (cli.files.get('clients.csv') ?? '').trim().split('\n');
    expect(rows.at(0)).to.equal('old_client_id,new_client_id');
    expect(rows.slice(1).map((row) => row.split(',')[0])).to.deep.equal([ONE, '2example1', '2example2']);
    expect(new Set(rows.slice(1).map((row) => row.split(',')[1])).size).to.equal(3);
    expect(shown(cli)).to.match(/has every setting that a new pool can have/);
    expect(shown(cli)).to.match(/By hand: Secrets of identity providers/);
    expect(shown(cli)).to.match(/import --to us-east-1_New/);
  });

  it('17.5: says every difference with its reason, and ends with 3 where something is missing', async () => {
    const cli = new NewPoolCli(everything());
    expect(await cli.run([...command, '--json'])).to.equal(3);
    const {
      outcome,
      differences,
      by_hand: tasks,
    } = cli.summary as {
      outcome: string;
      differences: { setting: string; why: string; expected: boolean }[];
      by_hand: { what: string; how: string[] }[];
    };
    expect(outcome).to.equal('partial');
    const missing = differences.filter(({ expected }) => !expected);
    expect(missing.map(({ setting }) => setting)).to.deep.equal([
      'domain.Domain',
      'domain.ManagedLoginVersion',
      'uiCustomization[ALL]',
    ]);
    for (const { why } of missing) expect(why).to.match(/domain/);
    expect(tasks.map(({ what }) => what)).to.include.members([
      'Permissions of Lambda triggers',
      'Domain',
      'At the identity providers',
      'Secrets of app clients',
      'Change in your application',
    ]);
    expect(tasks.flatMap(({ how }) => how).join()).to.include('lambda add-permission');
  });

  it('17.5: without --with-clients none is made, and none is missed', async () => {
    const cli = new NewPoolCli(withoutUndefined(plain()));
    expect(await cli.run(['new-pool', '--like-backup']), cli.out).to.equal(0);
    expect(cli.madeIn().at(0)?.clients).to.have.length(0);
    expect(cli.files.has('clients.csv')).to.equal(false);
  });

  it('17.5: in the backup Region what lies in the other one is left out and told', async () => {
    const cli = new NewPoolCli(everything());
    expect(await cli.run([...command, '--region', 'eu-west-1'])).to.equal(3);
    expect(cli.madeIn('us-east-1')).to.have.length(0);
    const [made] = cli.madeIn('eu-west-1');
    expect(made?.pool).to.not.have.property('LambdaConfig');
    expect(shown(cli)).to.match(/pool\.LambdaConfig\.PreSignUp .*It lies in us-east-1, and the new pool in eu-west-1/);
    cli.cloud.down.add('us-east-1');
    expect(await cli.run([...command, '--region', 'eu-west-1', '--name', 'another']), cli.err).to.equal(3);
    expect(cli.madeIn('eu-west-1')).to.have.length(2);
  });

  it('17.5: --dry-run makes nothing and tells what would be made', async () => {
    const cli = new NewPoolCli(everything());
    expect(await cli.run([...command, '--dry-run', '--save', 'settings.json'])).to.equal(0);
    expect(cli.madeIn()).to.have.length(0);
    expect(shown(cli)).to.match(
      /Would make the user pool customers-.* with 1 resource server, 1 identity provider, 3 app clients/,
    );
    expect(JSON.parse(cli.files.get('settings.json') ?? '')).to.deep.equal(everything());
  });

  it('17.5: killed at any call, or with any answer lost, the next call goes on with the same pool and makes nothing twice', async function () {
    this.timeout(120_000);
    const settings = withoutUndefined(plain());
    const whole = new NewPoolCli(settings);
    await whole.run(command);
    const { length } = whole.cloud.calls;
    const wanted = whole.madeIn().at(0);
    const same = (cli: NewPoolCli, what: string): void => {
      const pools = cli.madeIn();
      expect(pools, what).to.have.length(1);
      const [made] = pools;
      expect(made?.clients.map(({ ClientName }) => ClientName).sort(), what).to.deep.equal(['server', 'web', 'web']);
      expect(made?.branding.at(0)?.['Assets'], what).to.have.length(3);
      for (const part of ['servers', 'providers', 'branding', 'terms'] as const)
        expect(made?.[part].length, what).to.equal(wanted?.[part].length);
      expect(made?.mfa, what).to.deep.equal(wanted?.mfa);
      expect((made?.pool['SchemaAttributes'] as unknown[]).length).to.equal(
        (wanted?.pool['SchemaAttributes'] as unknown[]).length,
      );
    };
    for (let calls = 0; calls < length; calls += 1) {
      const cli = new NewPoolCli(settings);
      cli.cloud.callsLeft = calls;
      expect(await cli.run(command), `after ${calls} calls`).to.equal(5);
      cli.cloud.callsLeft = Infinity;
      const code = await cli.run(command);
      expect([0, 3], `after ${calls} calls`).to.include(code);
      same(cli, `killed after ${calls} calls`);
    }
    const changes = whole.cloud.calls.filter((call) => / (Create|Set|Add|Update)/.test(call)).length;
    for (let lost = 1; lost <= changes; lost += 1) {
      const cli = new NewPoolCli(settings);
      cli.loseAnswer(lost);
      expect(await cli.run(command), `answer ${lost}`).to.equal(5);
      expect(cli.err).to.match(lost === 1 ? /./ : /half made/);
      await cli.run(command);
      same(cli, `answer ${lost} lost`);
    }
  });

  it('17.5: a pool of that name that this command did not make is left alone', async () => {
    const cli = new NewPoolCli(everything());
    await cli.run([...command, '--name', 'mine']);
    const [made] = cli.madeIn();
    (made as { pool: Record<string, unknown> }).pool['UserPoolTags'] = {};
    const before = JSON.stringify(made);
    expect(await cli.run([...command, '--name', 'mine'])).to.equal(4);
    expect(cli.err.replaceAll(/\s+/g, ' ')).to.match(/this command has not made it.*--name/);
    expect(JSON.stringify(cli.madeIn().at(0))).to.equal(before);
    expect(cli.madeIn()).to.have.length(1);
  });

  it('17.5: a pool of that name that was deleted since it was listed is none', async () => {
    const cli = new NewPoolCli(withoutUndefined(plain()));
    const name = 'deleted-meanwhile';
    cli.cloud.on('ListUserPools', () => ({ UserPools: [{ Id: 'us-east-1_Deleted01', Name: name }] }));
    expect(await cli.run([...command, '--name', name]), cli.err).to.equal(0);
    expect(cli.madeIn()).to.have.length(1);
  });

  it('17.5: a refused part costs that part, and its reason is told', async () => {
    const cli = new NewPoolCli(withoutUndefined(plain()));
    cli.refused.set(
      'CreateIdentityProvider',
      awsError('InvalidParameterException', 'The issuer cannot be reached.', { $metadata: { httpStatusCode: 400 } }),
    );
    expect(await cli.run(command)).to.equal(3);
    expect(shown(cli)).to.match(/identityProviders\[Google\].*The issuer cannot be reached/);
    expect(shown(cli)).to.match(/SupportedIdentityProviders.*does not have these identity providers: Google/);
    expect(cli.madeIn().at(0)?.clients).to.have.length(3);
    cli.refused.clear();
    expect(await cli.run(command)).to.equal(3);
    expect(cli.madeIn().at(0)?.providers).to.have.length(1);
  });

  it('17.5: texts of mails that Cognito refuses are left out, not the pool', async () => {
    const settings = withoutUndefined(plain());
    const texts = { VerificationMessageTemplate: { EmailMessage: 'Code {####}', SmsMessage: 'Code {####}' } };
    const cli = new NewPoolCli({ ...settings, pool: { ...settings.pool, ...texts } });
    cli.cloud.on('CreateUserPool', (input, region) => {
      if (JSON.stringify(input).includes('EmailMessage'))
        throw awsError('InvalidParameterException', 'EmailMessage needs EmailSendingAccount DEVELOPER', {
          $metadata: { httpStatusCode: 400 },
        });
      return cli.pools.get(region)?.call('CreateUserPool', input);
    });
    expect(await cli.run(command)).to.equal(3);
    expect(shown(cli)).to.match(
      /VerificationMessageTemplate\.EmailMessage.*only where the pool sends by an SES identity/,
    );
  });

  it('17.5: a run is named by the beginning of its id, and read from its snapshot in whichever Region has it', async () => {
    const cli = new NewPoolCli(withoutUndefined(plain()));
    cli.items.clear();
    expect(await cli.run([...command, '--run', cli.manifest.runId.slice(0, 10)]), cli.err).to.equal(0);
    expect(cli.madeIn()).to.have.length(1);
    expect(await cli.run([...command, '--run', '1999'])).to.equal(6);
  });

  it('17.5: settings that the table of the Region has in part only are read from its snapshot', async () => {
    const cli = new NewPoolCli(withoutUndefined(plain()));
    const lose = (): void => {
      for (const key of cli.items.keys()) if (key.startsWith('eu-west-1 SETTINGS#')) cli.items.delete(key);
    };
    lose();
    expect(cli.items.size).to.be.above(0);
    expect(await cli.run([...command, '--region', 'eu-west-1', '--dry-run']), cli.err).to.equal(0);
    cli.put('eu-west-1', snapshotKey(cli.manifest.runId, SETTINGS_NAME), 'damaged');
    expect(await cli.run([...command, '--region', 'eu-west-1', '--dry-run'])).to.not.equal(0);
    expect(cli.err).to.include('SETTINGS#');
  });

  it('17.5: a run that has kept no settings, and a Region without a backup, are told before anything is made', async () => {
    const cli = new NewPoolCli(everything());
    cli.seal(aManifest(SEALED_RUN));
    expect(await cli.run(command)).to.equal(6);
    expect(cli.err).to.match(/has kept none/);
    expect(await cli.run(['new-pool'])).to.equal(2);
    expect(await cli.run([...command, '--name', 'no/slash'])).to.equal(2);
    expect(cli.madeIn()).to.have.length(0);
  });

  it('17.5: new-pool calls the actions that the operator policy is made of, and no other', async () => {
    const called = new Set<string>();
    const note = (cli: NewPoolCli): void => {
      for (const { action } of cli.cloud.inputs) called.add(action);
    };
    const cli = new NewPoolCli(everything({ managedLoginBranding: LARGE }));
    await cli.run(command);
    // Later the pool got its domain.
    const [made] = cli.madeIn();
    (made as { pool: Record<string, unknown> }).pool['Domain'] = 'customers';
    await cli.run([...command, '--run', cli.manifest.runId]);
    expect(made?.customization.size).to.equal(1);
    note(cli);
    const nowhere = new NewPoolCli(everything());
    nowhere.cloud.on('DescribeStacks', () => ({ Stacks: [] }));
    await nowhere.run(command);
    note(nowhere);
    const listed = (COMMAND_ACTIONS['new-pool'] ?? []).map(({ action }) => action.split(':')[1]);
    const asNamed = [...called].map((action) => (action === 'ListObjectsV2' ? 'ListBucket' : action));
    expect(asNamed.sort()).to.deep.equal(listed.sort());
  });
});
