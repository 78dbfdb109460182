import * as v from 'valibot';
import { namesAtSignIn } from '../../comparison/matching.ts';
import { forEachAtOnce } from '../../concurrency.ts';
import { nameKey } from '../../digests/user-content.ts';
import { chainProgressShape, NO_CHAINS } from '../../listing/chains.ts';
import { listingScopeShape, orInOneChain, userChains } from '../../listing/user-chains.ts';
import type { ListingScope } from '../../listing/user-chains.ts';
import type { PoolUser } from '../../model.ts';
import type { Clock, Log, ObjectStore, UserPoolReader } from '../../ports.ts';
import { countShape, textsShape } from '../../state/shape.ts';
import type { Shape, Stored } from '../../state/shape.ts';
import { aliasHolder } from './alias-holders.ts';
import { claimedAliases, claimKey, CONTACTS } from './attributes.ts';
import type { AddressClaim } from './attributes.ts';
import { readSpool, SpoolWriter } from '../planning/spool.ts';
import { accountBySub } from '../../listing/account-by-sub.ts';
import { listedUsers } from '../updates/listed-user.ts';
import type { RestoredPool } from '../updates/listed-user.ts';
import { CALLS_AT_A_TIME } from '../updates/update-run.ts';

/** Up to so many users are looked up one by one; for more the pool is listed once. */
const MOST_LOOK_UPS = 300;
/** A look stores how far it has come at least so often. */
const ROUND_MS = 30_000;

/** Whom to look for: under one of these subs, else by the name. */
export interface Wanted {
  readonly subs: readonly string[];
  readonly name?: string;
  /** Whoever signs in by one of them is found as well. */
  readonly claims?: readonly AddressClaim[];
}

export const accountShape: Shape<PoolUser> = v.object({
  username: v.string(),
  sub: v.string(),
  attributes: v.record(v.string(), v.string()),
  enabled: v.boolean(),
  status: v.string(),
  created: v.string(),
  modified: v.string(),
});

export const accountLookShape = v.object({
  /** How many of those that are looked up one by one are behind. */
  lookedUp: countShape,
  scope: listingScopeShape,
  chains: chainProgressShape,
  /** Objects of the accounts that were found so far. */
  parts: textsShape,
});
/** How far a look for accounts has come. */
export type AccountLook = Stored<typeof accountLookShape>;

/**
 * Nobody was looked for yet. Where the pool is listed and most of them are gone, `scope` is best `single`: filters may hide
 * somebody, so that whoever they do not show is looked for in one chain anyway.
 */
export const newAccountLook = (scope: ListingScope = 'prefixes'): AccountLook => ({
  lookedUp: 0,
  scope,
  chains: NO_CHAINS,
  parts: [],
});

/** What a look needs. */
export interface LookDeps {
  readonly pool: Pick<UserPoolReader, 'listUsersPage'>;
  readonly objects: Pick<ObjectStore, 'put' | 'read'>;
  readonly clock: Clock;
  readonly log: Log;
}
/** The pool in which accounts are looked for, and where those that are found are stored. */
export interface LookPlace {
  readonly target: RestoredPool;
  /** Of the objects of this invocation. */
  readonly prefix: string;
  readonly stop: () => boolean;
}

