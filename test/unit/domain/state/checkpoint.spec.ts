import { expect } from 'chai';
import * as v from 'valibot';
import { Fault } from '../../../../source/domain/errors.ts';
import { digestOfText } from '../../../../source/domain/state/digest-keys.ts';
import { Checkpoint } from '../../../../source/domain/state/checkpoint.ts';
import { countShape } from '../../../../source/domain/state/shape.ts';
import type { Stored } from '../../../../source/domain/state/shape.ts';
import { rejection } from '../../../support/rejection.ts';
import { World } from '../../../support/world/world.ts';

const KEY = 'exports/run/progress/step.json';
const shape = v.object({ pages: countShape });
type State = Stored<typeof shape>;

describe('Checkpoint', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  const claim = (name: string): Promise<Checkpoint<State>> =>
    Checkpoint.claim(world.objects, {
      key: KEY,
      shape,
      claim: name,
      now: () => world.clock.now(),
      initial: () => ({ pages: 0 }),
    });
  const stored = (): Promise<State | undefined> => Checkpoint.peek(world.objects, KEY, shape);
  /** The next write is refused once; `effect` happens first. */
  const refuseOnce = (effect: () => Promise<unknown> = () => Promise.resolve()): void => {
    const { put } = world.objects;
    world.objects.put = async () => {
      world.objects.put = put;
      await effect();
      throw new Fault('PreconditionFailed', 'refused');
    };
  };

  it('is taken over by a newer invocation, and the older one stops at its next save', async () => {
    const older = await claim('older');
    await older.save({ pages: 1 });
    const newer = await claim('newer');
    expect(newer.state).to.deep.equal({ pages: 1 });
    expect(await rejection(older.save({ pages: 2 }))).to.have.property('name', 'Superseded');
    await newer.save({ pages: 3 });
    expect(await stored()).to.deep.equal({ pages: 3 });
  });

  it('is claimed with what the older invocation saved just before the claim was written', async () => {
    const older = await claim('older');
    refuseOnce(() => older.save({ pages: 7 }));
    expect((await claim('newer')).state).to.deep.equal({ pages: 7 });
  });

  it('knows its own write again when only the answer was lost', async () => {
    const checkpoint = await claim('one');
    const { put } = world.objects;
    refuseOnce(() =>
      put(
        KEY,
        JSON.stringify({
          key: KEY,
          shape,
          claim: 'one',
          savedAt: new Date(world.clock.now()).toISOString(),
          digest: digestOfText('{"pages":1}'),
          state: { pages: 1 },
        }),
      ),
    );
    await checkpoint.save({ pages: 1 });
    await checkpoint.save({ pages: 2 });
    expect(await stored()).to.deep.equal({ pages: 2 });
  });

  // S3 answers 409 to a conditional write while another one is under way, and then stores nothing.
  it('does not take a refused write for a stored one, whether or not an object existed', async () => {
    refuseOnce();
    const checkpoint = await claim('one');
    expect(await stored()).to.deep.equal({ pages: 0 });
    refuseOnce();
    await checkpoint.save({ pages: 1 });
    expect(await stored()).to.deep.equal({ pages: 1 });
  });

  it('fails when every try is refused, so that the state machine tries again', async () => {
    const checkpoint = await claim('one');
    world.objects.put = () => Promise.reject(new Fault('PreconditionFailed', 'refused'));
    expect(await rejection(checkpoint.save({ pages: 1 }))).to.have.property('name', 'PreconditionFailed');
  });

  it('refuses a damaged object with its key and what to do', async () => {
    const other = JSON.stringify({
      key: 'exports/other/progress/step.json',
      claim: 'one',
      savedAt: '',
      state: { pages: 1 },
    });
    for (const [body, words] of [
      ['{"pages":', 'it is no JSON'],
      ['null', 'no checkpoint'],
      ['{"claim":1,"state":{}}', 'no checkpoint'],
      [other, 'the checkpoint of other work'],
      [`{"key":"${KEY}","claim":"one","savedAt":"","digest":"0","state":{"pages":2}}`, 'not what was saved'],
    ] as const) {
      await world.objects.put(KEY, body);
      const error = await rejection(claim('one'));
      expect(error).to.have.property('name', 'BadState');
      expect(error.message).to.include(KEY).and.include(words).and.include('Delete it');
    }
  });
});
