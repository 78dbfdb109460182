import { expect } from 'chai';
import { Halt } from '../../../../source/domain/errors.ts';
import { Pacer } from '../../../../source/domain/pacing/pacer.ts';
import { CallPermit, permitHolder, untilEnd } from '../../../../source/domain/state/call-permit.ts';
import { rejection } from '../../../support/rejection.ts';
import { World } from '../../../support/world/world.ts';

const KEY = 'exports/cognito-calls.json';

describe('D14: the permit to call Cognito', () => {
  let world: World;
  /** The execution that holds the lease. */
  let leased: string;
  let claims: number;
  beforeEach(() => {
    world = new World();
    leased = 'first';
    claims = 0;
  });

  const permit = (executionArn: string, claim = `claim-${(claims += 1)}`): CallPermit =>
    new CallPermit(
      {
        objects: world.objects,
        clock: world.clock,
        log: world.log,
        assertLease: () =>
          leased === executionArn ? Promise.resolve() : Promise.reject(new Halt('LeaseLost', 'taken over')),
      },
      { key: KEY, executionArn, claim },
    );
  const waited = async (work: Promise<unknown>): Promise<number> => {
    const before = world.clock.now();
    await work;
    return world.clock.now() - before;
  };

  it('lets functions of one execution follow each other without a wait, also after one was killed', async () => {
    expect(await waited(permit('first').ensure())).to.equal(0);
    expect(await waited(permit('first').ensure())).to.equal(0);
  });

  it('makes another execution wait for what is left of it, and no longer, whatever became of the holder', async () => {
    await permit('first').ensure();
    await world.clock.sleep(5_000);
    leased = 'second';
    expect(await waited(permit('second').ensure())).to.be.within(15_000, 17_000);
    leased = 'third';
    await world.clock.sleep(60_000);
    expect(await waited(permit('third').ensure())).to.equal(0);
  });

  it('is given back at the end of the work, also of work that fails', async () => {
    const failing = permit('first');
    await rejection(
      untilEnd(failing, async () => {
        await failing.ensure();
        throw new Error('failed');
      }),
    );
    leased = 'second';
    expect(await waited(permit('second').ensure())).to.equal(0);
    expect(await rejection(failing.ensure())).to.include({ name: 'Superseded' });
  });

  it('is renewed while calls go on, and lost once another execution has taken it over', async () => {
    const first = permit('first');
    for (let n = 0; n < 100; n += 1) {
      await first.ensure();
      await world.clock.sleep(1_000);
    }
    expect(world.calls.countOf('objects.put')).to.be.within(5, 15);
    await first.ensure();
    leased = 'second';
    const second = permit('second');
    const taken = second.ensure().then(() => world.clock.now());
    let last = 0;
    const error = await rejection(
      (async () => {
        for (;;) {
          await first.ensure();
          last = world.clock.now();
          await world.clock.sleep(100);
        }
      })(),
    );
    expect(error).to.include({ name: 'Superseded' });
    expect((await taken) - last).to.be.at.least(1_000);
    await second.ensure();
  });

  it('is taken over by nobody who has lost the lease', async () => {
    await permit('first').ensure();
    leased = 'second';
    await permit('second').ensure();
    expect(await rejection(permit('first').ensure())).to.include({ name: 'LeaseLost' });
  });

  it('survives a renewal whose answer was lost, and objects that somebody changed', async () => {
    const first = permit('first');
    await first.ensure();
    await world.clock.sleep(15_000);
    world.calls.fail({ call: 'objects.put', when: 'after', error: () => new Error('lost') });
    await first.ensure();
    await world.clock.sleep(10_000);
    await first.ensure();
    await first.end();
    leased = 'second';
    for (const body of ['{', '7', '{"until":9e15}', '{"executionArn":"x","claim":"y","until":9e15}']) {
      await world.objects.put(KEY, body);
      const second = permit('second');
      expect(await waited(second.ensure()), body).to.be.within(20_000, 22_000);
      await second.end();
    }
  });

  describe('17.6: of whoever gives way', () => {
    const giving = (executionArn: string): CallPermit =>
      new CallPermit(
        { objects: world.objects, clock: world.clock, log: world.log, assertLease: () => Promise.resolve() },
        { key: KEY, executionArn, claim: `claim-${(claims += 1)}`, yields: true },
      );

    it('17.6: is taken over within seconds by everybody else, also when its holder was killed', async () => {
      await giving('drill').ensure();
      expect(await waited(permit('first').ensure())).to.be.within(3_000, 5_000);
    });

    it('17.6: takes over from nobody who calls or did so within a minute', async () => {
      const first = permit('first');
      await first.ensure();
      expect(await rejection(giving('drill').ensure())).to.include({ name: 'Superseded' });
      await first.end();
      await world.clock.sleep(59_000);
      expect(await rejection(giving('drill').ensure())).to.include({ name: 'Superseded' });
      await world.clock.sleep(2_000);
      expect(await waited(giving('drill').ensure())).to.equal(0);
    });

    it('17.6: whoever has paused for longer gets it back, and goes on in the same invocation', async () => {
      const first = permit('first');
      await first.ensure();
      await world.clock.sleep(90_000);
      const drill = giving('drill');
      await drill.ensure();
      expect(await waited(first.ensure())).to.be.within(3_000, 5_000);
      expect(await rejection(drill.ensure())).to.include({ name: 'Superseded' });
      await world.clock.sleep(15_000);
      await first.ensure();
    });

    it('17.6: is none of those that somebody has to wait for to be told of', async () => {
      await giving('drill').ensure();
      expect(await permitHolder(world.objects, KEY, world.clock.now())).to.equal(undefined);
      await permit('first').ensure();
      expect(await permitHolder(world.objects, KEY, world.clock.now())).to.equal('first');
    });

    it('17.6: an object that somebody changed keeps it waiting once, and not for ever', async () => {
      await world.objects.put(KEY, '{');
      expect(await waited(giving('drill').ensure())).to.be.within(20_000, 22_000);
    });
  });

  it('never lets two executions together exceed the ceiling, whenever the one is stopped and the other starts', async () => {
    const T = 10;
    const times: number[] = [];
    const calling = (executionArn: string, seconds: number): Promise<void> => {
      const pacer = new Pacer({ callsPerSecond: T, clock: world.clock });
      const held = permit(executionArn);
      pacer.restart(T, held);
      return untilEnd(held, async () => {
        for (const end = world.clock.now() + seconds * 1_000; world.clock.now() < end;) {
          await pacer.take();
          times.push(world.clock.now());
        }
      });
    };
    for (let round = 0; round < 12; round += 1) {
      leased = `round-${round}`;
      const old = calling(leased, 90).catch((error: unknown) => error);
      await world.clock.sleep(700 + round * 1_300);
      leased = `${leased}-again`;
      await calling(leased, 40);
      expect(await old).to.have.property('name', 'Superseded');
    }
    const most = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
    expect(most).to.be.at.most(T);
  });
});
