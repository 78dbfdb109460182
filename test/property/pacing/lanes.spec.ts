import { expect } from 'chai';
import fc from 'fast-check';
import { Lane } from '../../../source/domain/pacing/lane.ts';
import { Pacer } from '../../../source/domain/pacing/pacer.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { mostPerSecond } from '../../../tools/simulation/most-per-second.ts';
import { seededRandom } from '../../../tools/simulation/random.ts';
import { STATISTICAL } from '../../support/statistical.ts';

const LANE = 4.5;

describe('Lanes: properties', () => {
  for (const callsPerSecond of [1, 5, 10, 15, 20, 25]) {
    it(`together with plain calls never have more than ${callsPerSecond} calls in a sliding second, each lane never more than 5, and the mean stays`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ min: 1, max: 8 }),
          fc.integer(),
          async (lanes, workers, seed) => {
            const random = seededRandom(seed);
            const clock = new FakeClock({ overshoot: () => (random() < 0.3 ? random() * 12 : random() * 2) });
            const pacer = new Pacer({ callsPerSecond, clock });
            const all: number[] = [];
            const wanted = callsPerSecond * 8;
            const worker = async (turn: Pick<Pacer, 'take'>): Promise<number[]> => {
              const times: number[] = [];
              while (all.length < wanted) {
                await turn.take();
                times.push(clock.now());
                all.push(clock.now());
              }
              return times;
            };
            const plain = Array.from({ length: workers }, () => worker(pacer));
            const perLane = await Promise.all(
              Array.from({ length: lanes }, () => worker(new Lane(pacer, LANE, clock))),
            );
            await Promise.all(plain);
            expect(mostPerSecond(all)).to.be.at.most(callsPerSecond);
            for (const times of perLane) expect(mostPerSecond(times)).to.be.at.most(5);
            expect(all.length / (clock.elapsed / 1000)).to.be.at.least(callsPerSecond * 0.8);
          },
        ),
        { ...STATISTICAL, numRuns: 10 },
      );
    });
  }
});
