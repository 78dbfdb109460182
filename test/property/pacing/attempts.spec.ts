import { expect } from 'chai';
import fc from 'fast-check';
import { Fault } from '../../../source/domain/errors.ts';
import { Pacer } from '../../../source/domain/pacing/pacer.ts';
import type { Random } from '../../../source/domain/ports.ts';
import type { CognitoOptions } from '../../../source/adapters/cognito/client.ts';
import { importJobs } from '../../../source/adapters/cognito/import-jobs.ts';
import { userPoolReader } from '../../../source/adapters/cognito/pool-reader.ts';
import { userPoolWriter } from '../../../source/adapters/cognito/pool-writer.ts';
import { refusal } from '../../support/aws-stub.ts';
import type { StubAnswer } from '../../support/aws-stub.ts';
import { mostPerSecond } from '../../../tools/simulation/most-per-second.ts';
import { seededRandom, wholeNumber } from '../../../tools/simulation/random.ts';
import { STATISTICAL } from '../../support/statistical.ts';
import { VirtualCognito } from '../../support/virtual-cognito.ts';

const POOL = 'eu-west-1_Source';
const THROTTLES = [refusal('TooManyRequestsException', 'Rate exceeded'), refusal('ThrottlingException', '', 429)];

type Call = () => Promise<unknown>;

/** A warm function: its adapters share the pacer that lives as long as its process. */
function warmFunction(options: CognitoOptions): {
  readonly pacer: Pacer;
  readonly plain: readonly Call[];
  readonly inLanes: readonly Call[];
} {
  const reader = userPoolReader(options);
  const writer = userPoolWriter(options);
  const jobs = importJobs({ ...options, logRoleArn: 'role' });
  return {
    pacer: options.pacer,
    plain: [
      () => reader.listUsersPage(POOL, {}),
      () => reader.listUsersInGroupPage(POOL, 'g', {}),
      () => writer.addUserToGroup(POOL, 'x', 'g'),
      () => writer.disableUser(POOL, 'x'),
    ],
    inLanes: [
      () => reader.listGroupsPage(POOL, {}),
      () => writer.createGroup(POOL, { name: 'g' }),
      () => jobs.createJob(POOL, 'n'),
      () => jobs.describeJob(POOL, 'import-1'),
      () => jobs.csvHeader(POOL),
    ],
  };
}

/** A fifth of the attempts fail on their way or in the service; after `untroubled` of them, now and then up to four in a row are throttled. */
function moody(random: Random, untroubled: number): (action: string) => StubAnswer | 'broken' {
  let seen = 0;
  let throttling = 0;
  return (action) => {
    seen += 1;
    if (seen > untroubled && throttling === 0 && random() < 0.03) throttling = wholeNumber(random, 1, 4);
    if (throttling > 0) {
      throttling -= 1;
      return THROTTLES[wholeNumber(random, 0, 1)] as StubAnswer;
    }
    const fate = random();
    if (fate < 0.03) return 'broken';
    if (fate < 0.2) return refusal('InternalErrorException', '', 500);
    // Such a group is updated instead: a call of another lane.
    return action === 'CreateGroup' && random() < 0.3 ? refusal('GroupExistsException') : { body: {} };
  };
}

describe('Cognito adapters with the SDK: attempts in a sliding second', () => {
  const cognito = new VirtualCognito();
  before(() => cognito.start());
  after(() => cognito.stop());

  /** Functions run one after another, each for a moment or longer, in two processes that stay warm. */
  async function invocations(callsPerSecond: number, random: Random): Promise<void> {
    const { clock } = cognito;
    const functions = [0, 1].map(() =>
      warmFunction({ userAgent: 'solution/v1', clock, random, pacer: new Pacer({ callsPerSecond, clock }) }),
    );
    for (let invocation = 0; invocation < 8; invocation += 1) {
      const { pacer, plain, inLanes } = functions[wholeNumber(random, 0, 1)] as (typeof functions)[number];
      const long = invocation % 4 === 0;
      const worker = async (calls: readonly Call[], most: number): Promise<void> => {
        for (let left = wholeNumber(random, 1, most); left > 0; left -= 1) {
          await (calls[wholeNumber(random, 0, calls.length - 1)] as Call)().catch((error: unknown) => {
            if (!(error instanceof Fault)) throw error;
          });
        }
      };
      pacer.restart(callsPerSecond);
      await Promise.all([
        ...Array.from({ length: long ? 6 : 1 }, () => worker(plain, long ? callsPerSecond : 2)),
        ...Array.from({ length: long ? 5 : 0 }, () => worker(inLanes, 4)),
      ]);
    }
  }

  for (const callsPerSecond of [1, 5, 10, 15, 20, 25]) {
    it(`never are more than ${callsPerSecond}, whatever fails and is tried again, in whichever lane, and however often functions start`, async () => {
      let most = 0;
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          const random = seededRandom(seed);
          cognito.reset();
          cognito.answer = moody(random, 2 * callsPerSecond);
          cognito.travel = () => random() * 40;
          await invocations(callsPerSecond, random);
          const found = mostPerSecond(cognito.attempts);
          expect(found).to.be.at.most(callsPerSecond);
          most = Math.max(most, found);
        }),
        { ...STATISTICAL, numRuns: 3, endOnFailure: true },
      );
      // The calls did press against the ceiling.
      expect(most).to.be.at.least(callsPerSecond * 0.8);
    });
  }
});
