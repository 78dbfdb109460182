import { expect } from 'chai';
import { forEachAtOnce } from '../../../source/domain/concurrency.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../support/rejection.ts';

describe('forEachAtOnce', () => {
  it('runs everything in order, so many at a time', async () => {
    const clock = new FakeClock();
    let now = 0;
    let most = 0;
    const done: number[] = [];
    await forEachAtOnce([1, 2, 3, 4, 5], 2, async (value) => {
      most = Math.max(most, (now += 1));
      await clock.sleep(10);
      now -= 1;
      done.push(value);
    });
    expect(done).to.deep.equal([1, 2, 3, 4, 5]);
    expect(most).to.equal(2);
    expect(clock.elapsed).to.equal(30);
  });

  it('begins nothing after a failure, waits for what runs, and throws the first failure', async () => {
    const clock = new FakeClock();
    const ended: number[] = [];
    const error = await rejection(
      forEachAtOnce([1, 2, 3, 4, 5], 3, async (value) => {
        await clock.sleep(value * 10);
        if (value === 1) throw new Error('first');
        if (value === 3) throw new Error('second');
        ended.push(value);
      }),
    );
    expect(error.message).to.equal('first');
    expect(ended).to.deep.equal([2]);
    expect(clock.elapsed).to.equal(30);
  });

  it('tells work under way of a failure', async () => {
    const clock = new FakeClock();
    let pages = 0;
    await rejection(
      forEachAtOnce(['fails', 'loops'], 2, async (value, failed) => {
        if (value === 'fails') {
          await clock.sleep(25);
          throw new Error('failed');
        }
        for (; !failed(); pages += 1) await clock.sleep(10);
      }),
    );
    expect(pages).to.equal(3);
  });

  it('takes a value only when there is room for it, and none after a failure', async () => {
    const taken: number[] = [];
    const values = function* (): Generator<number> {
      for (let value = 1; ; value += 1) {
        taken.push(value);
        yield value;
      }
    };
    const clock = new FakeClock();
    await rejection(
      forEachAtOnce(values(), 2, async (value) => {
        await clock.sleep(10 * value);
        if (value === 3) throw new Error('failed');
      }),
    );
    expect(taken).to.deep.equal([1, 2, 3, 4]);
  });

  it('of nothing is nothing', async () => {
    await forEachAtOnce([], 3, () => Promise.reject(new Error('never')));
  });
});
