import { Fault } from '../errors.ts';
import type { Page } from '../ports.ts';

/**
 * The token of the page that follows; undefined at the end of the listing. One that leads back to the page which it came
 * with counts as refused (Fault InvalidPaginationToken): whoever followed it would list that page for ever.
 */
export function nextToken({ next }: Pick<Page<unknown>, 'next'>, token: string | undefined): string | undefined {
  if (next === undefined || next !== token) return next;
  throw new Fault(
    'InvalidPaginationToken',
    'Cognito gave a page of a listing the token of that same page as the next one. Start the workflow again.',
  );
}
