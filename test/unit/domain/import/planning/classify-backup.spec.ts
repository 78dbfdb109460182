import { expect } from 'chai';
import type { ExcludedUser, RestoreUser } from '../../../../../source/domain/import/plan/plan-model.ts';
import { PlanningWorld } from '../../../../support/import/planning-world.ts';
import { sealBackup } from '../../../../support/import/sealed-backup.ts';
import { aUser } from '../../../../support/world/builders.ts';
import { namesInOrder, oddUsersWorld } from '../../../../support/import/odd-users-world.ts';

describe('scanTable: who comes, and by which way', () => {
  it('plans who comes by import job, who one by one and who not, with the reasons', async () => {
    const world = oddUsersWorld();
    sealBackup(world.table, world.source);
    const result = await world.scan();
    expect(result).to.deep.include({ done: true, dryRun: false, byCsv: 21, oneByOne: 2, excluded: 1, chunks: 1 });
    const [chunk] = world.chunkUsers() as [RestoreUser[]];
    expect(namesInOrder(chunk)).to.deep.equal([...Array.from({ length: 20 }, (_, n) => `user${n}`), 'off'].sort());
    expect(world.lines<ExcludedUser>(world.plan().excludedKey))
      .to.have.length(1)
      .and.to.have.nested.property('[0].reason', 'Unconfirmed');
    const creates = world
      .batchOps()
      .flatMap(({ ops }) => ops)
      .filter((op) => op.op === 'create');
    expect(namesInOrder(creates.map(({ user }) => user))).to.deep.equal(['breaks', 'noverified']);
    expect(creates.map(({ why }) => why).sort()).to.deep.equal([
      'a line break or control character in address',
      'no verified email',
    ]);
    expect(world.plan().counts).to.deep.include({
      memberships: 25,
      membershipsWithoutUser: 1,
      disabled: 1,
      excludedBy: { Unconfirmed: 1 },
    });
  });

  it('says how many users lose their links to identity providers', async () => {
    const world = oddUsersWorld();
    world.source.put(
      aUser({
        username: 'linked',
        attributes: {
          email: 'z@example.test',
          email_verified: 'true',
          identities: '[{"userId":"1","providerName":"Google"}]',
        },
      }),
    );
    world.source.put(
      aUser({
        username: 'unlinked',
        attributes: { email: 'w@example.test', email_verified: 'true', identities: '[]' },
      }),
    );
    sealBackup(world.table, world.source);
    expect(await world.scan()).to.include({ byCsv: 23 });
    expect(world.plan().notes.join()).to.match(/1 user is linked to accounts of identity providers/);
  });

  it('restores the newer of two users with one name', async () => {
    const world = new PlanningWorld({ caseSensitive: true }, { caseSensitive: false });
    world.source.put(aUser({ username: 'Ann', created: '2025-01-01T00:00:00.000Z' }));
    world.source.put(aUser({ username: 'ann', created: '2025-02-01T00:00:00.000Z' }));
    world.source.put(aUser({ username: 'bob' }));
    sealBackup(world.table, world.source);
    await world.scan();
    expect(namesInOrder(world.chunkUsers().flat())).to.deep.equal(['ann', 'bob']);
    expect(world.lines<ExcludedUser>(world.plan().excludedKey)[0]).to.include({ name: 'Ann', reason: 'NameCollision' });
    expect(world.plan().notes.join()).to.match(/case-insensitive in the new pool.*1 user has the name/s);
  });

  it('lets nobody give way to a user of the same name who is left out', async () => {
    const world = new PlanningWorld({ caseSensitive: true }, { caseSensitive: false, triggers: ['PreSignUp'] });
    world.source.put(aUser({ username: 'Ann', created: '2025-01-01T00:00:00.000Z' }));
    world.source.put(aUser({ username: 'ann', created: '2025-02-01T00:00:00.000Z', status: 'UNCONFIRMED' }));
    sealBackup(world.table, world.source);
    await world.scan();
    expect(namesInOrder(world.chunkUsers().flat())).to.deep.equal(['Ann']);
    expect(world.lines<ExcludedUser>(world.plan().excludedKey).map(({ name, reason }) => [name, reason])).to.deep.equal(
      [['ann', 'Unconfirmed']],
    );
  });

  it('uses the e-mail address as the name where the pool signs in by it, and leaves out users without one', async () => {
    const world = new PlanningWorld({ usernameAttributes: ['email'] });
    world.source.put(aUser({ username: 'aaaa', attributes: { email: 'ann@example.test', email_verified: 'true' } }));
    world.source.put(aUser({ username: 'bbbb', attributes: {} }));
    sealBackup(world.table, world.source);
    await world.scan();
    expect(namesInOrder(world.chunkUsers().flat())).to.deep.equal(['ann@example.test']);
    expect(world.lines<ExcludedUser>(world.plan().excludedKey)[0]).to.include({ name: 'bbbb', reason: 'NoSignInName' });
  });
});
