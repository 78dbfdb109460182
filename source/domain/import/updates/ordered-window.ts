import type { StepEnd } from '../../state/step.ts';

/**
 * Runs tasks with at most `size` in flight; tasks of the same key run one after the other in the order in which they
 * were given. After a failure nothing new begins; `drain` waits for what runs and then throws the first failure.
 */
export class OrderedWindow {
  readonly #running = new Set<Promise<void>>();
  readonly #lastOf = new Map<string, Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(private readonly size: number) {}

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Resolves when the task has its place, not when it has ended. */
  async run(key: string, task: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.size) await Promise.race(this.#running);
    const before = this.#lastOf.get(key) ?? Promise.resolve();
    const work = before
      .then(() => (this.#failure === undefined ? task() : undefined))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#running.delete(work);
        if (this.#lastOf.get(key) === work) this.#lastOf.delete(key);
      });
    this.#running.add(work);
    this.#lastOf.set(key, work);
  }

  async drain(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** Numbers that end out of order: everything below `mark` has ended. */
export class LowWater {
  readonly #above = new Set<number>();
  #mark: number;

  constructor(from: number) {
    this.#mark = from;
  }

  get mark(): number {
    return this.#mark;
  }

  end(index: number): void {
    this.#above.add(index);
    while (this.#above.delete(this.#mark)) this.#mark += 1;
  }
}

/** Work on items that come in a fixed order, so that a number says how far it has come. */
interface OrderedWork<T> {
  /** Items that are done, from the beginning. */
  readonly from: number;
  readonly keyOf: (item: T) => string;
  readonly work: (item: T) => Promise<void>;
  /** Called as soon as more items are done, without a gap. */
  readonly moved: (done: number) => void;
  /** Called after an item has got its place. */
  readonly afterEach: () => void;
  /** True when no further item is to be begun. */
  readonly stop: () => boolean;
}

/** Works on the items with at most `size` in flight, those of one key in their order. */
export async function workInOrder<T>(
  items: AsyncIterable<T>,
  size: number,
  { from, keyOf, work, moved, afterEach, stop }: OrderedWork<T>,
): Promise<StepEnd> {
  const ended = new LowWater(from);
  const window = new OrderedWindow(size);
  let next = 0;
  let end: StepEnd = 'moved';
  for await (const item of items) {
    const index = next;
    next += 1;
    if (index < from) continue;
    if (stop() || window.failed) {
      end = 'sliceOver';
      break;
    }
    await window.run(keyOf(item), async () => {
      await work(item);
      ended.end(index);
      moved(ended.mark);
    });
    afterEach();
  }
  await window.drain();
  return end;
}
