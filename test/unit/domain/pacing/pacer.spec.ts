import { expect } from 'chai';
import { Lane } from '../../../../source/domain/pacing/lane.ts';
import { Pacer } from '../../../../source/domain/pacing/pacer.ts';
import { FakeClock } from '../../../../tools/simulation/fake-clock.ts';
import { mostPerSecond } from '../../../../tools/simulation/most-per-second.ts';

const INTERVAL = 1000 / (10 * 0.91);

describe('Pacer', () => {
  it('grants its first call one interval after it was made, and one interval after a restart', async () => {
    const clock = new FakeClock();
    const pacer = new Pacer({ callsPerSecond: 10, clock });
    await pacer.take();
    expect(clock.elapsed).to.be.closeTo(INTERVAL, 0.01);
    clock.advance(60_000);
    pacer.restart();
    await pacer.take();
    expect(clock.elapsed).to.be.closeTo(60_000 + 2 * INTERVAL, 0.01);
  });

  it('serves in order of asking', async () => {
    const pacer = new Pacer({ callsPerSecond: 25, clock: new FakeClock() });
    const served: number[] = [];
    await Promise.all([1, 2, 3, 4, 5].map((n) => pacer.take().then(() => served.push(n))));
    expect(served).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('gives no burst after a long pause', async () => {
    const clock = new FakeClock();
    const pacer = new Pacer({ callsPerSecond: 10, clock });
    await pacer.take();
    clock.advance(3_600_000);
    const before = clock.elapsed;
    for (let n = 0; n < 10; n += 1) await pacer.take();
    expect(clock.elapsed - before).to.be.at.least(9 * INTERVAL - 15.01);
  });

  it('does not wait for hours when the system clock is set back', async () => {
    const clock = new FakeClock();
    const pacer = new Pacer({ callsPerSecond: 10, clock });
    await pacer.take();
    clock.advance(-3_600_000);
    const before = clock.elapsed;
    await pacer.take();
    expect(clock.elapsed - before).to.be.at.most(2 * INTERVAL);
  });

  it('takes another ceiling at a restart, below 1 call per second too', async () => {
    const clock = new FakeClock();
    const pacer = new Pacer({ callsPerSecond: 10, clock });
    pacer.restart(1);
    for (let n = 0; n < 3; n += 1) await pacer.take();
    expect(clock.elapsed).to.be.closeTo((3 / 0.91) * 1000, 1);
    pacer.restart(25);
    expect(pacer.callsPerSecond).to.be.closeTo(22.75, 0.01);
  });

  it('counts the calls of an invocation and how many were throttled, each attempt', async () => {
    const pacer = new Pacer({ callsPerSecond: 10, clock: new FakeClock() });
    for (let n = 0; n < 3; n += 1) await pacer.take();
    pacer.throttled();
    pacer.throttled();
    expect([pacer.grants, pacer.throttles]).to.deep.equal([3, 2]);
    pacer.restart();
    expect([pacer.grants, pacer.throttles]).to.deep.equal([0, 0]);
  });

  for (const callsPerSecond of [5, 10, 25]) {
    it(`is back at ${callsPerSecond} calls per second two minutes after a storm of throttles`, async () => {
      const clock = new FakeClock();
      const pacer = new Pacer({ callsPerSecond, clock });
      for (let n = 0; n < 40; n += 1) {
        await pacer.take();
        pacer.throttled(clock.now());
        clock.advance(1);
      }
      expect(pacer.callsPerSecond).to.be.below(callsPerSecond * 0.05);
      const calmSince = clock.elapsed;
      while (pacer.callsPerSecond < callsPerSecond * 0.909) await pacer.take();
      expect(clock.elapsed - calmSince).to.be.below(180_000);
    });
  }

  it('counts the throttles of one round trip once, and keeps what it learned over a restart', () => {
    const clock = new FakeClock();
    const pacer = new Pacer({ callsPerSecond: 10, clock });
    const grantedAt = clock.now();
    clock.advance(100);
    for (let n = 0; n < 5; n += 1) pacer.throttled(grantedAt + n);
    expect(pacer.callsPerSecond).to.be.closeTo(9.1 * 0.75, 0.01);
    pacer.restart();
    expect(pacer.callsPerSecond).to.be.closeTo(9.1 * 0.75, 0.01);
    pacer.restart(20);
    expect(pacer.callsPerSecond).to.be.closeTo(9.1 * 0.75, 0.01);
  });
});

describe('Lane', () => {
  for (const callsPerSecond of [1, 5, 10, 25]) {
    it(`stays at 4.5 calls per second below a busy pacer of ${callsPerSecond}`, async () => {
      const clock = new FakeClock();
      const pacer = new Pacer({ callsPerSecond, clock });
      const lane = new Lane(pacer, 4.5, clock);
      const all: number[] = [];
      let stop = false;
      const busy = Array.from({ length: 8 }, async () => {
        while (!stop) {
          await pacer.take();
          all.push(clock.now());
          await clock.sleep(60);
        }
      });
      const at: number[] = [];
      await Promise.all(
        Array.from({ length: 60 }, () =>
          lane.take().then(() => {
            at.push(clock.now());
            all.push(clock.now());
          }),
        ),
      );
      stop = true;
      const seconds = clock.elapsed / 1000;
      const others = all.length - at.length;
      await Promise.all(busy);
      expect(mostPerSecond(all)).to.be.at.most(callsPerSecond);
      for (let n = 5; n < at.length; n += 1) expect((at[n] as number) - (at[n - 5] as number)).to.be.at.least(1000);
      expect(60 / seconds).to.be.at.least(Math.min(4.5, callsPerSecond * 0.91) * 0.93);
      if (callsPerSecond >= 10) expect(others / seconds).to.be.at.least(callsPerSecond * 0.91 - 4.6);
    });
  }
});
