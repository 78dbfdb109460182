import * as v from 'valibot';
import { countShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';

export const fullPagesShape = v.object({ pages: countShape, users: countShape });
/**
 * Pages of filtered chains behind which more follow, and the users on them, whoever they are. The last page of a chain is
 * as short as it happens to be, and is not counted.
 */
export type FullPages = Stored<typeof fullPagesShape>;

export const NO_FULL_PAGES: FullPages = { pages: 0, users: 0 };

/** Few, so that a pool of a few pages pays little for asking; more than one, as any page may be short or empty. */
const DECIDING_PAGES = 4;
/** A third of a page; sixteen filters that are applied after Cognito has cut its pages leave about four users on each. */
const SPARSE_USERS = 20;

/** With one page more. */
export const withFullPage = ({ pages, users }: FullPages, onPage: number): FullPages => ({
  pages: pages + 1,
  users: users + onPage,
});

/**
 * True when the pages behind filters are so empty that Cognito seems to filter after it has cut them: then each of sixteen
 * chains takes as many calls as one over everybody.
 */
export const areSparse = ({ pages, users }: FullPages): boolean =>
  pages >= DECIDING_PAGES && users < SPARSE_USERS * pages;
