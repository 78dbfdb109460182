import * as v from 'valibot';
import { Fault, isNamed } from '../errors.ts';
import type { Page } from '../ports.ts';
import { countShape } from '../state/shape.ts';

export const chainShape = v.object({
  token: v.exactOptional(v.string()),
  done: v.boolean(),
  /** How often the chain began again because its token was refused. */
  restarts: countShape,
});
/** Where a chain of pages stands: everything before `token` has been applied. Part of a checkpoint. */
export type ChainState = v.InferOutput<typeof chainShape>;
export const newChain = (): ChainState => ({ done: false, restarts: 0 });

const MAX_RESTARTS = 10;

export interface ChainWork<T> {
  readonly fetch: (token: string | undefined) => Promise<Page<T>>;
  /** Stores a page; only then does the chain move on. Must bear the same page twice. */
  readonly apply: (items: readonly T[]) => Promise<void>;
  /** Called after every page that the chain has left behind. */
  readonly moved: () => void;
  /** True when no further page is to be fetched. */
  readonly stop: () => boolean;
}

/**
 * Follows one chain of pages, fetching the next page while the last one is applied. A token that is refused, or that
 * leads back to itself, restarts the chain.
 */
export async function followChain<T>(chain: ChainState, { fetch, apply, moved, stop }: ChainWork<T>): Promise<void> {
  let ahead = chain.done || stop() ? undefined : started(fetch(chain.token));
  while (ahead !== undefined) {
    const page: Page<T> | undefined = await unlessTokenRefused(ahead);
    if (page === undefined || (page.next !== undefined && page.next === chain.token)) {
      restart(chain);
      ahead = stop() ? undefined : started(fetch(undefined));
      continue;
    }
    ahead = page.next === undefined || stop() ? undefined : started(fetch(page.next));
    await apply(page.items);
    chain.done = page.next === undefined;
    if (page.next === undefined) delete chain.token;
    else chain.token = page.next;
    moved();
  }
}

/** A rejection that nobody awaits yet is not unhandled: it is seen when the page is needed, or not at all. */
function started<T>(page: Promise<Page<T>>): Promise<Page<T>> {
  page.catch(() => undefined);
  return page;
}

async function unlessTokenRefused<T>(page: Promise<Page<T>>): Promise<Page<T> | undefined> {
  try {
    return await page;
  } catch (error) {
    if (isNamed(error, 'InvalidPaginationToken')) return undefined;
    throw error;
  }
}

function restart(chain: ChainState): void {
  chain.restarts += 1;
  delete chain.token;
  if (chain.restarts > MAX_RESTARTS) {
    throw new Fault(
      'ServiceError',
      `Cognito refused the pagination tokens of a listing ${chain.restarts} times. Start ExportWorkflow again.`,
    );
  }
}

/**
 * Runs `work` on what `next` hands out, `workers` at a time, until it hands out nothing more or one fails; the others see
 * that by `failed`. Waits for all and rethrows the first failure.
 */
export async function inParallel<T>(
  workers: number,
  next: () => T | undefined,
  work: (item: T, failed: () => boolean) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const failed = (): boolean => failures.length > 0;
  const one = async (): Promise<void> => {
    for (let item = next(); item !== undefined && !failed(); item = next()) await work(item, failed);
  };
  await Promise.all(Array.from({ length: workers }, () => one().catch((error: unknown) => void failures.push(error))));
  if (failed()) throw failures[0];
}
