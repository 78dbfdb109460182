import { expect } from 'chai';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';
import { userKey } from '../../../../source/domain/backup/items.ts';
import type { PoolSettings } from '../../../../source/domain/model.ts';
import type { TableItem } from '../../../../source/domain/ports.ts';
import { PLAIN_SETTINGS } from '../../../../tools/simulation/cognito/settings.ts';
import { rejection } from '../../../support/rejection.ts';

describe('One refusal costs one thing', () => {
  it('E15: a refused group costs this group and its memberships; it is named in the report only', async () => {
    const world = new RestoreWorld();
    addUsers(world.source, 40);
    for (const [index, name] of ['reds', 'greens', 'blues', 'canary', 'whites'].entries()) {
      world.source.putGroup({ name, description: name, precedence: index });
      for (let n = 0; n < 8; n += 1) world.source.join(`user${index * 8 + n}`, name);
    }
    await world.planned();
    world.writer.refuse = (call, name) =>
      call === 'createGroup' && name === 'canary' ? 'LimitExceededException' : undefined;
    const outcome = await world.execute('execution-1');
    expect(outcome.outcome).to.equal('partial');
    expect(outcome.counts).to.include({ usersRestored: 40, groupsMissingOrDifferent: 1, membershipsMissing: 8 });
    expect(differences(world.source, world.target)).to.deep.equal(['missing group canary']);
    // Nobody asks for a membership in a group that is not there.
    expect(world.calls.countOf('cognito.addUserToGroup')).to.equal(32);
    const rows = world.report('failures.csv').trim().split('\n').slice(1);
    expect(rows).to.have.length(9);
    for (const row of rows) expect(row).to.contain('GroupRefused: LimitExceededException').and.to.contain('canary');
    expect(JSON.parse(world.report('report.json'))).to.deep.include({ groupsMissingOrDifferent: ['canary'] });
    expect(world.log.lines.join() + JSON.stringify(outcome)).to.not.contain('canary');

    world.writer.refuse = () => undefined;
    expect((await world.execute('execution-2')).outcome).to.equal('complete');
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });

  it('E15: a refused description costs the description, not the group', async () => {
    const world = new RestoreWorld();
    addUsers(world.source, 5);
    world.source.putGroup({ name: 'wordy', description: 'x'.repeat(2_049), precedence: 3 });
    world.source.join('user1', 'wordy');
    await world.planned();
    const outcome = await world.execute();
    expect(outcome.outcome).to.equal('partial');
    expect(differences(world.source, world.target)).to.deep.equal(['group wordy']);
    expect(world.report('failures.csv')).to.contain('GroupRefused: InvalidParameterException');
  });

  const verified = (name: string, more: Record<string, string> = {}): Record<string, string> => ({
    email: `${name}@example.test`,
    email_verified: 'true',
    ...more,
  });

  describe('E17: an item that something else than an export changed', () => {
    /** Users u0, u1, ... in one group; their items are changed after the seal. */
    async function damaged(
      changes: readonly ((item: TableItem) => object)[],
      settings: Partial<PoolSettings> = {},
    ): Promise<{ readonly world: RestoreWorld; readonly subs: readonly string[] }> {
      const world = new RestoreWorld(settings);
      addUsers(world.source, 10, { disabled: 0 });
      const subs = changes.map((_change, n) => {
        world.source.put(aUser({ username: `canary${n}`, attributes: verified(`canary${n}`, { nickname: 'n' }) }));
        return world.source.find(`canary${n}`)?.sub as string;
      });
      addGroups(world.source, [10 + changes.length]);
      const { seed } = world.table;
      world.table.seed = (item) =>
        seed.call(world.table, {
          ...item,
          ...changes[subs.findIndex((sub) => userKey(sub).id === item.id && item.type === 'PROFILE')]?.(item),
        });
      await rejection(world.planned()).then((error) => expect(error.name).to.equal('ChecksumDiffers'));
      await world.planned({ acceptIncomplete: true });
      return { world, subs };
    }

    it('costs this user where nobody can tell who it is; everybody else is restored', async () => {
      const { world } = await damaged([
        () => ({ attributes: undefined }),
        () => ({ attributes: [] }),
        () => ({ username: 7 }),
        () => ({ status: null }),
      ]);
      expect(world.plan().counts).to.deep.include({ byCsv: 10, oneByOne: 0, excludedBy: { Unreadable: 4 } });
      const outcome = await world.execute();
      expect(outcome.outcome).to.equal('partial');
      expect(outcome.counts).to.include({ usersRestored: 10, usersExcluded: 4, membershipsWithoutUser: 4 });
      expect(world.report('failures.csv').match(/,Unreadable: .*,nothing,the user is not restored/g)).to.have.length(4);
      expect(world.report('failures.csv')).to.match(/,canary0,,Unreadable: .*no readable attributes/);
    });

    it('costs the value that is no text, and never enables anybody', async () => {
      const { world } = await damaged([
        ({ attributes }) => ({ attributes: { ...(attributes as object), nickname: 7 } }),
        ({ attributes }) => ({ attributes: { ...(attributes as object), nickname: null, 'custom:unheard': 'of' } }),
        () => ({ enabled: null }),
        () => ({ created: 0 }),
      ]);
      const { withLosses } = world.plan().counts;
      expect(withLosses).to.equal(3);
      const outcome = await world.execute();
      expect(outcome.outcome).to.equal('partial');
      expect(outcome.counts).to.include({ usersRestored: 14, usersWithoutAttribute: 3, membershipsMissing: 0 });
      expect(differences(world.source, world.target)).to.deep.equal([
        'canary0: nickname',
        'canary1: nickname',
        'canary2: enabled',
      ]);
      const report = world.report('failures.csv');
      expect(report).to.match(/,canary0,,Unreadable: .*,restored without it,different: nickname/);
      expect(report).to.match(/,canary1,,BadAttribute: .*,restored without it,different: custom:unheard/);
      expect(report).to.match(/,canary2,,Unreadable: .*disabled.*,restored without it,different: enabled/);
      expect(outcome.summary).to.contain('3 without an attribute').and.not.contain('canary');
    });

    it('costs a group its settings, and a membership of nowhere itself', async () => {
      const world = new RestoreWorld();
      addUsers(world.source, 3);
      world.source.putGroup({ name: 'staff', description: 'd', precedence: 1 });
      world.source.join('user1', 'staff');
      const { seed } = world.table;
      world.table.seed = (item) => {
        const damagedToo = item.type === 'GROUP' ? { description: 7, precedence: -1 } : {};
        seed.call(world.table, { ...item, ...damagedToo });
        if (!item.type.startsWith('MEMBER_OF#')) return;
        seed.call(world.table, { ...item, type: 'MEMBER_OF#' });
        seed.call(world.table, { ...item, id: 'USER#' });
      };
      await world.planned({ acceptIncomplete: true });
      const outcome = await world.execute();
      expect(outcome.counts).to.include({ usersRestored: 3, membershipsMissing: 0, membershipsWithoutUser: 2 });
      expect(differences(world.source, world.target)).to.deep.equal(['group staff']);
    });
  });

  describe('E18: aliases that only case tells apart', () => {
    const pools = { aliasAttributes: ['email', 'phone_number', 'preferred_username'], caseSensitive: true };

    async function aliased(users: readonly Parameters<typeof aUser>[0][], reverse = false): Promise<RestoreWorld> {
      const world = new RestoreWorld(pools, { caseSensitive: false });
      for (const user of reverse ? [...users].reverse() : users) world.source.put(aUser(user));
      addGroups(world.source, [users.length]);
      // The order in which a scan shows them.
      if (reverse) world.table.pageItems = 1;
      return world.planned();
    }

    const twins = [
      { username: 'older', created: '2024-01-01T00:00:00.000Z', attributes: verified('Ann') },
      { username: 'newer', created: '2025-01-01T00:00:00.000Z', attributes: verified('ann') },
      { username: 'third', created: '2026-01-01T00:00:00.000Z', attributes: { email: 'ANN@example.test' } },
    ];

    for (const reverse of [false, true])
      it(`cost the user created first the alias, not the account; the dry run says so (${reverse ? 'last' : 'first'} first)`, async () => {
        const world = await aliased(twins, reverse);
        expect(world.plan().counts).to.deep.include({ byCsv: 1, oneByOne: 2, excluded: 0, withLosses: 1 });
        const outcome = await world.execute();
        expect(outcome.outcome).to.equal('partial');
        expect(outcome.counts).to.include({ usersRestored: 3, usersWithoutAttribute: 1, membershipsMissing: 0 });
        expect(differences(world.source, world.target)).to.deep.equal(['older: email_verified']);
        expect(world.report('failures.csv')).to.match(
          /,older,,"?AliasCollision: .*,restored without it,different: email_verified/,
        );
        expect(world.target.find('ann@example.test')?.username).to.equal('newer');
      });

    it('yield to a username, in every order', async () => {
      for (const reverse of [false, true]) {
        const world = await aliased(
          [
            { username: 'bob', created: '2024-01-01T00:00:00.000Z', attributes: verified('b1') },
            {
              username: 'u2',
              created: '2025-01-01T00:00:00.000Z',
              attributes: verified('b2', { preferred_username: 'Bob' }),
            },
            {
              username: 'u3',
              created: '2025-01-02T00:00:00.000Z',
              attributes: verified('b3', { preferred_username: 'u3' }),
            },
          ],
          reverse,
        );
        expect(world.plan().counts).to.deep.include({ byCsv: 3, oneByOne: 0, withLosses: 1 });
        await world.execute();
        expect(differences(world.source, world.target)).to.deep.equal(['u2: preferred_username']);
      }
    });

    it('cost nobody anything where a user who shares them is left out', async () => {
      const world = await aliased([
        { username: 'older', created: '2024-01-01T00:00:00.000Z', attributes: verified('Ann') },
        {
          username: 'newer',
          created: '2025-01-01T00:00:00.000Z',
          status: 'UNCONFIRMED',
          attributes: verified('ann'),
        },
      ]);
      expect(world.plan().counts).to.deep.include({ byCsv: 1, withLosses: 0, excludedBy: { Unconfirmed: 1 } });
    });
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
        const row = new RegExp(`,bad${n},,BadAttribute: .*,(.*),different: ${name}\n`);
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
        world.source.put(
          aUser({ username: phone, attributes: { phone_number: phone, phone_number_verified: 'true' } }),
        );
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
});
