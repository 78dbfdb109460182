import * as v from 'valibot';
import type { Clock } from '../ports.ts';
import { chainShape, newChain } from '../listing/page-chain.ts';
import { areSparse, fullPagesShape, NO_FULL_PAGES, withFullPage } from '../listing/page-density.ts';
import { SUB_PREFIXES } from '../listing/user-chains.ts';
import { countShape, onlyRead, textsShape } from '../state/shape.ts';

const listingChainShape = v.object({ ...chainShape.entries, prefix: v.exactOptional(v.string()) });
/** One chain of ListUsers pages; `prefix` is the first digit of the subs that it lists, absent for all users. */
export type ListingChain = v.InferOutput<typeof listingChainShape>;

export const listingShape = v.object({
  /**
   * `single`: one chain over the whole pool. `prefixes`: one chain per first hex digit of `sub`, several at a time. A run
   * begins with `single` and changes when that cannot reach the pace.
   */
  mode: v.picklist(['single', 'prefixes']),
  /** Set once several chains were refused, could not be trusted, or took more calls than one. */
  singleOnly: v.boolean(),
  chains: v.array(listingChainShape),
  /** Of the users that the single chain had shown, `of` whom the prefixes must show again: the subs of those whom they have not. */
  again: v.exactOptional(v.object({ of: countShape, missing: onlyRead(textsShape) })),
  /** The single chain where the prefixes took over; absent in what versions before 2.1 stored. */
  before: v.exactOptional(listingChainShape),
  /** Of the prefixes. */
  full: v.exactOptional(onlyRead(fullPagesShape)),
});
/** How a run lists the users, and how far it has come. */
export type Listing = v.InferOutput<typeof listingShape>;

/** Chains at a time; each that ends takes the next prefix. */
export const CHAINS_AT_A_TIME = 8;
/** Intervals between pages that are measured before a decision. */
const MEASURED_INTERVALS = 4;
/** Pages per second, as a share of CognitoTPS, below which a chain is held up by its latency. The pacer grants about 0.91. */
const KEEPS_UP = 0.89;
/** Users of the single chain whom the prefixes must show again. */
const REMEMBERED = 1000;
/** Below this many users the extra pages of 16 chains cost more than they save. */
const WORTH_SPLITTING = 3000;

/** How every run begins: one chain over all users, until that proves too slow. */
export const singleListing = (): Listing => ({ mode: 'single', singleOnly: false, chains: [newChain()] });

/** `shown`: subs that the single chain has shown. */
export function splitByPrefix(listing: Listing, shown: readonly string[]): void {
  const [before = newChain()] = listing.chains;
  listing.mode = 'prefixes';
  listing.before = before;
  listing.again = { of: shown.length, missing: shown };
  listing.chains = SUB_PREFIXES.map((prefix) => ({ ...newChain(), prefix }));
}

/** Begins one chain over everything; what was listed already is recognized by the ledger. */
export function backToSingle(listing: Listing): void {
  listing.mode = 'single';
  listing.singleOnly = true;
  listing.chains = [newChain()];
  delete listing.again;
  delete listing.before;
  delete listing.full;
}

/** Goes on with the single chain where the prefixes took over: what came before was shown and stored. */
export function onWithSingle(listing: Listing): void {
  const { before = newChain() } = listing;
  backToSingle(listing);
  listing.chains = [before];
}

/** A page of the prefixes came, and more follow behind it. */
export function fullPageOfPrefix(listing: Listing, users: number): void {
  listing.full = withFullPage(listing.full ?? NO_FULL_PAGES, users);
}

/** True when the filters cost more calls than one chain takes. */
export const filtersAreOfNoUse = ({ mode, full = NO_FULL_PAGES }: Listing): boolean =>
  mode === 'prefixes' && areSparse(full);

/** A page of the prefixes has shown these. */
export function shownAgain({ again }: Listing, subs: readonly string[]): void {
  if (again === undefined || again.missing.length === 0) return;
  const shown = new Set(subs);
  again.missing = again.missing.filter((sub) => !shown.has(sub));
}

/** Subs are generated as lower-case UUIDs; any other kind would be missed by the prefixes. */
const hasHexSub = (sub: string): boolean => /^[0-9a-f]/.test(sub);

/** Watches the pages of a single chain and tells when several chains would be faster. */
export class ChainWatch {
  readonly #times: number[] = [];
  #users = 0;
  #last: readonly string[] = [];
  #allHex = true;
  #passedOver = 0;

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly callsPerSecond: number,
    private readonly estimatedUsers: number,
  ) {}

  sawPage(subs: readonly string[]): void {
    this.#times.push(this.clock.now() - this.#passedOver);
    this.#users += subs.length;
    this.#last = [...this.#last, ...subs].slice(-REMEMBERED);
    this.#allHex &&= subs.every(hasHexSub);
  }

  /** So long other calls than listings were made: no number of chains saves these. */
  passOver(ms: number): void {
    this.#passedOver += ms;
  }

  /** Subs of the users who were shown last. */
  get lastShown(): readonly string[] {
    return this.#last;
  }

  get shouldSplit(): boolean {
    const intervals = this.#times.length - 1;
    if (intervals < MEASURED_INTERVALS || !this.#allHex || Math.max(this.estimatedUsers, this.#users) < WORTH_SPLITTING)
      return false;
    const first = this.#times.at(-1 - MEASURED_INTERVALS) as number;
    const perPage = ((this.#times.at(-1) as number) - first) / MEASURED_INTERVALS;
    return perPage * this.callsPerSecond * KEEPS_UP > 1000;
  }
}

/** Share of Cognito's estimate below which several filtered chains are not believed. */
const BELIEVABLE = 0.9;
const ESTIMATE_SLACK = 100;

/** True when the listing found far fewer users than Cognito estimates. */
export const missesUsers = (listed: number, estimatedUsers: number): boolean =>
  listed < estimatedUsers * BELIEVABLE && estimatedUsers - listed > ESTIMATE_SLACK;

/** Share of the users shown before the split that the prefixes may lack: so many may have been deleted meanwhile. */
const MAY_BE_GONE = 0.02;

/** True when the filtered chains do not show users again whom the single one had shown. */
export const missesKnown = ({ again }: Listing): boolean =>
  again !== undefined && again.missing.length > again.of * MAY_BE_GONE;
