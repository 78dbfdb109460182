import * as v from 'valibot';
import { Fault, isNamed } from '../errors.ts';
import type { Page } from '../ports.ts';
import { countShape } from '../state/shape.ts';

export const chainShape = v.object({
  token: v.exactOptional(v.string()),
  done: v.boolean(),
  /** How often the chain has begun again because of its tokens. */
  restarts: countShape,
});
/** Where a chain of pages stands: everything before `token` has been applied. Part of checkpoints. */
export type ChainState = v.InferOutput<typeof chainShape>;
/** A chain before its first page. */
export const newChain = (): ChainState => ({ done: false, restarts: 0 });

/** Items of a full page of Cognito's listings of users, groups and members. */
export const FULL_PAGE = 60;

/** How often any chain of pages may begin again. */
export const MAX_RESTARTS = 10;

/** What is listed, and what becomes of it. */
export interface ChainWork<T> {
  readonly fetch: (token: string | undefined) => Promise<Page<T>>;
  /** Takes a page, at once or with a promise that stores it; only then the chain moves on. Idempotent: a page may come again. */
  readonly apply: (items: readonly T[]) => void | Promise<void>;
  /** The chain begins again with its first page. */
  readonly restarted?: () => void;
  /** Called after every page that the chain has left behind. */
  readonly moved?: () => void;
  /** True when no further page is to be fetched. */
  readonly stop?: () => boolean;
  /** Fetches the next page while one is applied. */
  readonly prefetch?: boolean;
}

/**
 * Follows one chain of pages from where it stands to its end or `stop`. A token that is refused, or that leads back to the
 * page which it came with (whoever followed it would list that page for ever), lets the chain begin again, at most
 * MAX_RESTARTS times: then Fault ServiceError. A page that is applied at once and the token behind it are one step, with
 * no await in between.
 */
export async function followChain<T>(chain: ChainState, work: ChainWork<T>): Promise<void> {
  const { fetch, apply, restarted, moved, stop = () => false, prefetch = false } = work;
  let ahead: Promise<Page<T>> | undefined;
  while (!chain.done && (ahead !== undefined || !stop())) {
    const page = await unlessTokenRefused(ahead ?? fetch(chain.token), chain.token);
    ahead = undefined;
    if (page === undefined) {
      restart(chain);
      restarted?.();
      continue;
    }
    if (prefetch && page.next !== undefined && !stop()) ahead = started(fetch(page.next));
    const applied = apply(page.items);
    if (applied instanceof Promise) await applied;
    move(chain, page.next);
    moved?.();
  }
}

/** What `look` finds in the first page that shows it; undefined when the listing has ended without. */
export async function findInPages<T, R>(
  fetch: ChainWork<T>['fetch'],
  look: (items: readonly T[]) => R | undefined,
): Promise<R | undefined> {
  let found: R | undefined;
  await followChain<T>(newChain(), {
    fetch,
    apply: (items) => {
      found = look(items);
    },
    stop: () => found !== undefined,
  });
  return found;
}

/** The token of a request, where there is one. */
export const withToken = (token: string | undefined): { readonly token?: string } =>
  token === undefined ? {} : { token };

/** A rejection that nobody awaits yet is not unhandled: it is seen when the page is needed, or not at all. */
function started<T>(page: Promise<Page<T>>): Promise<Page<T>> {
  page.catch(() => undefined);
  return page;
}

async function unlessTokenRefused<T>(
  fetched: Promise<Page<T>>,
  token: string | undefined,
): Promise<Page<T> | undefined> {
  try {
    const page = await fetched;
    return page.next !== undefined && page.next === token ? undefined : page;
  } catch (error) {
    if (isNamed(error, 'InvalidPaginationToken')) return undefined;
    throw error;
  }
}

function restart(chain: ChainState): void {
  if (chain.restarts >= MAX_RESTARTS) {
    throw new Fault(
      'ServiceError',
      `A listing of Cognito began again ${MAX_RESTARTS} times, each time because a pagination token was refused or led back to its own page, and still did not reach its end. Start the workflow again.`,
    );
  }
  chain.restarts += 1;
  delete chain.token;
}

function move(chain: ChainState, next: string | undefined): void {
  if (next === undefined) {
    chain.done = true;
    delete chain.token;
  } else chain.token = next;
}
