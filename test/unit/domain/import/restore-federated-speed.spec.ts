import { expect } from 'chai';
import { federatedUser, identities, PROVIDERS } from '../../../support/workflows/federated-world.ts';
import { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { aGroup, aUser } from '../../../support/world/builders.ts';

const TPS = 25;
const LINKED = 300;
const MADE = 300;

describe('How long links and users of identity providers take', () => {
  it('17.3: no more than 1.15 of their calls at CognitoTPS, a look and a link each, four calls and the groups each', async function () {
    this.timeout(120_000);
    const world = new WorkflowWorld();
    world.paced = true;
    world.federatedUsers = 'PRELINK';
    world.jobs.knobs.usersPerSecond = 1_000;
    for (let n = 0; n < LINKED; n += 1)
      world.source.put(
        aUser({
          username: `linked${n}`,
          attributes: {
            email: `linked${n}@example.test`,
            email_verified: 'true',
            identities: identities({ providerName: 'Google', userId: `L${n}` }),
          },
        }),
      );
    world.source.putGroup(aGroup());
    for (let n = 0; n < MADE; n += 1) {
      const user = federatedUser('Corp', `Id.${n}`);
      world.source.put(user);
      world.source.join(user.username, 'staff');
    }
    world.target.settings = { ...world.target.settings, identityProviders: PROVIDERS };
    await world.export();
    Object.assign(world.calls.latencies, { cognito: 60, 'cognito.listUsersPage': 100, objects: 20 });
    const from = world.calls.log.length;
    expect((await world.import()).status).to.equal('SUCCEEDED');
    const log = world.calls.log.slice(from).filter(({ call }) => call.startsWith('cognito.'));
    const work = log.slice(log.findLastIndex(({ call }) => call === 'cognito.identityProviders'));
    const seconds = ((work.at(-1)?.at ?? 0) - (work[0]?.at ?? 0)) / 1_000;
    expect(work.length).to.equal(1 + 2 * LINKED + 4 * MADE);
    expect(seconds).to.be.at.most((1.15 * work.length) / TPS);
    expect(world.calls.maxPerSecond('cognito')).to.be.at.most(TPS);
  });
});
