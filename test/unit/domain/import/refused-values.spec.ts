import { expect } from 'chai';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addGroups, aUser } from '../../../support/world/builders.ts';
import { PLAIN_SETTINGS } from '../../../../tools/simulation/cognito/settings.ts';

const verified = (name: string, more: Record<string, string> = {}): Record<string, string> => ({
  email: `${name}@example.test`,
  email_verified: 'true',
  ...more,
});

describe('E19: a value that Cognito would refuse', () => {
  const schema = [
    ...PLAIN_SETTINGS.schema.map((entry) => (entry.name === 'given_name' ? { ...entry, max: '20' } : entry)),
    { name: 'custom:age', type: 'Number' as const, mutable: true, required: false, min: '0', max: '150' },
    { name: 'custom:code', type: 'String' as const, mutable: false, required: false, min: '2', max: '4' },
    { name: 'custom:flag', type: 'Boolean' as const, mutable: true, required: false },
    { name: 'custom:when', type: 'DateTime' as const, mutable: true, required: false },
  ];
  const BAD: readonly (readonly [string, string])[] = [
    ['phone_number', '5555550101'],
    ['phone_number', '+1 555 555 0101'],
    ['phone_number', '+1234567890123456'],
    ['website', 'x'.repeat(2_049)],
    ['given_name', 'x'.repeat(21)],
    ['birthdate', '2000-1-1'],
    ['updated_at', 'yesterday'],
    ['custom:age', '151'],
    ['custom:age', 'old'],
    ['custom:code', 'x'],
    ['custom:code', 'xxxxx'],
    ['custom:flag', 'perhaps'],
    ['custom:when', 'some day'],
  ];

  it('costs the attribute: the user comes back by the import job, in the groups, and the dry run says so', async () => {
    const made = async (): Promise<RestoreWorld> => {
      const world = new RestoreWorld({ schema });
      BAD.forEach(([name, value], n) =>
        world.source.put(aUser({ username: `bad${n}`, attributes: verified(`bad${n}`, { [name]: value }) })),
      );
      addGroups(world.source, [BAD.length, BAD.length]);
      return world;
    };
    const dry = await (await made()).planned({ dryRun: true });
    const promised = dry.plan().counts;
    expect(promised).to.deep.include({ byCsv: BAD.length, oneByOne: 0, excluded: 0, withLosses: BAD.length });
    const world = await (await made()).planned();
    expect(world.plan().counts).to.deep.equal(promised);
    const outcome = await world.execute();
    expect(outcome.outcome).to.equal('partial');
    expect(outcome.counts).to.include({
      usersRestored: promised.byCsv + promised.oneByOne,
      usersCreatedOneByOne: promised.oneByOne,
      usersExcluded: promised.excluded,
      usersWithoutAttribute: promised.withLosses,
      membershipsMissing: 0,
    });
    expect(differences(world.source, world.target)).to.deep.equal(BAD.map(([name], n) => `bad${n}: ${name}`));
    BAD.forEach(([name, value], n) => {
      const row = new RegExp(`,bad${n},,"?BadAttribute: .*,(.*),different: ${name}\n`);
      expect(world.report('failures.csv')).to.match(row).and.not.contain(`"${value}"`);
      expect(dry.report('failures.csv').match(row)?.[1]).to.equal('would be restored without it');
    });
  });

  it('costs the proof with the address, and the user only where the pool cannot have it without', async () => {
    const world = new RestoreWorld({
      aliasAttributes: [],
      schema: schema.map((entry) => (entry.name === 'nickname' ? { ...entry, required: true, max: '5' } : entry)),
    });
    world.source.put(
      aUser({ username: 'lost', attributes: { email: 'nowhere', email_verified: 'true', nickname: 'n' } }),
    );
    world.source.put(aUser({ username: 'needed', attributes: verified('needed', { nickname: 'too long' }) }));
    await world.planned();
    expect(world.plan().counts).to.deep.include({ byCsv: 0, oneByOne: 1, excludedBy: { BadAttribute: 1 } });
    const outcome = await world.execute();
    expect(outcome.counts).to.include({ usersRestored: 1, usersExcluded: 1, usersWithoutAttribute: 1 });
    expect(world.target.find('lost')?.attributes).to.not.have.any.keys('email', 'email_verified');
    expect(world.report('failures.csv')).to.match(/,needed,,"?BadAttribute: nickname, which the pool needs/);
  });

  it('costs the user where it is the name at sign-in', async () => {
    const world = new RestoreWorld({
      usernameAttributes: ['phone_number'],
      autoVerifiedAttributes: ['phone_number'],
    });
    for (const phone of ['5555550101', '+15555550101'])
      world.source.put(aUser({ username: phone, attributes: { phone_number: phone, phone_number_verified: 'true' } }));
    await world.planned();
    expect(world.plan().counts).to.deep.include({ byCsv: 1, excludedBy: { BadAttribute: 1 } });
    expect((await world.execute()).counts).to.include({ usersRestored: 1, usersExcluded: 1 });
  });

  it('costs the user where it is a username that only an alias may look like', async () => {
    const world = new RestoreWorld({ aliasAttributes: ['email'] });
    world.source.put(aUser({ username: 'a@example.test' }));
    await world.planned();
    expect(world.plan().counts.excludedBy).to.deep.equal({ BadUsername: 1 });
  });
});
