import { expect } from 'chai';
import { assertPreflight, preflight } from '../../../../../source/domain/import/preflight/preflight.ts';
import type { PreflightFacts, PreflightResult } from '../../../../../source/domain/import/preflight/preflight.ts';
import type { PoolSettings, SchemaAttribute } from '../../../../../source/domain/model.ts';
import { PLAIN_SETTINGS } from '../../../../../tools/simulation/cognito/settings.ts';

const TEAM: SchemaAttribute = {
  name: 'custom:team',
  type: 'String',
  mutable: true,
  required: false,
  min: '1',
  max: '20',
};
const withTeam = (team: Partial<SchemaAttribute>, over: Partial<PoolSettings> = {}): PoolSettings => ({
  ...PLAIN_SETTINGS,
  ...over,
  schema: [...PLAIN_SETTINGS.schema, { ...TEAM, ...team }],
});
const SOURCE = withTeam({});
const HEADER = [
  ...PLAIN_SETTINGS.schema.map(({ name }) => name).filter((name) => name !== 'sub'),
  'custom:team',
  'cognito:mfa_enabled',
  'cognito:username',
];

const look = (over: Partial<PreflightFacts> = {}): PreflightResult =>
  preflight({
    poolId: 'us-west-2_New',
    settings: SOURCE,
    header: HEADER,
    source: SOURCE,
    users: 10,
    usage: { email: 10, 'custom:team': 4 },
    allowTriggers: false,
    ...over,
  });

describe('preflight', () => {
  it('has nothing to say about a pool like the old one', () => {
    expect(look()).to.deep.equal({ findings: [], notes: [] });
  });

  it('wants an auto-verified attribute', () => {
    expect(look({ settings: { ...SOURCE, autoVerifiedAttributes: [] } }).findings)
      .to.have.length(1)
      .and.to.match(/no auto-verified attribute/);
  });

  it('wants the same sign-in mode, whatever the order of attributes', () => {
    expect(look({ settings: { ...SOURCE, usernameAttributes: ['email'] } }).findings.join()).to.match(
      /username attributes are email, the backup needs none/,
    );
    expect(
      look({
        settings: { ...SOURCE, aliasAttributes: ['email', 'phone_number'] },
        source: { ...SOURCE, aliasAttributes: ['phone_number', 'email'] },
      }).findings,
    ).to.deep.equal([]);
    expect(look({ source: { ...SOURCE, aliasAttributes: ['phone_number'] } }).findings.join()).to.match(
      /alias attributes are none, the backup needs phone_number/,
    );
  });

  it('names every attribute that the pool lacks, with how many users have it', () => {
    const { findings } = look({
      header: HEADER.filter((name) => name !== 'custom:team'),
      usage: { 'custom:team': 4, 'custom:age': 1 },
    });
    expect(findings).to.have.length(1);
    expect(findings[0]).to.include('custom:age (1 users), custom:team (4 users)');
  });

  it('refuses another type, and bounds that are narrower; wider ones are fine', () => {
    expect(look({ settings: withTeam({ type: 'Number' }) }).findings.join()).to.match(
      /custom:team has the type Number, the backup holds String/,
    );
    expect(look({ settings: withTeam({ max: '10' }) }).findings.join()).to.match(
      /custom:team allows 1 to 10, the backup may hold 1 to 20/,
    );
    expect(look({ settings: withTeam({ min: '5' }) }).findings).to.have.length(1);
    expect(look({ settings: withTeam({ min: '0', max: '2048' }) }).findings).to.deep.equal([]);
    expect(look({ settings: withTeam({ max: '10' }), usage: { email: 10 } }).findings).to.deep.equal([]);
  });

  it('refuses a pool that requires what users do not have', () => {
    const required = {
      ...SOURCE,
      schema: SOURCE.schema.map((attribute) =>
        attribute.name === 'name' ? { ...attribute, required: true } : attribute,
      ),
    };
    expect(look({ settings: required, usage: { email: 10, name: 7 } }).findings.join()).to.match(
      /requires name, which 3 users/,
    );
    expect(look({ settings: required, usage: { email: 10, name: 10 } }).findings).to.deep.equal([]);
  });

  it('notes what differs without harm', () => {
    const { findings, notes } = look({
      settings: withTeam({ mutable: false }, { caseSensitive: true, mfaConfiguration: 'ON' }),
    });
    expect(findings).to.deep.equal([]);
    expect(notes).to.have.length(3);
  });

  it('never halts for triggers, but says what they mean', () => {
    const settings = { ...SOURCE, triggers: ['PostConfirmation', 'PreSignUp'] };
    expect(look({ settings }).findings).to.deep.equal([]);
    expect(look({ settings }).notes.join()).to.match(/\(PreSignUp\).*are left out/);
    expect(look({ settings, allowTriggers: true }).notes.join()).to.match(/as AllowTriggers asked/);
    expect(look({ settings: { ...SOURCE, triggers: ['PostConfirmation'] } }).notes).to.deep.equal([]);
  });

  it('halts with all findings in one message', () => {
    const result = look({ settings: { ...withTeam({ type: 'Number' }), autoVerifiedAttributes: [] } });
    expect(() => assertPreflight('us-west-2_New', result))
      .to.throw(/us-west-2_New cannot take this backup.*\(1\).*auto-verified.*\(2\).*custom:team/)
      .with.property('name', 'PreflightFailed');
    expect(() => assertPreflight('us-west-2_New', look())).not.to.throw();
  });
});
