import { expect } from 'chai';
import type { PoolSettings } from '../../../../source/domain/model.ts';
import { PLAIN_SETTINGS } from '../../../../tools/simulation/cognito/settings.ts';
import { plainConfiguration } from '../../../../tools/simulation/cognito/settings-reader.ts';
import { DrillWorld } from '../../../support/drill/drill-world.ts';
import { federatedUser, identities } from '../../../support/workflows/federated-world.ts';
import { SOURCE } from '../../../support/workflows/workflow-world.ts';
import { addGroups, addUsers, aGroup, aUser } from '../../../support/world/builders.ts';
import { putBoth, TWO_ADDRESSES } from '../../../support/world/two-addresses.ts';

const phone = (n: number): string => `+3460000${String(n).padStart(4, '0')}`;
const customs = (count: number): PoolSettings['schema'] =>
  Array.from({ length: count }, (_, n) => ({
    name: `custom:field${n}`,
    type: 'String' as const,
    mutable: n % 2 === 0,
    required: false,
    min: '0',
    max: '256',
  }));

/** The factors of a pool with MFA, as GetUserPoolMfaConfig shows them. */
const mfaOf =
  (mfaConfiguration: 'ON' | 'OPTIONAL', factors: object) =>
  (world: DrillWorld): void => {
    world.allowMfa = true;
    const { source } = world;
    source.settings = { ...source.settings, mfaConfiguration };
    world.settings.configurations.set(SOURCE, (operation, input) =>
      operation === 'GetUserPoolMfaConfig'
        ? { MfaConfiguration: mfaConfiguration, ...factors }
        : plainConfiguration(source)(operation, input),
    );
    addUsers(source, 40);
  };

const withSettings =
  (settings: Partial<PoolSettings>, fill: (world: DrillWorld) => void) =>
  (world: DrillWorld): void => {
    world.source.settings = { ...world.source.settings, ...settings };
    fill(world);
  };
