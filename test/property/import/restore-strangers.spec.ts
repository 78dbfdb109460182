import { expect } from 'chai';
import { CHUNK_LIMITS } from '../../../source/domain/import/planning/chunk-size.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import { seededRandom, wholeNumber } from '../../../tools/simulation/random.ts';
import { RestoreWorld } from '../../support/import/restore-world.ts';
import { Strangers } from '../../support/import/strangers.ts';
import { addGroups, addUsers, aUser } from '../../support/world/builders.ts';

const STATUSES = ['UNCONFIRMED', 'CONFIRMED', 'RESET_REQUIRED'];
const LIMITS = { ...CHUNK_LIMITS, firstChunkUsers: 6, chunkUsers: 9 };
const pick = <T>(random: () => number, values: readonly T[]): T =>
  values[wholeNumber(random, 0, values.length - 1)] as T;

/** Thirty users, some disabled, some without a verified address, in groups of three sizes. */
async function planned(random: () => number): Promise<RestoreWorld> {
  const restore = new RestoreWorld();
  addUsers(restore.source, 24, { random, disabled: 0.2 });
  for (let n = 0; n < 6; n += 1)
    restore.source.put(aUser({ username: `odd${n}`, attributes: { email: `odd${n}@example.test` } }));
  addGroups(restore.source, [3, 10, 30], { random });
  return restore.planned({}, { limits: LIMITS });
}

/** Rows are lost or untold, and jobs end early, as chance has it. */
function failJobs(restore: RestoreWorld, random: () => number): void {
  restore.jobs.knobs.rowFate = () => pick(random, [undefined, undefined, undefined, 'lost', 'silent', 'failed']);
  const ends = new Map<string, number | undefined>();
  restore.jobs.knobs.endEarly = ({ jobName }) => {
    if (!ends.has(jobName)) ends.set(jobName, random() < 0.4 ? wholeNumber(random, 0, 5) : undefined);
    const afterRows = ends.get(jobName);
    return afterRows === undefined
      ? undefined
      : { afterRows, status: pick(random, ['Failed', 'Stopped']), message: 'x' };
  };
  restore.jobs.knobs.logDelayMs = pick(random, [0, 0, 40_000, Infinity]);
}

/** What a sign-up may give: nothing of the user, or everything, unverified or verified with another address. */
function anySignUp(user: PoolUser, random: () => number): Partial<PoolUser> {
  const { sub: _sub, ...attributes } = user.attributes;
  return {
    status: pick(random, STATUSES),
    attributes: pick(random, [
      {},
      { ...attributes, email_verified: 'false' },
      { ...attributes, email: 'stranger@example.test', email_verified: 'true' },
    ]),
  };
}

describe('Strangers who sign up with names of the backup, are deleted, and sign up again', function () {
  this.timeout(120_000);

  for (let seed = 1; seed <= 12; seed += 1) {
    it(`get nothing, lose nothing, and are reported (seed ${seed})`, async () => {
      const random = seededRandom(seed);
      const restore = await planned(random);
      failJobs(restore, random);
      const strangers = new Strangers(restore);
      const users = [...restore.source.users.values()].map(({ user }) => user);
      let acts = 60;
      const act = (): void => {
        if (acts <= 0 || random() > 0.25) return;
        acts -= 1;
        const user = pick(random, users);
        // Every second name is freed first, whoever has it.
        if (random() < 0.5) strangers.remove(user.username);
        strangers.signUp(user.username, anySignUp(user, random));
      };
      restore.calls.latencies.cognito = 60;
      restore.calls.turn = (call) => {
        if (call.startsWith('cognito.') || call.startsWith('jobs.')) act();
        return Promise.resolve();
      };
      let outcome = await restore.executeDespiteKills('start-1');
      strangers.expectUntouched();
      for (const start of [2, 3, 4]) {
        if (outcome.outcome !== 'partial') break;
        if (start === 4) acts = 0;
        outcome = await restore.executeDespiteKills(`start-${start}`);
        strangers.expectUntouched();
      }
      if (outcome.outcome === 'partial') strangers.expectReported();
      expect(restore.writer.sentToUsers).to.deep.equal([]);
      acts = 0;
      for (const line of restore.report('sub-map.csv').trim().split('\n').slice(1)) {
        const [old = '', made = ''] = line.split(',');
        const account = restore.target.find(made);
        // Who was deleted after the last look of a complete restore was there when it was looked at.
        if (account !== undefined || outcome.outcome === 'partial')
          expect(account?.username).to.equal(users.find(({ sub }) => sub === old)?.username);
      }
    });
  }
});