/** One round of the look; `done` once everybody was looked for. Who has the name of somebody else is found as well. */
export async function findAccounts(
  look: AccountLook,
  wanted: readonly Wanted[],
  place: LookPlace,
  deps: LookDeps,
): Promise<{ readonly look: AccountLook; readonly done: boolean }> {
  const roundEnd = deps.clock.now() + ROUND_MS;
  const stop = (): boolean => deps.clock.now() >= roundEnd || place.stop();
  const spool = new SpoolWriter(deps.objects, place.prefix, look.parts);
  if (wanted.length <= MOST_LOOK_UPS) {
    const lookedUp = await lookUp(look.lookedUp, wanted, { place, deps, spool, stop });
    await spool.flush();
    return { look: { ...look, lookedUp, parts: spool.parts }, done: lookedUp >= wanted.length };
  }
  const isWanted = wantedOnes(wanted, place.target);
  let scope = look.scope;
  let before = look.chains;
  const listed = await orInOneChain(
    scope,
    deps.log,
    async (asked) => {
      scope = asked;
      const chains = userChains<PoolUser>(deps.pool, place.target.newUserPoolId, asked, before, {
        apply: (_id, users) => {
          for (const user of users) if (isWanted(user)) spool.add(user);
          return 0;
        },
        forget: () => undefined,
      });
      await chains.run(stop, () => undefined);
      return { chains: chains.progress, done: chains.done };
    },
    () => {
      before = NO_CHAINS;
    },
  );
  await spool.flush();
  const listedOn = { ...look, scope, chains: listed.chains, parts: spool.parts };
  // Who is taken for gone is created: one chain over everybody decides about whoever the filters did not show.
  if (listed.done && scope === 'prefixes' && !(await hasAll(wanted, listedOn, place.target, deps)))
    return { look: { ...listedOn, scope: 'single', chains: NO_CHAINS }, done: false };
  return { look: listedOn, done: listed.done };
}

/** Whether an account was found for each of them. */
async function hasAll(
  wanted: readonly Wanted[],
  { parts }: AccountLook,
  target: RestoredPool,
  { objects }: Pick<LookDeps, 'objects'>,
): Promise<boolean> {
  const subs = new Set<string>();
  const names = new Set<string>();
  for await (const account of readSpool(objects, parts, accountShape)) {
    subs.add(account.sub);
    for (const name of namesAtSignIn(account, target)) names.add(nameKey(name, target.caseSensitive));
  }
  return wanted.every(
    (one) =>
      one.subs.some((sub) => subs.has(sub)) ||
      (one.subs.length === 0 && one.name !== undefined && names.has(nameKey(one.name, target.caseSensitive))),
  );
}

async function lookUp(
  from: number,
  wanted: readonly Wanted[],
  {
    place: { target },
    deps: { pool },
    spool,
    stop,
  }: {
    readonly place: LookPlace;
    readonly deps: LookDeps;
    readonly spool: SpoolWriter;
    readonly stop: () => boolean;
  },
): Promise<number> {
  let at = from;
  while (at < wanted.length && !stop()) {
    const some = wanted.slice(at, at + CALLS_AT_A_TIME);
    await forEachAtOnce(some, CALLS_AT_A_TIME, async (one) => {
      const found = await namedAccounts(one, target, pool);
      const held = new Set(found.flatMap((account) => claimKeys(account, target)));
      for (const account of found) spool.add(account);
      for (const claim of one.claims ?? []) {
        if (held.has(claimKey(claim, target.caseSensitive))) continue;
        const holder = await aliasHolder(pool, target, claim, undefined);
        if (holder !== undefined) spool.add(holder);
      }
    });
    at += some.length;
  }
  return at;
}

async function namedAccounts(
  { subs, name }: Wanted,
  target: RestoredPool,
  pool: LookDeps['pool'],
): Promise<readonly PoolUser[]> {
  for (const sub of subs) {
    const found = await accountBySub(pool, target.newUserPoolId, sub);
    if (found !== undefined) return [found];
  }
  return name === undefined ? [] : listedUsers(pool, target, name);
}

const claimKeys = (account: PoolUser, { caseSensitive }: RestoredPool): readonly string[] =>
  claimedAliases(account, { aliases: CONTACTS, caseSensitive });

function wantedOnes(wanted: readonly Wanted[], target: RestoredPool): (user: PoolUser) => boolean {
  const { signInName, caseSensitive } = target;
  const subs = new Set(wanted.flatMap((one) => one.subs));
  const names = new Set(wanted.flatMap(({ name }) => (name === undefined ? [] : [nameKey(name, caseSensitive)])));
  const claimed = new Set(wanted.flatMap(({ claims = [] }) => claims.map((claim) => claimKey(claim, caseSensitive))));
  return (user) =>
    subs.has(user.sub) ||
    namesAtSignIn(user, { signInName }).some((name) => names.has(nameKey(name, caseSensitive))) ||
    (claimed.size > 0 && claimKeys(user, target).some((claim) => claimed.has(claim)));
}
