import { expect } from 'chai';
import type { Remarkable } from '../../../../source/domain/adopt/legacy-survey.ts';
import { writeAdopted } from '../../../../source/domain/adopt/write-adopted.ts';
import { contentHash } from '../../../../source/domain/backup/hashing.ts';
import { itemKind } from '../../../../source/domain/backup/items.ts';
import type { TableItem } from '../../../../source/domain/ports.ts';
import { adopted, adoptedSnapshot } from '../../../support/adopt/adopted.ts';
import {
  EXPORTED_AT,
  INSTALLATION,
  legacyGroup,
  legacyItems,
  legacyMembership,
  legacyTime,
  legacyUser,
} from '../../../support/adopt/legacy-items.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';
import { World } from '../../../support/world/world.ts';

const ANA = aUser({ username: 'ana' });
const BEN = aUser({ username: 'ben' });
const BEFORE = EXPORTED_AT - 1;
const AFTER = EXPORTED_AT + 1;

describe('adoption of a table of the retired solution', () => {
  it('17.8: gives each user, group and membership once, in the form of an export, with counts and checksums of its own', async () => {
    const world = new World();
    const pool = world.pool('us-east-1_Source123');
    addUsers(pool, 20, { disabled: 0.2 });
    addGroups(pool, [3, 20, 0]);
    const backup = await adopted(legacyItems(pool));
    expect(backup.manifest).to.deep.include({
      origin: '1.x',
      counts: { users: 20, groups: 3, memberships: 23 },
      startedAt: '2026-02-28T00:00:00.000Z',
      userPoolId: 'not known',
    });
    expect(backup.manifest.runId).to.match(/^20260228T000000Z-[0-9a-f]{8}$/);
    expect(await writeAdopted(world.objects, backup)).to.equal(true);
    expect([...world.objects.stored.keys()].filter((key) => !key.startsWith('adopted/snapshots/'))).to.deep.equal([]);
    const { manifest, items } = await adoptedSnapshot(world.objects, backup.manifest.runId);
    expect(manifest).to.deep.include(backup.manifest);
    expect(manifest.snapshot?.index).to.be.an('object');
    const user = items.find(({ username, type }) => username === 'user0' && type === 'PROFILE') as TableItem;
    expect(user).to.deep.include({
      attributes: { ...pool.find('user0')?.attributes },
      enabled: pool.find('user0')?.enabled,
      status: 'CONFIRMED',
      changedIn: manifest.runId,
    });
    expect(user).to.not.have.any.keys('created', 'modified', 'signInName');
    // A reader joins a user with the memberships that stand right before.
    for (const [index, { id, type }] of items.entries())
      if (type !== 'PROFILE' && id.startsWith('USER#')) expect(items[index + 1]?.id).to.equal(id);
    expect(await writeAdopted(world.objects, backup), 'once more').to.equal(false);
  });

  it('17.8: tells what is older and newer than the last export; older is taken on demand, but for names that are taken', async () => {
    const again = aUser({ username: 'BEN', sub: 'sub-of-another-ben' });
    const old = aUser({ username: 'old' });
    const items = [
      legacyTime(),
      legacyUser(ANA, 'ana'),
      legacyUser(again, 'BEN', AFTER),
      legacyUser(BEN, 'ben', BEFORE),
      legacyUser(old, 'old', BEFORE),
      legacyMembership('staff', old, 'old', BEFORE),
      legacyMembership('staff', ANA, 'ana'),
      legacyGroup({ name: 'staff' }, BEFORE),
    ];
    const told: Remarkable[] = [];
    const without = await adopted(items, { tell: (about) => told.push(about) });
    expect(without.facts).to.deep.include({
      older: { users: 2, groups: 1, memberships: 1 },
      newer: { users: 1, groups: 0, memberships: 0 },
      adopted: { users: 2, groups: 0, memberships: 1 },
      olderNamesTaken: 1,
      groupsWithoutItem: 1,
    });
    expect(told.map(({ signInName, found }) => [signInName, found]).sort()).to.deep.equal([
      ['ben', 'not confirmed by the last complete export, and another user has the sign-in name'],
      ['old', 'not confirmed by the last complete export'],
    ]);
    const withOlder = await adopted(items, { withOlder: true });
    expect(withOlder.facts.adopted).to.deep.equal({ users: 3, groups: 1, memberships: 2 });
    expect(withOlder.manifest.runId).to.not.equal(without.manifest.runId);
  });

  it('17.8: tells both kinds of sign-in names, and which attribute the pool signed in by', async () => {
    const byEmail = legacyUser(ANA, 'ana@example.test');
    const cases: readonly (readonly [readonly TableItem[], readonly string[], object])[] = [
      [[legacyUser(ANA, 'ana'), legacyUser(BEN, 'ben')], [], { username: 2, email: 0, phone_number: 0, other: 0 }],
      [[byEmail], ['email'], { username: 0, email: 1, phone_number: 0, other: 0 }],
      [
        [legacyUser(aUser({ attributes: { phone_number: '+4912345' } }), '+4912345')],
        ['phone_number'],
        { username: 0, email: 0, phone_number: 1, other: 0 },
      ],
      [[legacyUser(ANA, 'somebody else')], [], { username: 0, email: 0, phone_number: 0, other: 1 }],
    ];
    for (const [users, usernameAttributes, signIn] of cases) {
      const { manifest, facts } = await adopted([legacyTime(), ...users]);
      expect(manifest.poolSettings.usernameAttributes).to.deep.equal(usernameAttributes);
      expect(facts.signIn).to.deep.equal(signIn);
    }
    const { segments } = await adopted([legacyTime(), byEmail]);
    const [user] = segments.flatMap((items) => [...items()]);
    expect(user).to.include({ signInName: 'ana@example.test', username: 'ana' });
  });

  it('17.2: takes the sign-in name of a table with both kinds of addresses for the one by which each user signs in', async () => {
    const addresses = { email: 'eve@example.test', phone_number: '+4912345' };
    const byMail = legacyUser(aUser({ username: 'u-1', sub: 'sub-1', attributes: addresses }), addresses.email);
    const byPhone = legacyUser(
      aUser({ username: 'u-2', sub: 'sub-2', attributes: { ...addresses, phone_number: '+4967890' } }),
      '+4967890',
    );
    const phoneOnly = legacyUser(
      aUser({ username: 'u-3', sub: 'sub-3', attributes: { phone_number: '+4911111' } }),
      '+4911111',
    );
    const { manifest, facts, segments } = await adopted([legacyTime(), byMail, byPhone, phoneOnly]);
    expect(manifest.poolSettings.usernameAttributes).to.deep.equal(['email', 'phone_number']);
    const users = segments.flatMap((items) => [...items()]);
    expect(users.map((user) => [user.id, user['signsInBy']]).sort()).to.deep.equal([
      ['USER#sub-1', 'email'],
      ['USER#sub-2', 'phone_number'],
      ['USER#sub-3', 'phone_number'],
    ]);
    for (const user of users) expect(user['contentHash']).to.equal(contentHash(user));
    expect(facts.bothAddresses).to.equal(2);
    const one = await adopted([legacyTime(), byMail]);
    expect(one.segments.flatMap((items) => [...items()]).some((user) => 'signsInBy' in user)).to.equal(false);
    expect(one.facts.bothAddresses).to.equal(0);
  });

  it('17.8: counts odd users and groups, keeps what they hold, and loses none of them', async () => {
    const bare: TableItem = { ...legacyUser(BEN, 'ben'), userAttributes: undefined };
    const odd: readonly TableItem[] = [
      legacyTime(),
      bare,
      legacyUser(aUser({ username: 'off', enabled: false }), 'off'),
      legacyUser(aUser({ username: 'new', status: 'UNCONFIRMED' }), 'new'),
      legacyUser(aUser({ username: 'Google_1', status: 'EXTERNAL_PROVIDER' }), 'Google_1'),
      legacyUser(aUser({ username: 'twin', sub: 'sub-twin-1' }), 'twin'),
      legacyUser(aUser({ username: 'twin', sub: 'sub-twin-2' }), 'twin'),
      legacyUser(aUser({ username: 'Case', sub: 'sub-case-1' }), 'Case'),
      legacyUser(aUser({ username: 'case', sub: 'sub-case-2' }), 'case'),
      legacyGroup({ name: 'empty' }),
      legacyMembership('gone', { sub: 'nobody', username: 'nobody' }, 'nobody'),
      { id: 'something', type: 'else' },
      { id: `USER-${ANA.sub}`, type: 'USER-another-installation' },
      { id: 'latest-export-timestamp', type: 'SYNC_TIMESTAMP-another-installation', latestExportTimestamp: 1 },
    ];
    const { facts, segments } = await adopted(odd);
    expect(facts).to.deep.include({
      unreadable: 1,
      disabled: 1,
      unconfirmed: 1,
      federated: 1,
      sharedNames: 2,
      sharedByCase: 2,
      emptyDescriptions: 1,
      membershipsWithoutUser: 1,
      groupsWithoutItem: 1,
      ofOthers: 2,
      foreign: 1,
      adopted: { users: 8, groups: 1, memberships: 1 },
    });
    const items = segments.flatMap((all) => [...all()]);
    expect(items.filter((item) => itemKind(item) !== undefined)).to.have.length(10);
    expect(items.find(({ username }) => username === 'ben')).to.not.have.property('attributes');
    expect(items.find(({ id }) => id === 'GROUP#empty')).to.not.have.property('description');
  });

  it('17.8: reads numbers that are text, and names what cannot be read instead of leaving it out unsaid', async () => {
    const about = (userAttributes: unknown): TableItem => ({ ...legacyUser(ANA, 'ana'), userAttributes });
    const attributesOf = async (userAttributes: unknown): Promise<unknown> =>
      (await adopted([legacyTime(), about(userAttributes)])).segments.flatMap((all) => [...all()])[0]?.['attributes'];
    expect(
      await attributesOf([{ Name: 'name', Value: 'a' }, { Name: 'name', Value: 'a' }, { Name: 'gender' }]),
    ).to.deep.equal({
      name: 'a',
    });
    expect(
      await attributesOf([
        { Name: 'name', Value: 'a' },
        { Name: 'name', Value: 'b' },
      ]),
    ).to.deep.equal({ name: null });
    for (const nameless of [{ Value: 'x' }, { Name: '', Value: 'x' }, { Name: 5, Value: 'x' }, 'x', null])
      expect(await attributesOf([nameless]), JSON.stringify(nameless)).to.deep.equal({ '(none)': null });
    const told: Remarkable[] = [];
    const { facts, segments } = await adopted(
      [
        { ...legacyTime(), latestExportTimestamp: String(EXPORTED_AT) },
        { ...about([{ Name: 'name', Value: 5 }]), lastConfirmedInUserPool: String(EXPORTED_AT) },
        { ...legacyUser(BEN, 'ben'), userEnabled: 'true' },
        { ...legacyGroup({ name: 'text' }), groupPrecedence: '0' },
        { ...legacyGroup({ name: 'none' }), groupPrecedence: null, groupDescription: null },
        ...[-1, 1.5, 'high'].map((precedence) => ({
          ...legacyGroup({ name: `odd ${precedence}` }),
          groupPrecedence: precedence,
        })),
        { ...legacyGroup({ name: 'described' }), groupDescription: 5 },
        { ...legacyGroup({ name: '' }) },
        legacyMembership('', ANA, 'ana'),
      ],
      { tell: (one) => told.push(one) },
    );
    expect(facts).to.deep.include({
      adopted: { users: 2, groups: 6, memberships: 0 },
      older: { users: 0, groups: 0, memberships: 0 },
      unreadableValues: 2,
      unreadableGroups: 4,
      impossibleGroups: 3,
      foreign: 2,
    });
    const items = segments.flatMap((all) => [...all()]);
    expect(items.find(({ id }) => id === 'GROUP#text')).to.include({ precedence: 0 });
    expect(told.map(({ group }) => group).filter((group) => group !== '')).to.have.members([
      ...['odd -1', 'odd 1.5', 'odd high'].flatMap((name) => [name, name]),
      'described',
    ]);
  });

  it('17.8: most users tell how the pool signed in, and who has another kind of name is told', async () => {
    const told: Remarkable[] = [];
    const users = ['ana', 'ben', 'eve'].map((username) => aUser({ username }));
    const byMail = users.map((user, index) =>
      legacyUser(user, index === 0 ? user.username : (user.attributes['email'] ?? '')),
    );
    const byName = users.map((user, index) =>
      legacyUser(user, index === 0 ? (user.attributes['email'] ?? '') : user.username),
    );
    for (const [items, usernameAttributes, found] of [
      [byMail, ['email'], 'has a sign-in name that is no address of the user, where most have one'],
      [byName, [], 'has a sign-in name that is not the user name, where most have that'],
    ] as const) {
      told.length = 0;
      const { manifest, facts } = await adopted([legacyTime(), ...items], { tell: (one) => told.push(one) });
      expect(manifest.poolSettings.usernameAttributes).to.deep.equal(usernameAttributes);
      expect(facts.otherNames).to.equal(1);
      expect(told.map((one) => [one.sub, one.found])).to.deep.equal([[users[0]?.sub, found]]);
    }
  });

  it('17.8: users without a sign-in name of their own in the table are compared by their user names', async () => {
    const twins = ['sub-1', 'sub-2'].map((sub) => ({
      ...legacyUser(aUser({ username: 'twin', sub }), ''),
      pseudoUsername: undefined,
    }));
    expect((await adopted([legacyTime(), ...twins])).facts).to.include({ sharedNames: 2, otherNames: 0 });
  });

  it('17.8: who lost the name to somebody whom a later export found is left out, told, and not taken for a name that is shared', async () => {
    const told: Remarkable[] = [];
    const { facts, segments } = await adopted(
      [
        legacyTime(),
        legacyUser(aUser({ username: 'ana', sub: 'former' }), 'ana'),
        legacyUser(aUser({ username: 'ana', sub: 'later' }), 'ana', AFTER),
        legacyUser(BEN, 'ben', AFTER),
      ],
      { tell: (one) => told.push(one) },
    );
    expect(facts).to.deep.include({
      replaced: 1,
      sharedNames: 0,
      sharedByCase: 0,
      newer: { users: 2, groups: 0, memberships: 0 },
    });
    expect(told.map(({ sub, found }) => [sub, found])).to.deep.equal([
      ['former', 'another user has the sign-in name by now, as a later export found'],
    ]);
    const users = segments.flatMap((all) => [...all()]);
    expect(users.map(({ id }) => id).sort()).to.deep.equal([`USER#${BEN.sub}`, 'USER#later'].sort());
  });

  it('17.8: asks of a new pool only for attributes that a pool can have', async () => {
    const attributes = {
      'custom:team': 'a',
      'dev:custom:x': 'b',
      weird: 'c',
      'custom:': 'd',
      [`custom:${'x'.repeat(21)}`]: 'e',
    };
    const { manifest } = await adopted([
      legacyTime(),
      legacyUser(aUser({ attributes: { ...ANA.attributes, ...attributes } }), 'ana'),
    ]);
    expect(manifest.poolSettings.schema.map(({ name }) => name)).to.deep.equal([
      'custom:team',
      'dev:custom:x',
      'email',
      'email_verified',
      'sub',
    ]);
  });

  it("17.8: knows the pool by Cognito's own groups of identity providers, where there is one", async () => {
    const group = (name: string): TableItem => legacyGroup({ name });
    const poolOf = async (...names: string[]): Promise<string> =>
      (await adopted([legacyTime(), ...names.map(group)])).manifest.userPoolId;
    expect(await poolOf('eu-west-1_AbCdEfGhI_Google', 'staff')).to.equal('eu-west-1_AbCdEfGhI');
    expect(await poolOf('eu-west-1_AbCdEfGhI_Google', 'eu-west-1_Another12_Google')).to.equal('not known');
    expect(INSTALLATION).to.match(/^[0-9a-f-]{36}$/);
  });
});
