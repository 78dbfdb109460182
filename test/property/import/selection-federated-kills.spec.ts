import { expect } from 'chai';
import { putRequest, resultsOf, select } from '../../support/import/selections.ts';
import { federatedUser, federatedWorld, identities, IDS, PROVIDERS } from '../../support/workflows/federated-world.ts';
import type { WorkflowWorld } from '../../support/workflows/workflow-world.ts';

const ID = '20260401T000000Z-0000fede';
const FAY = `corp_${IDS.fay}`.toLowerCase();

/** A deleted local user with a link, one who lost it, a deleted user of a provider, and a group with its members gone. */
async function damaged(): Promise<WorkflowWorld> {
  const world = federatedWorld('PRELINK');
  world.source.settings = { ...world.source.settings, identityProviders: PROVIDERS };
  await world.export();
  world.source.remove('lea');
  world.source.remove(FAY);
  const max = world.source.find('max');
  if (max !== undefined)
    world.source.put({
      ...max,
      attributes: { ...max.attributes, identities: identities({ providerName: 'Gone', userId: 'g-1' }) },
    });
  world.source.removeGroup('admins');
  await putRequest(
    world,
    { users: ['lea', 'max', FAY].map((name) => ({ name })), groups: [{ name: 'admins' }] },
    { id: ID },
  );
  return world;
}

/** Everything is as it was, once. */
function expectWhole({ source, writer }: WorkflowWorld, about: string): void {
  const of = (providerName: string, userId: string): string =>
    source.holderOf({ providerName, userId })?.username ?? '';
  expect([of('Corp', IDS.lea), of('Google', IDS.max)], about).to.deep.equal(['lea', 'max']);
  const made = [...source.users.keys()].filter((name) => name.startsWith('restored-'));
  expect(made, about).to.deep.equal([of('Corp', IDS.fay)]);
  const groups = [...source.groups].filter(([, { members }]) => members.has(made[0] ?? '')).map(([name]) => name);
  expect(groups.sort(), about).to.deep.equal(['admins', 'editors']);
  expect(writer.sentToUsers, about).to.deep.equal([]);
}

describe('A selection of users whom identity providers know', function () {
  this.timeout(180_000);

  it('17.3: ends with every link once, every user made once and all groups, whichever call was the last', async () => {
    const calm = await damaged();
    const from = calm.calls.count;
    expect((await select(calm, ID)).status).to.equal('SUCCEEDED');
    expectWhole(calm, 'undisturbed');
    const wanted = resultsOf(calm, ID);
    const log = calm.calls.log.slice(from).map(({ call }) => call);
    const written = log.findIndex((call) => /cognito\.(createGroup|createUser|linkIdentity)/.test(call));
    expect(log.filter((call) => call === 'cognito.linkIdentity')).to.have.length(3);
    for (let nth = written + 1; nth <= log.length; nth += 1) {
      const about = `killed at call ${nth}: ${log[nth - 1] ?? ''}`;
      const world = await damaged();
      world.stopOnKill = true;
      world.calls.killAt(nth, nth % 2 === 0 ? 'before' : 'after');
      await select(world, ID).catch(() => undefined);
      world.calls.revive();
      const again = await select(world, ID);
      expect(again.status === 'SUCCEEDED' || again.error === 'AlreadyRestored', `${about}: ${again.cause}`).to.equal(
        true,
      );
      expectWhole(world, about);
      expect(resultsOf(world, ID), about).to.deep.equal(wanted);
    }
  });

  it('17.3: a sign-in at any moment of the work is never merged with anybody', async () => {
    for (let nth = 1; nth < 12; nth += 1) {
      const world = await damaged();
      let entered = 0;
      world.entered = () => {
        entered += 1;
        if (entered === nth && world.source.holderOf({ providerName: 'Corp', userId: IDS.fay }) === undefined)
          world.source.put(federatedUser('Corp', IDS.fay, { sub: '99999999-0000-4000-8000-000000000000' }));
      };
      await select(world, ID);
      const holder = world.source.holderOf({ providerName: 'Corp', userId: IDS.fay });
      const groups = [...world.source.groups].filter(([, { members }]) => members.has(holder?.username ?? ''));
      const isOurs = holder?.username.startsWith('restored-') === true;
      expect(groups.length, `state ${nth}`).to.equal(isOurs ? 2 : 0);
      for (const name of world.source.users.keys())
        if (name.startsWith('restored-') && name !== holder?.username)
          for (const [, { members }] of world.source.groups) expect(members.has(name), `state ${nth}`).to.equal(false);
    }
  });
});
