import { expect } from 'chai';
import { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addUsers, aUser } from '../../../support/world/builders.ts';

/** An export of a pool from which somebody is deleted, and signs up again, between two pages. */
async function signedUpAgain(
  usernameAttributes: readonly 'email'[],
  status: string,
  earlierExports: number,
): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  for (const pool of [world.source, world.target]) pool.settings = { ...pool.settings, usernameAttributes };
  const username = usernameAttributes.length > 0 ? 'sub-of-ana' : 'ana';
  world.source.put(aUser({ username, attributes: { email: 'ana@example.test', email_verified: 'true', name: 'old' } }));
  addUsers(world.source, 90);
  for (let n = 0; n < earlierExports; n += 1) {
    await world.export();
    world.clock.advance(3 * 3_600_000);
  }
  const list = world.cognito.listUsersPage;
  let again = true;
  world.cognito.listUsersPage = async (pool, request) => {
    const page = await list(pool, request);
    if (again && request.token === undefined) {
      again = false;
      world.source.remove(username);
      const created = new Date(world.clock.now()).toISOString();
      world.source.put(
        aUser({
          username: usernameAttributes.length > 0 ? 'sub-of-new' : 'ana',
          sub: 'ffffffff-0000-4000-8000-000000000000',
          status,
          created,
          attributes: { email: 'ana@example.test', email_verified: 'false', name: 'new' },
        }),
      );
    }
    return page;
  };
  const ended = await world.export();
  expect(ended.status, ended.cause).to.equal('SUCCEEDED');
  return world;
}

describe('A user who is deleted and signs up again while an export runs', () => {
  for (const [kind, attributes] of [
    ['an e-mail pool', ['email']],
    ['a pool of usernames', []],
  ] as const)
    for (const earlierExports of [0, 1])
      for (const status of ['UNCONFIRMED', 'CONFIRMED'])
        it(`B8: does not come back as the deleted one, in ${kind}, signed up ${status}, after ${earlierExports} exports`, async () => {
          const world = await signedUpAgain(attributes, status, earlierExports);
          await world.import();
          const names = world.target.listing().map(({ user }) => user.attributes.name);
          expect(names).to.have.length(status === 'CONFIRMED' ? 91 : 90);
          expect(names).to.not.include('old');
        });
});
