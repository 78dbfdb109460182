import { expect } from 'chai';
import { inFlight } from '../../../../../source/domain/import/planning/in-flight.ts';
import { FakeClock } from '../../../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../../../support/rejection.ts';

describe('inFlight', () => {
  it('runs everything, so many at a time', async () => {
    const clock = new FakeClock();
    let now = 0;
    let most = 0;
    const done: number[] = [];
    await inFlight([1, 2, 3, 4, 5], 2, async (value) => {
      most = Math.max(most, (now += 1));
      await clock.sleep(10);
      now -= 1;
      done.push(value);
    });
    expect(done).to.deep.equal([1, 2, 3, 4, 5]);
    expect(most).to.equal(2);
    expect(clock.elapsed).to.equal(30);
  });

  it('begins nothing after a failure and waits for what runs', async () => {
    const clock = new FakeClock();
    const ended: number[] = [];
    const error = await rejection(
      inFlight([1, 2, 3, 4], 2, async (value) => {
        await clock.sleep(value * 10);
        if (value === 1) throw new Error('first');
        ended.push(value);
      }),
    );
    expect(error.message).to.equal('first');
    expect(ended).to.deep.equal([2]);
  });
});
