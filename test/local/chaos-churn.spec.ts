import { expect } from 'chai';
import { poolContents } from '../../tools/chaos/check/contents.ts';
import type { Contents } from '../../tools/chaos/check/contents.ts';
import { churn } from '../../tools/chaos/churn.ts';
import { cognitoIn } from '../../tools/deploy/clients.ts';
import type { Deployment } from '../../tools/chaos/deployment.ts';
import { PRIMARY } from '../../tools/deploy/regions.ts';
import { createPoolFor, usersFor, SIGN_INS } from '../../tools/chaos/sign-in.ts';
import { Touched } from '../../tools/chaos/touched.ts';
import { DEMO_GROUPS } from '../../tools/demo/seed/groups.ts';
import { loadPool } from '../../tools/demo/seed/load.ts';
import { SeededRandom } from '../../tools/demo/seed/random.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';

const USERS = 20;

describe('Changes to the pool of a chaos run', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  before(async () => {
    cloud = await startLocalCloud({ iam: false });
  });
  after(() => cloud?.stop());

  const keys = (...contents: readonly Contents[]): string[] => [...new Set(contents.flatMap((one) => [...one.keys()]))];

  for (const signIn of SIGN_INS) {
    it(`note all that they touch, and not all that there is, in a pool with ${signIn} sign-in`, async () => {
      const poolId = await createPoolFor(cognitoIn(cloud, PRIMARY), signIn, signIn);
      await loadPool({ cloud, region: PRIMARY, poolId }, DEMO_GROUPS, usersFor(signIn, USERS, 1));
      const deployment = { cloud, signIn, poolId, nextUser: USERS + 1 } as Deployment;
      const touched = new Touched();
      const random = new SeededRandom(1);
      const first = await poolContents(deployment);
      let last = first;
      for (let change = 0; change < 25; change += 1) {
        await churn(deployment, random, 1, touched);
        const next = await poolContents(deployment);
        const changed = keys(last, next).filter((key) => last.get(key) !== next.get(key));
        expect(
          changed.filter((key) => !touched.has(key)),
          `change ${change + 1}`,
        ).to.deep.equal([]);
        last = next;
      }
      const all = keys(first, last);
      expect(all.filter((key) => !touched.has(key)).length).to.be.above(all.length / 4);
    });
  }
});
