import { expect } from 'chai';
import { LATEST_KEY, manifestIn, manifestKey, runIdIn } from '../../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../../source/domain/backup/manifest.ts';
import { Fault } from '../../../../source/domain/errors.ts';
import { readPoolSettings } from '../../../../source/domain/pool-settings/kept.ts';
import { SETTINGS_PARTS } from '../../../../source/domain/pool-settings/shape.ts';
import type { KeptSettings } from '../../../../source/domain/pool-settings/shape.ts';
import { readSnapshotManifest } from '../../../../source/domain/backup/snapshot/read.ts';
import type { SettingsOperation } from '../../../../source/domain/ports.ts';
import { ExportRunner, POOL_ID } from '../../../support/export/export-runner.ts';
import type { ExportOptions } from '../../../support/export/export-runner.ts';
import { configuredPool, SECRETS } from '../../../support/pool-settings/shown-configuration.ts';
import { addUsers } from '../../../support/world/builders.ts';
import { World } from '../../../support/world/world.ts';
import { CognitoException } from '../../../../tools/simulation/cognito/exception.ts';
import { withClients } from '../../../../tools/simulation/cognito/settings-reader.ts';

const HOUR_MS = 3_600_000;

function poolWithSettings(options: ExportOptions = {}) {
  const world = new World();
  addUsers(world.pool(POOL_ID), 3);
  const configured = configuredPool(POOL_ID);
  world.settings.configurations.set(POOL_ID, configured.shown);
  const runner = new ExportRunner(world, { keepSettings: true, ...options });
  const sealed = (): Manifest => {
    const runId = runIdIn(world.table.peek(LATEST_KEY)) as string;
    return manifestIn(world.table.peek(manifestKey(runId)) as never);
  };
  const kept = async (): Promise<KeptSettings> => {
    const settings = await readPoolSettings({ table: world.table }, sealed());
    return settings as KeptSettings;
  };
  /** Runs an export, and gives the operations by which it asked. */
  const asked = async (): Promise<string[]> => {
    const before = world.calls.log.length;
    await runner.run();
    const calls = world.calls.log.slice(before).map(({ call }) => call);
    return calls.filter((call) => call.startsWith('settings.')).map((call) => call.slice(9));
  };
  return { world, configured, runner, sealed, kept, asked };
}

/** The operation of which a part consists, in the order of SETTINGS_PARTS. */
const OPERATION_OF: Readonly<Record<string, SettingsOperation>> = {
  mfa: 'GetUserPoolMfaConfig',
  clients: 'DescribeUserPoolClient',
  resourceServers: 'ListResourceServers',
  identityProviders: 'DescribeIdentityProvider',
  domain: 'DescribeUserPoolDomain',
  uiCustomization: 'GetUICustomization',
  managedLoginBranding: 'DescribeManagedLoginBrandingByClient',
  risk: 'DescribeRiskConfiguration',
  logDelivery: 'GetLogDeliveryConfiguration',
  terms: 'ListTerms',
};

