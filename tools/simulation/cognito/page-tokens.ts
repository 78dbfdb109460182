import { Fault } from '../../../source/domain/errors.ts';
import type { Random } from '../../../source/domain/ports.ts';

/** Pagination tokens: opaque, bound to the listing that gave them and its filter, valid for a while, never the same twice. */
export class PageTokens {
  constructor(
    private readonly now: () => number,
    private readonly random: Random,
  ) {}

  /** A token that remembers a place in a listing. */
  seal(listing: string, place: number): string {
    return Buffer.from(JSON.stringify([listing, place, this.now(), this.random()])).toString('base64');
  }

  /** The place that the token remembers; Fault InvalidPaginationToken for another listing's, an old one, or no token at all. */
  open(listing: string, token: string, validMs: number): number {
    const [of, place, at] = read(token);
    if (of !== listing || typeof place !== 'number' || this.now() - Number(at) > validMs)
      throw new Fault('InvalidPaginationToken', 'Cognito refused the pagination token.');
    return place;
  }
}

function read(token: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