const plainUsers = ({ source }: DrillWorld): void => void addUsers(source, 40);
const byPhone = ({ source }: DrillWorld): void => {
  for (let n = 0; n < 30; n += 1)
    source.put(aUser({ username: `id-${n}`, attributes: { phone_number: phone(n), phone_number_verified: 'true' } }));
};
const SMS = { SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::111122223333:role/sms', ExternalId: 'x' } };

/** Fills the source pool of every kind that an export takes. */
const KINDS: Readonly<Record<string, (world: DrillWorld) => void>> = {
  'MFA optional by authenticator app': mfaOf('OPTIONAL', { SoftwareTokenMfaConfiguration: { Enabled: true } }),
  'MFA required by authenticator app': mfaOf('ON', { SoftwareTokenMfaConfiguration: { Enabled: true } }),
  'MFA required by SMS only': mfaOf('ON', { SmsMfaConfiguration: SMS }),
  'MFA required by e-mail only': mfaOf('ON', { EmailMfaConfiguration: {} }),
  'e-mail and phone as sign-in names': withSettings(TWO_ADDRESSES, (world) => {
    world.allowMultipleUsernameAttributes = true;
    putBoth(world.source, 20);
  }),
  'e-mail as sign-in name': withSettings({ usernameAttributes: ['email'] }, ({ source }) => {
    for (let n = 0; n < 30; n += 1) {
      const { sub } = aUser({ username: `by-mail-${n}` });
      source.put(aUser({ username: sub, sub, attributes: { email: `u${n}@example.test`, email_verified: 'true' } }));
    }
  }),
  'phone number as sign-in name': withSettings(
    { usernameAttributes: ['phone_number'], autoVerifiedAttributes: ['phone_number'] },
    byPhone,
  ),
  'e-mail as alias': withSettings({ aliasAttributes: ['email'] }, plainUsers),
  'phone number and preferred name as aliases': withSettings(
    {
      aliasAttributes: ['phone_number', 'preferred_username'],
      autoVerifiedAttributes: ['phone_number'],
    },
    byPhone,
  ),
  'case-sensitive names': withSettings({ caseSensitive: true }, ({ source }) => {
    for (const username of ['Ana', 'ana', 'ANA', 'bo'])
      source.put(aUser({ username, attributes: { email: `${username}@example.test`, email_verified: 'true' } }));
  }),
  'users of providers, reported': (world) => {
    federated(world);
  },
  'users of providers, linked before they sign in': (world) => {
    world.federatedUsers = 'PRELINK';
    federated(world);
  },
  'roles of groups, reported': (world) => {
    addUsers(world.source, 30);
    for (const name of ['admins', 'staff']) {
      world.source.putGroup(aGroup({ name, roleArn: `arn:aws:iam::111122223333:role/${name}` }));
      world.source.join('user1', name);
    }
  },
  'roles of groups, by a map': (world) => {
    world.groupRoles = { mode: 'MAP', allowed: ['arn:aws:iam::111122223333:role/admins'] };
    addUsers(world.source, 30);
    world.source.putGroup(aGroup({ name: 'admins', roleArn: 'arn:aws:iam::111122223333:role/admins' }));
    world.source.join('user1', 'admins');
  },
  'fifty attributes of its own': withSettings({ schema: [...PLAIN_SETTINGS.schema, ...customs(50)] }, ({ source }) => {
    for (let n = 0; n < 30; n += 1) {
      const base = aUser({ username: `user${n}` });
      source.put({ ...base, attributes: { ...base.attributes, [`custom:field${n}`]: `value ${n}` } });
    }
  }),
  'required attributes': withSettings(
    {
      schema: PLAIN_SETTINGS.schema.map((attribute) =>
        attribute.name === 'name' ? { ...attribute, required: true } : attribute,
      ),
    },
    plainUsers,
  ),
  'attributes that cannot be changed, with limits, of every type': withSettings(
    {
      schema: [
        ...PLAIN_SETTINGS.schema,
        { name: 'custom:tenant', type: 'String', mutable: false, required: false, min: '2', max: '8' },
        { name: 'custom:level', type: 'Number', mutable: false, required: false, min: '-5', max: '5' },
        { name: 'custom:since', type: 'DateTime', mutable: true, required: false },
        { name: 'custom:beta', type: 'Boolean', mutable: true, required: false },
      ],
    },
    ({ source }) => {
      for (let n = 0; n < 30; n += 1) {
        const base = aUser({ username: `user${n}` });
        const custom = {
          'custom:tenant': `t${n}`,
          'custom:level': String((n % 11) - 5),
          'custom:since': '2026-03-01T00:00:00.000Z',
          'custom:beta': n % 2 === 0 ? 'true' : 'false',
        };
        source.put({ ...base, attributes: { ...base.attributes, ...(n % 3 === 0 ? {} : custom) } });
      }
    },
  ),
  'no address verified by the pool': withSettings({ autoVerifiedAttributes: [] }, plainUsers),
  'required attributes that some users lack': withSettings(
    {
      schema: PLAIN_SETTINGS.schema.map((attribute) =>
        attribute.name === 'name' || attribute.name === 'phone_number' ? { ...attribute, required: true } : attribute,
      ),
    },
    ({ source }) => {
      addUsers(source, 20);
      for (let n = 0; n < 10; n += 1) {
        const { name: _, ...attributes } = aUser({ username: `x${n}` }).attributes;
        source.put(aUser({ username: `without${n}`, attributes }));
      }
    },
  ),
  'names and aliases that differ only by case, of a pool that tells no case apart': withSettings(
    { aliasAttributes: ['email', 'preferred_username'], caseSensitive: false },
    ({ source }) => {
      for (let n = 0; n < 30; n += 1)
        source.put(
          aUser({
            username: n % 2 === 0 ? `user${n}` : `User${n}`,
            attributes: {
              email: `Mail${n}@Example.test`,
              email_verified: n % 3 === 0 ? 'false' : 'true',
              preferred_username: `Nick${n}`,
            },
          }),
        );
    },
  ),
  'users whom no row can carry, and unconfirmed ones': ({ source }) => {
    addUsers(source, 20, { disabled: 0.5 });
    for (const username of ['no-address', 'unproven'])
      source.put(aUser({ username, attributes: username === 'unproven' ? { email: 'x@example.test' } : {} }));
    source.put(aUser({ username: 'never-confirmed', status: 'UNCONFIRMED' }));
    source.put(aUser({ username: 'locked', status: 'FORCE_CHANGE_PASSWORD' }));
  },
};

const NO_MFA = ['mfa.MfaConfiguration', 'pool.MfaConfiguration'];
/** Cognito verifies phone numbers only in a pool that sends SMS. */
const BY_PHONE = ['pool.AutoVerifiedAttributes'];
/** What the pool of the drill does without. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  'e-mail and phone as sign-in names': BY_PHONE,
  'phone number as sign-in name': BY_PHONE,
  'phone number and preferred name as aliases': BY_PHONE,
  'MFA required by SMS only': ['mfa.SmsMfaConfiguration', ...NO_MFA],
  'MFA required by e-mail only': ['mfa.EmailMfaConfiguration', ...NO_MFA],
  'users of providers, reported': ['identityProviders'],
  'users of providers, linked before they sign in': ['identityProviders'],
};

function federated({ source, settings }: DrillWorld): void {
  const providers = ['Corp', 'Google'].map((ProviderName) => ({ ProviderName, ProviderType: 'OIDC' }));
  settings.configurations.set(SOURCE, (operation, input) => {
    if (operation === 'ListIdentityProviders') return { Providers: providers };
    if (operation !== 'DescribeIdentityProvider') return plainConfiguration(source)(operation, input);
    return { IdentityProvider: { ProviderName: input.ProviderName, ProviderType: 'OIDC', ProviderDetails: {} } };
  });
  addUsers(source, 10);
  source.put(federatedUser('Corp', 'Abc'));
  source.put(federatedUser('Google', 'x1', { attributes: { nickname: 'fox' } }));
  const linked = identities({ providerName: 'Corp', userId: 'lea' });
  source.put(
    aUser({ username: 'lea', attributes: { email: 'lea@example.test', email_verified: 'true', identities: linked } }),
  );
  for (const name of ['editors', `${SOURCE}_Corp`]) source.putGroup(aGroup({ name }));
  for (const name of ['editors', `${SOURCE}_Corp`]) source.join('corp_abc', name);
  source.join('lea', 'editors');
}

describe('17.6: the time that a restore of everybody would take', () => {
  it('17.6: counts users who have verified only a phone number by import job, although the pool of the drill makes them one by one', async () => {
    const world = new DrillWorld();
    world.source.settings = { ...world.source.settings, autoVerifiedAttributes: ['phone_number'] };
    for (let n = 0; n < 900; n += 1)
      world.source.put(
        aUser({ username: `id-${n}`, attributes: { phone_number: phone(n), phone_number_verified: 'true' } }),
      );
    world.source.put(aUser({ username: 'no-address', attributes: {} }));
    await world.export();
    const { output } = await world.drill({ Users: 100 });
    const { projectedSeconds, leftOut } = output as { projectedSeconds: number; leftOut: readonly string[] };
    expect(leftOut).to.deep.equal(BY_PHONE);
    const callsAlone = (2 * 900) / (25 * 0.91);
    expect(projectedSeconds).to.be.within(900 / 30, callsAlone - 1);
  });

  it('17.6: counts those whom no import job takes in any pool one by one', async () => {
    const world = new DrillWorld();
    world.source.settings = { ...world.source.settings, autoVerifiedAttributes: ['phone_number'] };
    for (let n = 0; n < 900; n += 1) world.source.put(aUser({ username: `id-${n}`, attributes: { name: `${n}` } }));
    await world.export();
    const { output } = await world.drill({ Users: 100 });
    expect((output as { projectedSeconds: number }).projectedSeconds).to.be.above((2 * 900) / (25 * 0.91));
  });
});

describe('17.6: a drill of every kind of pool that is backed up', () => {
  for (const [kind, fill] of Object.entries(KINDS))
    it(`17.6: ${kind}: restored, found the same, and nothing left behind`, async () => {
      const world = new DrillWorld();
      fill(world);
      addGroups(world.source, [5, 2]);
      const exported = await world.export();
      expect(exported, exported.cause).to.include({ status: 'SUCCEEDED' });
      const ended = await world.drill();
      expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
      expect(ended.output).to.include({ outcome: 'good' });
      const { settingsDiffer, leftOut } = ended.output as Readonly<Record<string, string[]>>;
      expect(settingsDiffer).to.deep.equal([]);
      expect(leftOut).to.deep.equal(LEFT_OUT[kind] ?? []);
      expect([world.drillPools, world.records]).to.deep.equal([[], []]);
    });
});
