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
      settings: PLAIN_SETTINGS,
      header: HEADER.filter((name) => name !== 'custom:team'),
      usage: { 'custom:team': 4, 'custom:age': 1 },
    });
    expect(findings).to.have.length(1);
    expect(findings[0]).to.include('custom:age (1 user), custom:team (String, length 1 to 20, 4 users)');
  });

  it('C15: names missing and mistyped attributes that users hold in one message, and which can never be set later', () => {
    const age = { ...TEAM, name: 'custom:age', mutable: false, type: 'Number', min: '18', max: '99' } as const;
    const source = { ...SOURCE, schema: [...SOURCE.schema, age] };
    const result = look({
      settings: withTeam({ type: 'Number' }),
      source,
      usage: { email: 10, 'custom:team': 4, 'custom:age': 3 },
    });
    expect(result.findings).to.have.length(2);
    expect(result.findings.join()).to.match(
      /custom:age \(Number, 18 to 99, immutable, 3 users\).*never later.*custom:team has the type Number, the backup holds String/,
    );
    expect(look({ settings: withTeam({ type: 'Number' }), usage: { email: 10 } }).findings).to.deep.equal([]);
  });

  it('C15: takes an attribute of the schema that is no column of the CSV, and notes that its users are created one by one', () => {
    const developer = { ...TEAM, name: 'dev:custom:team' };
    const settings = { ...SOURCE, schema: [...SOURCE.schema, developer] };
    const { findings, notes } = look({ settings, source: settings, usage: { email: 10, 'dev:custom:team': 4 } });
    expect(findings).to.deep.equal([]);
    expect(notes).to.have.length(1);
    expect(notes[0]).to.match(/dev:custom:team is no column.*4 users are created one by one/);
  });

  it('C15: notes narrower bounds, whatever they would do to single values; wider ones are nothing to say', () => {
    for (const narrower of [{ max: '10' }, { min: '5' }]) {
      const { findings, notes } = look({ settings: withTeam(narrower) });
      expect(findings).to.deep.equal([]);
      expect(notes).to.have.length(1);
      expect(notes[0]).to.match(/custom:team allows .* in the new pool, 1 to 20 in the old one/);
    }
    const wider = look({ settings: withTeam({ min: '0', max: '2048' }) });
    expect(wider).to.deep.equal({ findings: [], notes: [] });
    expect(look({ settings: withTeam({ max: '10' }), usage: { email: 10 } }).notes).to.deep.equal([]);
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
      settings: withTeam({ mutable: false }, { caseSensitive: true }),
    });
    expect(findings).to.deep.equal([]);
    expect(notes).to.have.length(2);
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
