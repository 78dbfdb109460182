import { expect } from 'chai';
import { federatedWorld, groupsIn, holderIn, IDS, PROVIDERS } from '../../support/workflows/federated-world.ts';
import type { WorkflowWorld } from '../../support/workflows/workflow-world.ts';

/** Exported; the new pool has every provider. */
async function exportedWorld(): Promise<WorkflowWorld> {
  const world = federatedWorld('PRELINK');
  world.target.settings = {
    ...world.target.settings,
    identityProviders: [...PROVIDERS, { name: 'Gone', mapped: [] }],
  };
  await world.export();
  return world;
}

const madeIn = (world: WorkflowWorld): string[] =>
  [...world.target.users.keys()].filter((name) => name.startsWith('restored-'));

describe('Work on identity providers that is killed', function () {
  this.timeout(180_000);

  it('17.3: ends with every link once, every user made once and all groups, whichever call was the last', async () => {
    const calm = await exportedWorld();
    const from = calm.calls.count;
    expect((await calm.import()).status).to.equal('SUCCEEDED');
    const log = calm.calls.log.slice(from).map(({ call }) => call);
    const calls = log
      .map((call, index) => [index + 1, call] as const)
      .slice(log.lastIndexOf('cognito.identityProviders'));
    expect(calls.filter(([, call]) => call === 'cognito.linkIdentity')).to.have.length(5);
    for (const [nth, call] of calls) {
      const world = await exportedWorld();
      // Another execution goes on, as after somebody stopped the first.
      world.stopOnKill = true;
      world.calls.killAt(nth, nth % 2 === 0 ? 'before' : 'after');
      await world.import().catch(() => undefined);
      world.calls.revive();
      const about = `killed at call ${nth}: ${call}`;
      const again = await world.import();
      expect(again.status === 'SUCCEEDED' || again.error === 'AlreadyRestored', `${about}: ${again.cause}`).to.equal(
        true,
      );
      expect(holderIn(world, 'Corp', IDS.lea), about).to.include({ username: 'lea' });
      expect(holderIn(world, 'Google', IDS.max), about).to.include({ username: 'max' });
      expect(holderIn(world, 'Gone', 'g-1'), about).to.include({ username: 'max' });
      const made = madeIn(world);
      expect(made, about).to.have.length(2);
      const fay = holderIn(world, 'Corp', IDS.fay)?.username ?? '';
      expect(groupsIn(world, fay).sort(), about).to.deep.equal(['admins', 'editors']);
      expect(holderIn(world, 'Corp', IDS.fox), about).to.include({ enabled: false, status: 'CONFIRMED' });
      const report = JSON.parse(world.report('report.json')) as { counts: Record<string, number> };
      expect(report.counts, about).to.include({ usersLinked: 2, usersNotLinked: 0, federatedMade: 2, unknownUsers: 0 });
      const subs = world.report('sub-map.csv').trim().split('\n').length - 1;
      expect(subs, about).to.equal(8);
      expect(world.writer.sentToUsers, about).to.deep.equal([]);
    }
  });

  it('17.3: a link that was made and never answered is recognized, by the account that holds it', async () => {
    const world = await exportedWorld();
    const link = world.writer.linkIdentity;
    const lost = new Set<string>();
    world.writer.linkIdentity = async (pool, username, identity) => {
      const outcome = await link(pool, username, identity);
      if (lost.has(identity.id)) return outcome;
      lost.add(identity.id);
      // Made, and the answer was lost: the SDK's own repetition is refused.
      return link(pool, username, identity);
    };
    expect((await world.import()).status).to.equal('SUCCEEDED');
    expect(lost.size).to.equal(5);
    expect(world.report('failures.csv')).to.not.contain('LinkRefused');
  });
});
