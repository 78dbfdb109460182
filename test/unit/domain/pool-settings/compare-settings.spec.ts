import { expect } from 'chai';
import { compareSettings } from '../../../../source/domain/pool-settings/recreate/compare-settings.ts';
import type {
  KnownOfMade,
  SettingDifference,
} from '../../../../source/domain/pool-settings/recreate/compare-settings.ts';
import type { KeptSettings } from '../../../../source/domain/pool-settings/shape.ts';
import { keptSettings } from '../../../support/pool-settings/kept-settings.ts';

const KEPT = keptSettings({ leftOut: [] });
const compared = (
  made: Partial<KeptSettings>,
  by: Partial<KnownOfMade> = {},
  kept: KeptSettings = KEPT,
): readonly SettingDifference[] =>
  compareSettings(kept, { ...kept, ...made }, { omissions: [], clientIds: new Map(), ...by });
const withPool = (over: object): Partial<KeptSettings> => ({ pool: { ...KEPT.pool, ...over } });

describe('comparison of kept settings with those of a pool', () => {
  it('17.5: has nothing to say about equal ones, whatever the order of what has none', () => {
    expect(compared({})).to.deep.equal([]);
    const kept = keptSettings({ ...withPool({ AutoVerifiedAttributes: ['email', 'phone_number'] }), leftOut: [] });
    expect(
      compared({ pool: { ...kept.pool, AutoVerifiedAttributes: ['phone_number', 'email'] } }, {}, kept),
    ).to.have.length(0);
  });

  it('17.5: names each single setting with both values', () => {
    const [difference, ...more] = compared({ mfa: { MfaConfiguration: 'ON' } });
    expect(more).to.have.length(0);
    expect(difference).to.include({ setting: 'mfa.MfaConfiguration', kept: 'OFF', made: 'ON', expected: false });
    expect(compared(withPool({ LambdaConfig: {} })).map(({ setting }) => setting)).to.deep.equal([
      'pool.LambdaConfig.PreSignUp',
    ]);
    const [unknown] = compared(withPool({ UserPoolTier: 'ESSENTIALS' }));
    expect(unknown?.why).to.match(/by itself/);
  });

  it('17.5: says of an omission why, and takes ids for granted', () => {
    const omissions = [
      { setting: 'pool.LambdaConfig', why: 'It lies elsewhere.' },
      { setting: 'pool.Name', why: 'So asked.', expected: true as const },
    ];
    const found = compared(
      { poolId: 'us-east-1_new', ...withPool({ Id: 'us-east-1_new', Name: 'again', LambdaConfig: {} }) },
      { omissions },
    );
    expect(found.map(({ setting, why, expected }) => [setting, why, expected])).to.deep.equal([
      ['poolId', 'Every pool has an id of its own.', true],
      ['pool.Id', 'Every pool has an id of its own.', true],
      ['pool.Name', 'So asked.', true],
      ['pool.LambdaConfig.PreSignUp', 'It lies elsewhere.', false],
    ]);
    // A setting whose name only begins alike is another one.
    expect(compared(withPool({ NameToo: 1 }), { omissions }).at(0)?.expected).to.equal(false);
  });

  it('17.5: clients are the same under new ids, with what belongs to them', () => {
    const now = 'newclient';
    const clientIds = new Map([['1example23456789', now]]);
    const renamed = <T extends object>(all: readonly T[]): T[] => all.map((one) => ({ ...one, ClientId: now }));
    const made = {
      clients: renamed(KEPT.clients),
      managedLoginBranding: renamed(KEPT.managedLoginBranding),
      terms: renamed(KEPT.terms),
    };
    expect(compared(made, { clientIds })).to.deep.equal([]);
    const [difference] = compared(
      { ...made, clients: [{ ...made.clients[0], ClientId: now, ClientName: 'x' }] },
      { clientIds },
    );
    expect(difference?.setting).to.equal('clients[1example23456789].ClientName');
    expect(compared({ ...made, clients: [] }, { clientIds }).map(({ setting }) => setting)).to.include(
      'clients[1example23456789]',
    );
  });

  it('17.5: what no look could read is said to be unknown', () => {
    const kept = keptSettings({ leftOut: [{ part: 'identityProviders/Google', reason: 'AccessDeniedException' }] });
    const [difference] = compared(
      { identityProviders: [] },
      {},
      { ...kept, identityProviders: KEPT.identityProviders },
    );
    expect(difference?.why).to.match(/not in the backup.*AccessDenied/);
  });

  it('17.5: an attribute of the schema that changed its place is told', () => {
    const schema = ['email', 'name'].map((Name) => ({ Name, AttributeDataType: 'String' }));
    const kept = keptSettings({ ...withPool({ SchemaAttributes: schema }), leftOut: [] });
    const found = compared({ pool: { ...kept.pool, SchemaAttributes: schema.toReversed() } }, {}, kept);
    expect(found.map(({ setting }) => setting)).to.deep.equal(['pool.SchemaAttributes (order)']);
  });

  it('17.5: an older name of a setting is no other setting', () => {
    const kept = keptSettings({
      ...withPool({ EmailVerificationMessage: '{####}..', AdminCreateUserConfig: { UnusedAccountValidityDays: 7 } }),
      leftOut: [],
    });
    const pool = {
      ...KEPT.pool,
      VerificationMessageTemplate: { EmailMessage: '{####}..' },
      Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 7 } },
    };
    expect(compared({ pool }, {}, kept)).to.deep.equal([]);
  });
});
