import { expect } from 'chai';
import { DrillWorld } from '../../support/drill/drill-world.ts';

const POOLS = 'pools.';
/** The states in which the drill's own function works. */
const OWN = ['MakePool', 'EndDrill'] as const;

const aWorld = (): Promise<DrillWorld> => DrillWorld.exported(12, [4]);

/** Kills at the n-th call after the drill has entered the state, once; whether there was one. */
function killIn(world: DrillWorld, state: string, nth: number, when: 'before' | 'after'): void {
  let armed = true;
  world.entered = (entered) => {
    if (entered === state && armed) {
      armed = false;
      world.calls.killAt(nth, when);
    } else world.calls.revive();
  };
}

/** Every call of the drill's own function, by its state and number. */
async function callsOf(state: (typeof OWN)[number]): Promise<number> {
  const world = await aWorld();
  let [before, made] = [-1, 0];
  world.entered = (entered) => {
    if (before >= 0 && made === 0) made = world.calls.count - before;
    if (entered === state) before = world.calls.count;
  };
  await world.drill();
  return made;
}

describe('A drill that is killed', function () {
  this.timeout(240_000);

  for (const state of OWN)
    for (const when of ['before', 'after'] as const) {
      it(`17.6: ${when} any call in ${state}, is retried to its end, and leaves nothing behind`, async () => {
        const calls = await callsOf(state);
        expect(calls).to.be.above(5);
        for (let nth = 1; nth <= calls; nth += 1) {
          const world = await aWorld();
          killIn(world, state, nth, when);
          const ended = await world.drill();
          expect(ended, `call ${nth}: ${ended.cause}`).to.include({ status: 'SUCCEEDED' });
          expect([world.drillPools, world.records], `call ${nth}`).to.deep.equal([[], []]);
          if (when === 'after') expect(world.calls.countOf(`${POOLS}create`), `call ${nth}`).to.equal(1);
        }
      });

      it(`17.6: with its execution ${when} any call in ${state}, is cleaned up by the next one`, async () => {
        const calls = await callsOf(state);
        for (let nth = 1; nth <= calls; nth += 1) {
          const world = await aWorld();
          killIn(world, state, nth, when);
          world.stopOnKill = true;
          await world.drill().catch((error: unknown) => {
            expect((error as Error).name).to.equal('Stopped');
          });
          expect(world.drillPools.length, `call ${nth}`).to.be.at.most(1);
          world.stopOnKill = false;
          world.entered = undefined;
          world.calls.revive();
          world.clock.advance(3_600_000);
          const next = await world.drill();
          expect(next, `call ${nth}: ${next.cause}`).to.include({ status: 'SUCCEEDED' });
          expect([world.drillPools, world.records], `call ${nth}`).to.deep.equal([[], []]);
        }
      });
    }

  it('17.6: while it restores or compares, is cleaned up by the next one', async () => {
    for (const state of ['CheckNewUserPool', 'ScanTable', 'ReadBackup', 'ImportUsers', 'UpdateUsers', 'ComparePool'])
      for (const nth of [1, 4, 9]) {
        const world = await aWorld();
        killIn(world, state, nth, 'after');
        world.stopOnKill = true;
        await world.drill().catch(() => undefined);
        world.stopOnKill = false;
        world.entered = undefined;
        world.calls.revive();
        expect(world.drillPools, state).to.have.length(1);
        const next = await world.drill();
        expect(next, `${state} ${nth}: ${next.cause}`).to.include({ status: 'SUCCEEDED' });
        expect([world.drillPools, world.records], state).to.deep.equal([[], []]);
      }
  });

  it('17.6: is cleaned up by a start that only cleans up, too', async () => {
    const world = await DrillWorld.exported(60, [10]);
    world.stopOnKill = true;
    world.entered = (state) => {
      if (state === 'ImportUsers') world.calls.killAt(1, 'before');
    };
    await world.drill().catch(() => undefined);
    world.entered = undefined;
    world.stopOnKill = false;
    expect(world.drillPools).to.have.length(1);
    const ended = await world.drill({ CleanUp: true });
    expect(ended, ended.cause).to.deep.include({ status: 'SUCCEEDED', output: { cleanedUp: true, records: 1 } });
    expect([world.drillPools, world.records]).to.deep.equal([[], []]);
    expect(world.calls.log.filter(({ call }) => call === `${POOLS}create`)).to.have.length(1);
  });
});
