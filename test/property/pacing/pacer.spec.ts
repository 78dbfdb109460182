import { expect } from 'chai';
import fc from 'fast-check';
import { Pacer } from '../../../source/domain/pacing/pacer.ts';
import type { Random } from '../../../source/domain/ports.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { mostPerSecond } from '../../../tools/simulation/most-per-second.ts';
import { seededRandom } from '../../../tools/simulation/random.ts';
import { STATISTICAL } from '../../support/statistical.ts';

/** A service that grants `callsPerSecond` by a token bucket, as Cognito's quotas do. */
class Bucket {
  #tokens: number;
  #at: number;
  constructor(
    private readonly callsPerSecond: number,
    private readonly burst: number,
    private readonly clock: FakeClock,
  ) {
    this.#tokens = burst;
    this.#at = clock.now();
  }

  accepts(): boolean {
    const now = this.clock.now();
    this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#at) / 1000) * this.callsPerSecond);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

const timers =
  (random: Random, late: number): (() => number) =>
  () =>
    random() < 0.3 ? random() * late : random() * 2;

describe('Pacer: properties', () => {
  it('never has more than T calls in a sliding second, whatever the timers, and a mean of at least 0.87 T', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 25 }),
        fc.integer(),
        fc.integer({ min: 1, max: 12 }),
        async (callsPerSecond, seed, workers) => {
          const clock = new FakeClock({ overshoot: timers(seededRandom(seed), 12) });
          const pacer = new Pacer({ callsPerSecond, clock });
          const times: number[] = [];
          const wanted = callsPerSecond * 20;
          await Promise.all(
            Array.from({ length: workers }, async () => {
              while (times.length < wanted) {
                await pacer.take();
                times.push(clock.now());
              }
            }),
          );
          expect(mostPerSecond(times)).to.be.at.most(callsPerSecond);
          expect(times.length / (clock.elapsed / 1000)).to.be.at.least(callsPerSecond * 0.87);
        },
      ),
      { ...STATISTICAL, numRuns: 40 },
    );
  });

  it('keeps the ceiling over invocations that follow each other at once, in whichever process', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 25 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 1, max: 30 })), {
          minLength: 2,
          maxLength: 20,
        }),
        async (callsPerSecond, invocations) => {
          const clock = new FakeClock();
          const processes = [0, 1].map(() => new Pacer({ callsPerSecond, clock }));
          const times: number[] = [];
          for (const [index, calls] of invocations) {
            const pacer = processes[index] as Pacer;
            pacer.restart();
            for (let n = 0; n < calls; n += 1) {
              await pacer.take();
              times.push(clock.now());
            }
          }
          expect(mostPerSecond(times)).to.be.at.most(callsPerSecond);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('with 40 % of T granted: fewer than 5 % throttled, and at most 1.3 times the shortest time, and never more than T in a sliding second', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(5, 10, 15, 25),
        fc.integer(),
        fc.constantFrom(1, 4, 12),
        fc.constantFrom(60, 100),
        async (callsPerSecond, seed, workers, latency) => {
          const granted = 0.4 * callsPerSecond;
          const clock = new FakeClock();
          const random = seededRandom(seed);
          const pacer = new Pacer({ callsPerSecond, clock });
          const service = new Bucket(granted, Math.max(1, granted), clock);
          const calls = 1500;
          let begun = 0;
          let refused = 0;
          const times: number[] = [];
          await Promise.all(
            Array.from({ length: workers }, async () => {
              while (begun < calls) {
                begun += 1;
                for (let attempt = 0; ; attempt += 1) {
                  await pacer.take();
                  const grantedAt = clock.now();
                  times.push(grantedAt);
                  const accepted = service.accepts();
                  await clock.sleep(latency);
                  if (accepted) break;
                  refused += 1;
                  pacer.throttled(grantedAt);
                  await clock.sleep(random() * Math.min(5_000, 200 * 2 ** attempt));
                }
              }
            }),
          );
          expect(mostPerSecond(times)).to.be.at.most(callsPerSecond);
          expect(refused / times.length).to.be.below(0.05);
          expect(clock.elapsed / 1000).to.be.at.most(1.3 * (calls / granted));
        },
      ),
      { ...STATISTICAL, numRuns: 12 },
    );
  });
});
