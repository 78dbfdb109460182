import { expect } from 'chai';
import { permitted } from '../../../../source/adapters/cognito/permitted.ts';
import { Pacer } from '../../../../source/domain/pacing/pacer.ts';
import type { Measured } from '../../../../source/domain/watch/metrics.ts';
import { rejection } from '../../../support/rejection.ts';
import { World } from '../../../support/world/world.ts';

describe('permitted: the rate of an invocation', () => {
  /** What an invocation emits that works so with its pacer. */
  async function measuredOf(work: (pacer: Pacer, world: World) => Promise<unknown>): Promise<readonly Measured[]> {
    const world = new World();
    const pacer = new Pacer({ callsPerSecond: 10, clock: world.clock });
    const measured: Measured[] = [];
    await permitted(
      pacer,
      {
        ...world,
        workflow: 'ExportWorkflow',
        executionArn: 'arn',
        claim: 'claim',
        assertLease: () => Promise.resolve(),
        measure: (found) => void measured.push(found),
      },
      () => work(pacer, world),
    ).catch(() => undefined);
    return measured;
  }
  const take = async (pacer: Pacer, calls: number): Promise<void> => {
    for (let call = 0; call < calls; call += 1) await pacer.take();
  };

  it('is the mean over whole seconds, below the ceiling also for a few calls', async () => {
    const [many = {}] = await measuredOf((pacer) => take(pacer, 100));
    expect(many.CallsPerSecond).to.be.within(8, 10);
    expect(many).not.to.have.property('ThrottledCalls');
    const [few = {}] = await measuredOf((pacer) => take(pacer, 3));
    expect(few.CallsPerSecond).to.equal(3);
  });

  it('is emitted once, also by an invocation that fails, with the calls that were throttled', async () => {
    const measured = await measuredOf(async (pacer) => {
      await take(pacer, 2);
      pacer.throttled();
      throw new Error('over');
    });
    expect(measured).to.deep.equal([{ CallsPerSecond: 2, ThrottledCalls: 1 }]);
  });

  it('is nothing where nothing was called; errors pass on', async () => {
    expect(await measuredOf(() => Promise.resolve())).to.deep.equal([{}]);
    const world = new World();
    const pacer = new Pacer({ callsPerSecond: 10, clock: world.clock });
    const calling = {
      ...world,
      workflow: 'ExportWorkflow' as const,
      executionArn: 'arn',
      claim: 'claim',
      assertLease: () => Promise.resolve(),
      measure: () => undefined,
    };
    expect(await rejection(permitted(pacer, calling, () => Promise.reject(new Error('over'))))).to.include({
      message: 'over',
    });
  });
});