describe('KeepSettings', () => {
  it('17.5: keeps everything that Cognito shows, for the table and the snapshot of the run', async () => {
    const { world, runner, sealed, kept } = poolWithSettings();
    await runner.run();
    const settings = await kept();
    expect(settings.pool).to.include({ Id: POOL_ID, Name: 'customers', Domain: 'customers' });
    expect(settings.pool).to.not.have.any.keys('Arn', 'CreationDate', 'LastModifiedDate', 'EstimatedNumberOfUsers');
    expect(settings.clients.map(({ ClientName }) => ClientName)).to.deep.equal(['web', 'mobile']);
    expect(settings.clients.map(({ GeneratedSecret }) => GeneratedSecret)).to.deep.equal([true, undefined]);
    expect(settings.identityProviders).to.have.length(2);
    expect(settings.resourceServers).to.deep.equal([{ Identifier: 'orders', Name: 'Orders' }]);
    expect(settings.domain).to.deep.equal({ Domain: 'customers', ManagedLoginVersion: 2 });
    // Cognito answers with the pool's style sheet for each client that has none.
    expect(settings.uiCustomization).to.deep.equal([{ ClientId: 'ALL', CSS: '.banner {}' }]);
    expect(settings.managedLoginBranding.map(({ ClientId }) => ClientId)).to.deep.equal(['1webclient']);
    expect(settings.risk).to.have.length(1);
    expect(settings.logDelivery).to.have.property('LogConfigurations');
    expect(settings.terms.map(({ TermsName }) => TermsName)).to.deep.equal(['terms-of-use']);
    expect(settings.tags).to.deep.equal({ team: 'identity' });
    expect(Object.keys(settings.triggers)).to.deep.equal(['PreSignUp', 'PreTokenGenerationConfig']);
    expect(settings.leftOut).to.deep.equal([]);
    const closed = await readSnapshotManifest(world.objects, sealed().runId);
    expect(await readPoolSettings({ objects: world.objects }, closed as Manifest)).to.deep.equal(settings);
  });

  it('17.5: stores no secret, neither in the table nor in any object', async () => {
    const { world, runner } = poolWithSettings();
    await runner.run();
    const objects = [...world.objects.stored.keys()].map((key) =>
      Buffer.from(world.objects.stored.get(key)?.body ?? []),
    );
    const { gunzipSync } = await import('node:zlib');
    const texts = [
      JSON.stringify(world.table.all()),
      ...world.table
        .all()
        .flatMap(({ content }) => (typeof content === 'string' ? [unpacked(Buffer.from(content, 'base64'))] : [])),
      ...objects.map(unpacked),
      world.log.lines.join('\n'),
    ];
    function unpacked(bytes: Buffer): string {
      return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes).toString() : bytes.toString();
    }
    expect(texts.join('')).to.include('team_id');
    for (const secret of SECRETS) expect(texts.join('').includes(secret), secret).to.equal(false);
  });

  it('17.5: a part that may not be read is left out, named, and the export is complete', async () => {
    expect([...Object.keys(OPERATION_OF), 'customDomain']).to.have.members([...SETTINGS_PARTS]);
    for (const reason of ['AccessDeniedException', 'UnknownOperationException'])
      for (const [part, operation] of Object.entries(OPERATION_OF)) {
        const { world, runner, kept, sealed } = poolWithSettings();
        world.settings.refusals.set(operation, reason);
        await runner.run();
        const settings = await kept();
        expect(settings.leftOut, part).to.deep.equal([{ part, reason }]);
        expect(sealed().settings?.leftOut, part).to.equal(1);
        const value = settings[part as keyof KeptSettings];
        expect(value === undefined || (value as readonly unknown[]).length === 0, part).to.equal(true);
      }
  });

  it('17.5: what Cognito refuses of a single client is left out alone', async () => {
    const { world, configured, runner, kept } = poolWithSettings();
    world.settings.configurations.set(POOL_ID, (operation, input) => {
      if (operation === 'DescribeUserPoolClient' && input.ClientId === '2mobileclient') throw invalid();
      return configured.shown(operation, input);
    });
    await runner.run();
    const { clients, leftOut } = await kept();
    expect(clients.map(({ ClientId }) => ClientId)).to.deep.equal(['1webclient']);
    expect(leftOut).to.deep.equal([{ part: 'clients/2mobileclient', reason: 'InvalidParameterException' }]);
  });

  it('17.5: a pool that has nothing of a kind is whole', async () => {
    const { configured, runner, kept } = poolWithSettings();
    Object.assign(configured.state, { risk: undefined, logs: [], clients: [], terms: [] });
    await runner.run();
    const settings = await kept();
    expect(settings.leftOut).to.deep.equal([]);
    expect([settings.clients, settings.risk, settings.terms]).to.deep.equal([[], [], []]);
    expect(settings).to.not.have.property('logDelivery');
  });

  it('17.5: describes each client once a day, and what has a date only when that has moved', async () => {
    const { world, configured, asked, kept } = poolWithSettings();
    const perClient = ['DescribeUserPoolClient', 'DescribeManagedLoginBrandingByClient'];
    const dated = ['DescribeIdentityProvider', 'DescribeTerms'];
    const countsOf = (calls: readonly string[], names: readonly string[]): number[] =>
      names.map((name) => calls.filter((call) => call === name).length);
    const first = await asked();
    expect(countsOf(first, [...perClient, ...dated])).to.deep.equal([2, 2, 2, 1]);
    const before = await kept();

    await world.clock.sleep(HOUR_MS);
    const sameDay = await asked();
    expect(countsOf(sameDay, [...perClient, ...dated])).to.deep.equal([0, 0, 0, 0]);
    expect(await kept()).to.deep.equal(before);

    await world.clock.sleep(HOUR_MS);
    configured.state.clients.push({ ClientId: '3newclient', ClientName: 'new' });
    Object.assign(configured.state.providers[0] ?? {}, {
      IdpIdentifiers: ['g'],
      LastModifiedDate: '2026-02-02T00:00:00.000Z',
    });
    expect(countsOf(await asked(), [...perClient, ...dated])).to.deep.equal([1, 1, 1, 0]);
    expect((await kept()).clients).to.have.length(3);

    await world.clock.sleep(24 * HOUR_MS);
    expect(countsOf(await asked(), [...perClient, ...dated])).to.deep.equal([3, 3, 0, 0]);
  });

  it('17.5: names what changed since the last run, without values, and takes away what no run names any more', async () => {
    const { world, configured, runner, sealed } = poolWithSettings();
    await runner.run();
    expect(sealed().settings).to.not.have.property('changed');
    await world.clock.sleep(25 * HOUR_MS);
    await runner.run();
    expect(sealed().settings?.changed).to.deep.equal({ count: 0, names: [] });
    const hash = sealed().settings?.hash;

    await world.clock.sleep(25 * HOUR_MS);
    Object.assign(configured.state.pool, {
      Policies: { PasswordPolicy: { MinimumLength: 8 } },
      EmailVerificationMessage: 'a long text {####}',
    });
    configured.state.clients.pop();
    configured.state.providers.push({ ProviderName: 'Okta', ProviderType: 'SAML' });
    await runner.run();
    expect(sealed().settings?.changed).to.deep.equal({
      count: 4,
      names: [
        'app client mobile (2mobileclient): gone',
        'identity provider Okta: new',
        'EmailVerificationMessage',
        'Policies.PasswordPolicy.MinimumLength',
      ],
    });
    const items = world.table.all().filter(({ id }) => id.startsWith('SETTINGS#'));
    expect(new Set(items.map(({ id }) => id))).to.deep.equal(new Set([`SETTINGS#${sealed().settings?.hash ?? ''}`]));
    expect(sealed().settings?.hash).to.not.equal(hash);
  });

  it('17.5: a run that could not ask keeps the settings of the last one, and says so', async () => {
    const { world, runner, sealed, kept } = poolWithSettings();
    await runner.run();
    const before = await kept();
    await world.clock.sleep(HOUR_MS);
    await new ExportRunner(world).run();
    expect(sealed().settings).to.include({ carriedOver: true });
    expect(await kept()).to.deep.equal(before);
    await world.clock.sleep(HOUR_MS);
    world.settings.refusals.set('DescribeUserPool', 'AccessDeniedException');
    await runner.run();
    expect(sealed().settings).to.include({ carriedOver: true });
    world.settings.refusals.clear();
    await world.clock.sleep(HOUR_MS);
    await runner.run();
    expect(sealed().settings).to.not.have.property('carriedOver');
  });

  it('17.5: is cut off at every call, and the next invocation goes on', async () => {
    const whole = poolWithSettings();
    await whole.runner.run();
    const expected = await whole.kept();
    for (let nth = 1; ; nth += 1) {
      const { world, runner, kept } = poolWithSettings();
      const { runId } = await runner.open();
      world.calls.killAt(nth, nth % 2 === 0 ? 'after' : 'before');
      const cutOff = await runner.keepSettings(runId).then(
        () => false,
        () => true,
      );
      world.calls.revive();
      await runner.keepSettings(runId);
      await runner.listAll(runId);
      await runner.cleanUp(runId);
      expect(await kept(), `killed at call ${nth}`).to.deep.equal({ ...expected, takenAt: (await kept()).takenAt });
      if (!cutOff) break;
    }
  });

  it('17.5: 300 clients are read slice by slice, and no client twice', async () => {
    const { world, configured, runner, kept } = poolWithSettings({ invocationMs: 90_000 });
    world.settings.configurations.set(POOL_ID, withClients(configured.shown, 300));
    world.calls.latencies['settings'] = 300;
    await runner.run();
    expect((await kept()).clients).to.have.length(300);
    expect(world.calls.countOf('settings.DescribeUserPoolClient')).to.equal(300);
    expect(world.calls.countOf('settings')).to.be.below(4 * 300 + 30);
  });

  it('17.5: a service that fails is asked again by the next invocation, and nothing is left out for it', async () => {
    const { world, runner, kept } = poolWithSettings();
    world.calls.fail({
      call: 'settings.DescribeRiskConfiguration',
      error: () => new Fault('ServiceError', 'InternalErrorException'),
    });
    const { runId } = await runner.open();
    const failed = await runner.keepSettings(runId).catch((error: unknown) => (error as Error).name);
    expect(failed).to.equal('ServiceError');
    await runner.keepSettings(runId);
    await runner.listAll(runId);
    await runner.cleanUp(runId);
    expect((await kept()).leftOut).to.deep.equal([]);
  });
});

const invalid = (): Error => new CognitoException('InvalidParameterException', 'It cannot be shown.');
