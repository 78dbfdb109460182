import { expect } from 'chai';
import type { PoolSettings } from '../../../../source/domain/model.ts';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addGroups, aUser } from '../../../support/world/builders.ts';

const verified = (email: string, more: Record<string, string> = {}): Record<string, string> => ({
  email,
  email_verified: 'true',
  ...more,
});

async function restored(
  settings: Partial<PoolSettings>,
  users: readonly Parameters<typeof aUser>[0][],
  prepare: (world: RestoreWorld) => void = () => undefined,
): Promise<RestoreWorld> {
  const world = new RestoreWorld(settings);
  for (const user of users) world.source.put(aUser(user));
  addGroups(world.source, [users.length]);
  await world.planned();
  prepare(world);
  await world.execute();
  expect(world.writer.sentToUsers).to.deep.equal([]);
  return world;
}

describe('Restores into pools with aliases', () => {
  const users = [
    ...[1, 2, 3].map((n) => ({
      username: `user${n}`,
      attributes: verified(`user${n}@example.test`, { preferred_username: `nick${n}` }),
    })),
    { username: 'una', attributes: { email: 'una@example.test', preferred_username: 'una2' } },
  ];

  for (const [how, fate] of [
    ['takes', undefined],
    ['refuses', 'failed'],
  ] as const) {
    it(`bring every preferred_username back when an import job ${how} it, although unconfirmed users may not have one`, async () => {
      const world = await restored({ aliasAttributes: ['email', 'preferred_username'] }, users, ({ jobs }) => {
        jobs.knobs.rowFate = () => fate;
      });
      expect(differences(world.source, world.target)).to.deep.equal([]);
      expect(world.head().phase).to.equal('complete');
    });
  }

  it('report a preferred_username that somebody else has, and restore its user', async () => {
    const world = await restored({ aliasAttributes: ['preferred_username'] }, users, (restore) => {
      restore.writer.refuse = (call, username) =>
        call === 'updateAttributes' && username === 'una' ? 'AliasExistsException' : undefined;
    });
    expect(differences(world.source, world.target)).to.deep.equal(['una: preferred_username']);
    expect(world.report('failures.csv')).to.match(
      /una,,AliasExistsException,updated once,different: preferred_username/,
    );
    expect(world.head().phase).to.equal('partial');
  });

  it('take a user whose creation was cut off for their own', async () => {
    const world = await restored({ aliasAttributes: ['preferred_username'] }, users, (restore) => {
      const create = restore.writer.createUser;
      // The answer is lost, and what the SDK tries again finds the name taken.
      restore.writer.createUser = async (pool, user) =>
        'sub' in (await create(pool, user)) ? { refused: 'UsernameExistsException' } : create(pool, user);
    });
    expect(differences(world.source, world.target)).to.deep.equal([]);
    expect(world.target.find('una')?.status).to.equal('CONFIRMED');
  });

  it('bring users back who share an address that one of them has verified', async () => {
    const world = await restored({ aliasAttributes: ['email', 'phone_number'] }, [
      { username: 'owner', attributes: verified('shared@example.test') },
      {
        username: 'other',
        attributes: {
          email: 'shared@example.test',
          email_verified: 'false',
          phone_number: '+15550000001',
          phone_number_verified: 'true',
        },
      },
      { username: 'third', attributes: { email: 'shared@example.test' } },
    ]);
    expect(differences(world.source, world.target)).to.deep.equal([]);
    expect(world.head().phase).to.equal('complete');
  });
});

describe('Restores into pools whose username is a contact', () => {
  it('work with phone numbers: by import job, one by one, disabled, in groups', async () => {
    const world = await restored({ usernameAttributes: ['phone_number'], autoVerifiedAttributes: ['phone_number'] }, [
      {
        username: '11111111-0000-4000-8000-000000000001',
        attributes: { phone_number: '+15550000001', phone_number_verified: 'true', email: 'a@example.test' },
      },
      {
        username: '11111111-0000-4000-8000-000000000002',
        enabled: false,
        attributes: { phone_number: '+15550000002', phone_number_verified: 'false' },
      },
    ]);
    const byPhone = new Map([...world.target.users.values()].map(({ user }) => [user.attributes.phone_number, user]));
    expect(byPhone.get('+15550000001')).to.deep.include({ enabled: true, status: 'RESET_REQUIRED' });
    expect(byPhone.get('+15550000002')).to.deep.include({ enabled: false, status: 'CONFIRMED' });
    expect(world.head().phase).to.equal('complete');
    expect([...(world.target.groups.get('group0')?.members ?? [])]).to.have.length(2);
  });

  it('prefer the user who has verified an address to a later one who only gave it', async () => {
    const world = await restored({ usernameAttributes: ['email'], caseSensitive: false }, [
      {
        username: '11111111-0000-4000-8000-000000000001',
        created: '2024-01-01T00:00:00.000Z',
        attributes: verified('Owner@example.test', { name: 'owner' }),
      },
      {
        username: '11111111-0000-4000-8000-000000000002',
        created: '2025-01-01T00:00:00.000Z',
        attributes: { email: 'owner@example.test', email_verified: 'false', name: 'claimant' },
      },
    ]);
    expect([...world.target.users.values()].map(({ user }) => user.attributes.name)).to.deep.equal(['owner']);
    expect(world.report('failures.csv')).to.contain('NameCollision');
  });
});
