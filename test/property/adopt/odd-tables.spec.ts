import { parse } from 'csv-parse/sync';
import { expect } from 'chai';
import fc from 'fast-check';
import { writeAdopted } from '../../../source/domain/adopt/write-adopted.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { ADOPTING_BUCKET, FROM_ADOPTED, adopted } from '../../support/adopt/adopted.ts';
import {
  EXPORTED_AT,
  legacyGroup,
  legacyMembership,
  legacyTime,
  legacyUser,
} from '../../support/adopt/legacy-items.ts';
import { WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import { aUser } from '../../support/world/builders.ts';

interface Restored {
  readonly world: WorkflowWorld;
  readonly ended: Awaited<ReturnType<WorkflowWorld['import']>>;
  /** Rows of failures.csv, each as one text. */
  readonly rows: readonly string[];
}

const TEAM = { name: 'custom:team', type: 'String', mutable: true, required: false } as const;

/** Restores a table of these items into an empty pool that signs in as the table tells. */
async function restored(items: readonly TableItem[]): Promise<Restored> {
  const world = new WorkflowWorld();
  const backup = await adopted([legacyTime(), ...items]);
  const { settings } = world.target;
  world.allowMultipleUsernameAttributes = true;
  world.target.settings = {
    ...settings,
    usernameAttributes: backup.manifest.poolSettings.usernameAttributes,
    autoVerifiedAttributes: ['email', 'phone_number'],
    schema: [...settings.schema, TEAM],
  };
  await writeAdopted(world.bucket(ADOPTING_BUCKET), backup);
  const ended = await world.import(FROM_ADOPTED);
  const rows = ended.error === 'PreflightFailed' ? [] : parse(world.report('failures.csv'));
  return { world, ended, rows: rows.map((row) => row.join(' | ')) };
}

const reachable = (name: string): { readonly attributes: Readonly<Record<string, string>> } => ({
  attributes: { email: `${name}@example.test`, email_verified: 'true' },
});

describe('17.8: odd contents of a table of the retired solution', function () {
  this.timeout(60_000);

  it('17.8: a group of a name that Cognito does not take costs itself and its memberships, which are named with the reason', async () => {
    const ana = aUser({ username: 'ana', ...reachable('ana') });
    const names = ['by members only', 'x'.repeat(129), 'wide\u3000space'];
    const { world, ended, rows } = await restored([
      legacyUser(ana, 'ana'),
      legacyGroup({ name: 'x'.repeat(129), description: 'long', precedence: 0 }),
      ...[...names, 'staff'].map((name) => legacyMembership(name, ana, 'ana')),
    ]);
    expect(ended).to.include({ error: 'RestoreIncomplete' });
    expect([...world.target.groups.keys()]).to.deep.equal(['staff']);
    for (const name of names)
      for (const about of [`| not a member of the group ${name}`, `| group ${name}`])
        expect(rows.filter((row) => row.endsWith(about)).join()).to.include(
          'GroupRefused: InvalidParameterException; Cognito takes names of 1 to 128 characters without white space',
        );
    expect(world.messages.at(-1)?.body).to.include('3 groups missing or different');
    const dry = new WorkflowWorld();
    await writeAdopted(
      dry.bucket(ADOPTING_BUCKET),
      await adopted([legacyTime(), legacyUser(ana, 'ana'), legacyMembership('by members only', ana, 'ana')]),
    );
    expect(await dry.import({ ...FROM_ADOPTED, DryRun: true })).to.include({ status: 'SUCCEEDED' });
    expect(dry.report('report.json')).to.include('1 group has a name that Cognito will refuse');
  });

  it('17.8: a precedence or description that Cognito cannot read costs just that, and not the group', async () => {
    const ana = aUser({ username: 'ana', ...reachable('ana') });
    const { world, ended, rows } = await restored([
      legacyUser(ana, 'ana'),
      legacyGroup({ name: 'first', precedence: 0 }),
      { ...legacyGroup({ name: 'text' }), groupPrecedence: '7' },
      legacyGroup({ name: 'huge', precedence: 2 ** 40 }),
      legacyMembership('huge', ana, 'ana'),
      { ...legacyGroup({ name: 'none' }), groupDescription: null, groupPrecedence: null },
    ]);
    expect(ended).to.include({ error: 'RestoreIncomplete' });
    const groupOf = (name: string): unknown => world.target.groups.get(name)?.group;
    expect(groupOf('first')).to.deep.equal({ name: 'first', precedence: 0 });
    expect(groupOf('text')).to.deep.equal({ name: 'text', precedence: 7 });
    expect(groupOf('huge')).to.deep.equal({ name: 'huge' });
    expect(world.target.groups.get('huge')?.members.size).to.equal(1);
    expect(rows.filter((row) => row.endsWith('| group huge'))).to.have.length(1);
    expect(rows.filter((row) => row.includes('GroupRefused'))).to.have.length(1);
  });

  it('17.8: an attribute that no pool can have costs the attribute, and no new pool is asked for it', async () => {
    const ana = aUser({
      username: 'ana',
      attributes: { email: 'a@example.test', email_verified: 'true', weird: 'x', 'a b': 'y' },
    });
    const { world, ended, rows } = await restored([legacyUser(ana, 'ana')]);
    expect(ended.error).to.not.equal('PreflightFailed');
    expect(world.target.find('ana')).to.be.an('object');
    for (const name of ['weird', 'a b'])
      expect(rows.filter((row) => row.endsWith(`| different: ${name}`)).join()).to.include(
        'BadAttribute: The value is of no attribute of the pool that was backed up.',
      );
  });

  it('17.8: one user with a sign-in name of another kind does not make it a pool of another sign-in mode', async () => {
    const users = ['ana', 'ben', 'eve'].map((username) => aUser({ username, ...reachable(username) }));
    const [ana, ...others] = users as [PoolUser, ...PoolUser[]];
    const { world, ended } = await restored([
      legacyUser(ana, 'ana@example.test'),
      ...others.map((user) => legacyUser(user, user.username)),
    ]);
    expect(ended).to.include({ status: 'SUCCEEDED' });
    expect(world.target.settings.usernameAttributes).to.deep.equal([]);
    expect([...world.target.users.keys()].sort()).to.deep.equal(['ana', 'ben', 'eve']);
  });

  it('17.8: who has the name of somebody whom a later export found comes back, and not the one who had it before', async () => {
    for (const [subOfNew, subOfOld] of [
      ['sub-1', 'sub-2'],
      ['sub-2', 'sub-1'],
    ] as const) {
      const former = aUser({ username: 'ana', sub: subOfOld, ...reachable('former') });
      const later = aUser({ username: 'ana', sub: subOfNew, ...reachable('later') });
      const { world } = await restored([
        legacyUser(former, 'ana'),
        legacyMembership('admins', former, 'ana'),
        legacyUser(later, 'ana', EXPORTED_AT + 1),
      ]);
      expect(world.target.find('ana')?.attributes['email']).to.equal('later@example.test');
      expect(world.target.groups.get('admins')?.members.size ?? 0).to.equal(0);
    }
  });

  const oddValue = fc.constantFrom<unknown>(
    '',
    'x',
    'v'.repeat(2_049),
    5,
    true,
    null,
    ['a'],
    { S: 'x' },
    '\n"\\,',
    '007',
  );
  const oddAttributes = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.array(
        fc.record(
          {
            Name: fc.constantFrom<unknown>(
              'email',
              'email',
              'phone_number',
              'name',
              'birthdate',
              'custom:team',
              'weird',
              '__proto__',
              'sub',
              'identities',
              '',
              7,
            ),
            Value: fc.oneof(oddValue, fc.constantFrom('a@example.test', '+4915112345678', '1970-01-02')),
          },
          { requiredKeys: [] },
        ),
        { maxLength: 5 },
      ),
    },
    fc.constantFrom<unknown>(undefined, null, 'none', {}, 5),
  );
  const NAMES = [
    'ana',
    'Ana',
    'ä',
    'a\u0308',
    'with space',
    '',
    '+4915112345678',
    'a@example.test',
    'n'.repeat(129),
    '__proto__',
    '\u200b',
  ];
  const oddUser = fc.record({
    sub: fc.constantFrom('s1', 's2', 's3', 's4', 's#5', 's 6'),
    username: fc.constantFrom<unknown>(...NAMES, undefined, 5),
    pseudoUsername: fc.constantFrom<unknown>(...NAMES, undefined, 5),
    userAttributes: oddAttributes,
    userEnabled: fc.constantFrom<unknown>(true, true, false, 'false', undefined, 0),
    userStatus: fc.constantFrom<unknown>(
      'CONFIRMED',
      'CONFIRMED',
      'UNCONFIRMED',
      'EXTERNAL_PROVIDER',
      'FORCE_CHANGE_PASSWORD',
      'NEW',
      '',
      undefined,
      3,
    ),
    lastConfirmedInUserPool: fc.constantFrom<unknown>(EXPORTED_AT, EXPORTED_AT, EXPORTED_AT + 1, String(EXPORTED_AT)),
    unheard: fc.constantFrom<unknown>('of', 5),
  });
  const GROUPS = [
    'staff',
    'Staff',
    'ä',
    'a\u0308',
    'with space',
    'n'.repeat(129),
    '__proto__',
    '👍',
    'us-east-1_AbCdEfGhI_Google',
  ];
  const oddGroup = fc.record({
    name: fc.constantFrom(...GROUPS),
    groupDescription: fc.constantFrom<unknown>('', 'd', 'd'.repeat(2_049), 5, null, undefined),
    groupPrecedence: fc.constantFrom<unknown>(0, 3, '4', 2 ** 40, -1, 1.5, 'high', null, undefined),
    roleArn: fc.constantFrom('arn:aws:iam::111122223333:role/r'),
  });
  const oddMembership = fc.record({
    group: fc.constantFrom(...GROUPS),
    sub: fc.constantFrom('s1', 's2', 's3', 's#5', 'gone'),
  });

  it('17.8: whatever a table holds, each user and membership comes back or is named, and the restore ends by a name of its own', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(oddUser, { selector: ({ sub }) => sub, maxLength: 6 }),
        fc.uniqueArray(oddGroup, { selector: ({ name }) => name, maxLength: 5 }),
        fc.uniqueArray(oddMembership, { selector: ({ group, sub }) => `${group}\u0000${sub}`, maxLength: 6 }),
        async (users, groups, memberships) => {
          const items: TableItem[] = [
            ...users.map(({ sub, ...rest }) => ({ ...legacyUser(aUser({ sub }), ''), ...rest })),
            ...groups.map(({ name, ...rest }) => ({ ...legacyGroup({ name }), ...rest })),
            ...memberships.map(({ group, sub }) => legacyMembership(group, { sub, username: sub }, sub)),
          ];
          const { world, ended, rows } = await restored(items);
          expect(ended.error ?? 'none', ended.cause).to.be.oneOf(['none', 'RestoreIncomplete']);
          const subs = new Map(
            parse(world.report('sub-map.csv'))
              .slice(1)
              .map(([old = '', now = '']) => [old, now] as const),
          );
          const back = new Map([...world.target.users.values()].map(({ user }) => [user.sub, user]));
          const taken = [...(await adopted([legacyTime(), ...items])).segments].flatMap((all) => [...all()]);
          for (const { id, type, attributes, enabled } of taken) {
            if (type !== 'PROFILE') continue;
            const sub = id.slice('USER#'.length);
            const user = back.get(subs.get(sub) ?? '');
            const about = rows.filter((row) => row.includes(` ${sub} `));
            expect(user !== undefined || about.length > 0, `user ${sub}`).to.equal(true);
            if (user === undefined) continue;
            for (const [name, value] of Object.entries(attributes as object))
              if (!['sub', 'identities'].includes(name) && value !== '')
                expect(
                  user.attributes[name] === value || about.some((row) => row.includes(name)),
                  `${sub}: ${name}`,
                ).to.equal(true);
            expect(user.enabled === enabled || about.some((row) => row.includes('enabled')), sub).to.equal(true);
            for (const { group } of memberships.filter((one) => one.sub === sub))
              expect(
                world.target.groups.get(group)?.members.has(user.username) === true ||
                  group.includes('_Google') ||
                  about.some((row) => row.endsWith(`group ${group}`)),
                `${sub} in ${group}`,
              ).to.equal(true);
          }
          for (const { name } of groups)
            expect(
              world.target.hasGroup(name) ||
                name.includes('_Google') ||
                rows.some((row) => row.endsWith(`| group ${name}`)),
              name,
            ).to.equal(true);
        },
      ),
      { numRuns: 20 },
    );
  });
});
