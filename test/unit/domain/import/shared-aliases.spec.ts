import { expect } from 'chai';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addGroups, aUser } from '../../../support/world/builders.ts';

const verified = (name: string, more: Record<string, string> = {}): Record<string, string> => ({
  email: `${name}@example.test`,
  email_verified: 'true',
  ...more,
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
