import { expect } from 'chai';
import fc from 'fast-check';
import * as v from 'valibot';
import { Fault } from '../../../source/domain/errors.ts';
import { Progress } from '../../../source/domain/state/progress.ts';
import type { Appendix } from '../../../source/domain/state/progress.ts';
import { World } from '../../support/world/world.ts';

const KEY = 'run/state.json';
const shape = v.object({ begun: v.array(v.number()), parts: v.array(v.string()) });
type State = v.InferOutput<typeof shape>;

/** Work that notes every number in the state and, at length, in objects of its own. */
class Numbers implements Appendix {
  readonly pending = 0;
  #waiting: number[] = [];

  constructor(private readonly state: State) {}

  add(number: number): void {
    this.state.begun.push(number);
    this.#waiting.push(number);
  }

  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    if (this.#waiting.length === 0) return [];
    const key = newKey('parts');
    const body = JSON.stringify(this.#waiting);
    this.#waiting = [];
    this.state.parts.push(key);
    return [{ key, body }];
  }
}

type Action =
  | { readonly do: 'add' | 'save' | 'saveMeanwhile' | 'saveIfDue' | 'endScope' | 'leave' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'fail' | 'loseAnswer' | 'killBefore' | 'killAfter'; readonly nth: number };

const actionLists: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant<Action>({ do: 'add' }) },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom('save' as const, 'saveMeanwhile' as const, 'saveIfDue' as const, 'endScope' as const),
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }) },
    { weight: 1, arbitrary: fc.constant<Action>({ do: 'leave' }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('fail' as const, 'loseAnswer' as const, 'killBefore' as const, 'killAfter' as const),
        nth: fc.integer({ min: 1, max: 4 }),
      }),
    },
  ),
  { maxLength: 80 },
);

const down = (): Error => new Fault('ServiceError', 'S3 is not itself');

/** A function that is invoked again and again, and what must hold of what it stored. */
class Invocations {
  readonly world = new World();
  /** The first numbers, whose save was waited for. */
  saved = 0;
  #next = 0;
  #claims = 0;

  /** Taken from its beginning by the invocations. */
  constructor(private readonly todo: Action[]) {
    this.world.calls.latencies['objects.put'] = 50;
  }

  /** The stored state names only objects that exist, and they hold exactly what it says was begun. */
  check(): number[] {
    const { objects } = this.world;
    if (!objects.stored.has(KEY)) return [];
    const { begun, parts } = objects.json<{ readonly state: State }>(KEY).state;
    expect(parts.flatMap((key) => objects.json<number[]>(key))).to.deep.equal(begun);
    expect(begun).to.deep.equal(begun.map((_, index) => index));
    expect(begun.length).to.be.at.least(this.saved);
    return begun;
  }

  /** One invocation: until it has done everything, leaves, fails or is killed. */
  async invoke(): Promise<void> {
    this.world.calls.revive();
    try {
      const progress = await this.#claim();
      while (this.todo.length > 0) {
        const numbers = new Numbers(progress.state);
        await progress.gather([numbers], () => this.#workInScope(progress, numbers));
      }
      await this.#save(progress);
    } catch (error) {
      expect(error).to.have.property('name').that.is.oneOf(['KilledError', 'ServiceError', 'Left']);
    }
    this.check();
  }

  async #claim(): Promise<Progress<State>> {
    const { objects, clock } = this.world;
    this.#claims += 1;
    const progress = await Progress.claim<State>(
      { objects, clock, claim: `claim-${this.#claims}` },
      {
        key: KEY,
        shape,
        folderOf: (kind) => `run/${kind}/`,
        since: clock.now(),
        figures: () => ({ phase: 'restoring' }),
      },
      () => ({ begun: [], parts: [] }),
    );
    // What was not saved is done once more.
    this.#next = progress.state.begun.length;
    return progress;
  }

  async #workInScope(progress: Progress<State>, numbers: Numbers): Promise<void> {
    for (let action = this.todo.shift(); action !== undefined; action = this.todo.shift()) {
      if (action.do === 'endScope') return;
      await this.#act(action, progress, numbers);
      this.check();
    }
  }

  async #act(action: Action, progress: Progress<State>, numbers: Numbers): Promise<void> {
    const { clock, calls } = this.world;
    if (action.do === 'add') numbers.add(this.#next++);
    else if (action.do === 'save') await this.#save(progress);
    else if (action.do === 'saveIfDue') progress.saveIfDue();
    else if (action.do === 'saveMeanwhile') progress.save().catch(() => undefined);
    else if (action.do === 'wait') await clock.sleep(action.ms);
    else if (action.do === 'leave') throw Object.assign(new Error('with saves still under way'), { name: 'Left' });
    else if (action.do === 'fail') calls.fail({ call: 'objects.put', nth: action.nth, error: down });
    else if (action.do === 'loseAnswer')
      calls.fail({ call: 'objects.put', nth: action.nth, when: 'after', error: down });
    else if ('nth' in action) calls.killAt(action.nth, action.do === 'killBefore' ? 'before' : 'after');
  }

  async #save(progress: Progress<State>): Promise<void> {
    const now = this.#next;
    await progress.save();
    this.saved = now;
  }
}

describe('Progress, whatever fails', () => {
  it('names only objects that exist, and loses nothing that was saved', async () => {
    await fc.assert(
      fc.asyncProperty(actionLists, async (todo) => {
        const work = new Invocations(todo);
        do await work.invoke();
        while (todo.length > 0);
      }),
      { numRuns: 400 },
    );
  });
});
