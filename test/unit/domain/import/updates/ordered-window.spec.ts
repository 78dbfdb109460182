import { expect } from 'chai';
import { LowWater, OrderedWindow } from '../../../../../source/domain/import/updates/ordered-window.ts';
import { FakeClock } from '../../../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../../../support/rejection.ts';

describe('OrderedWindow', () => {
  it('keeps at most so many in flight, and the order of each key', async () => {
    const clock = new FakeClock();
    const window = new OrderedWindow(3);
    const order: string[] = [];
    let running = 0;
    let most = 0;
    for (let n = 0; n < 12; n += 1) {
      await window.run(`key ${n % 4}`, async () => {
        running += 1;
        most = Math.max(most, running);
        await clock.sleep(100 - n * 7);
        order.push(`${n % 4}:${n}`);
        running -= 1;
      });
    }
    await window.drain();
    expect(most).to.equal(3);
    for (const key of ['0', '1', '2', '3']) {
      const own = order.filter((entry) => entry.startsWith(`${key}:`)).map((entry) => Number(entry.slice(2)));
      expect(own).to.deep.equal([...own].sort((left, right) => left - right));
    }
    expect(clock.elapsed).to.be.lessThan(12 * 60);
  });

  it('begins nothing after a failure, and tells it once all have ended', async () => {
    const clock = new FakeClock();
    const window = new OrderedWindow(2);
    const begun: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      await window.run('same', async () => {
        begun.push(n);
        await clock.sleep(10);
        if (n === 1) throw new Error('second');
      });
    }
    expect((await rejection(window.drain())).message).to.equal('second');
    expect(begun).to.deep.equal([0, 1]);
  });
});

describe('LowWater', () => {
  it('moves only over what has ended without a gap', () => {
    const water = new LowWater(5);
    water.end(7);
    water.end(6);
    expect(water.mark).to.equal(5);
    water.end(5);
    expect(water.mark).to.equal(8);
  });
});
