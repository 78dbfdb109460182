import { createHash } from 'node:crypto';
import { contentsOf, differences } from './contents.ts';
import type { Contents } from './contents.ts';

type Item = Readonly<Record<string, unknown>>;

/** One record of a stored plan: the digests of an item before and after, as hex; of zeros where there is none. */
interface Digests {
  readonly before: string;
  readonly after: string;
}

/** Of the records: digest of the key, checksum bucket and kind, then the two digests. */
const KEY_BYTES = 16;
const BEFORE_AT = KEY_BYTES + 2;
const DIGEST_BYTES = 32;
const RECORD_BYTES = BEFORE_AT + 2 * DIGEST_BYTES;
const NO_ITEM = '0'.repeat(2 * DIGEST_BYTES);

/**
 * Holds the table against what the last run sealed, and against what the pool holds, after a run that may have been
 * refused or cut short: without OPEN it is one of the two, as LATEST says; with OPEN there is a stored plan, each of its
 * items is the old or the new one, and every other item is as it was sealed.
 */
export function standingProblems(
  items: readonly Item[],
  { sealed, sealedRun, pool }: { readonly sealed: Contents; readonly sealedRun: string; readonly pool: Contents },
  what: string,
): string[] {
  const open = items.find(({ id }) => id === 'EXPORT#OPEN');
  if (open === undefined) {
    const isNew = latestRun(items) !== sealedRun;
    return differences(isNew ? pool : sealed, contentsOf(items), `${what}, without OPEN`);
  }
  const plan = planOf(items, open);
  return typeof plan === 'string'
    ? [`${what}: ${plan}`]
    : [...unplanned(items, plan, { sealed, pool }), ...lost(items, plan, sealed)]
        .slice(0, 4)
        .map((one) => `${what}: ${one}`);
}

/** The run that LATEST names. */
export const latestRun = (items: readonly Item[]): string =>
  String(items.find(({ id }) => id === 'EXPORT#LATEST')?.['runId']);

/** The plan that OPEN names, by key digest; what is wrong with it in words. */
function planOf(items: readonly Item[], open: Item): ReadonlyMap<string, Digests> | string {
  const plan = open['plan'] as
    { readonly changes: number; readonly items: number; readonly sha256: string } | undefined;
  if (plan === undefined) return 'OPEN names no plan';
  const parts = items
    .filter(({ id, type }) => id === `EXPORT#${open['runId'] as string}` && String(type).startsWith('CHANGES#'))
    .sort((one, other) => (String(one['type']) < String(other['type']) ? -1 : 1))
    .slice(0, plan.items);
  const all = Buffer.concat(parts.map(({ records }) => Buffer.from(records as string, 'base64')));
  if (all.length !== plan.changes * RECORD_BYTES || createHash('sha256').update(all).digest('hex') !== plan.sha256)
    return `the plan of ${plan.changes} changes that OPEN names is not stored: ${parts.length} of ${plan.items} items`;
  const byKey = new Map<string, Digests>();
  for (let at = 0; at < all.length; at += RECORD_BYTES)
    byKey.set(all.toString('hex', at, at + KEY_BYTES), {
      before: all.toString('hex', at + BEFORE_AT, at + BEFORE_AT + DIGEST_BYTES),
      after: all.toString('hex', at + BEFORE_AT + DIGEST_BYTES, at + RECORD_BYTES),
    });
  return byKey;
}

const keyDigest = (id: string, type: string): string =>
  createHash('sha256')
    .update(`${id}\0${type}`)
    .digest('hex')
    .slice(0, 2 * KEY_BYTES);

/** Items that are neither as sealed nor the plan's new ones. */
function unplanned(
  items: readonly Item[],
  plan: ReadonlyMap<string, Digests>,
  { sealed, pool }: { readonly sealed: Contents; readonly pool: Contents },
): string[] {
  const hashes = new Map(items.map(({ id, type, contentHash }) => [`${String(id)} ${String(type)}`, contentHash]));
  return [...contentsOf(items)].flatMap(([key, found]) => {
    const digests = plan.get(digestOf(key));
    const isOld = found === sealed.get(key) && (digests === undefined || hashes.get(key) === digests.before);
    const isNew = found === pool.get(key) && digests !== undefined && hashes.get(key) === digests.after;
    return isOld || isNew
      ? []
      : [`${key} is ${digests === undefined ? 'not planned' : 'neither old nor new'}: ${found}`];
  });
}

/** Sealed items that are gone without being planned to go. */
function lost(items: readonly Item[], plan: ReadonlyMap<string, Digests>, sealed: Contents): string[] {
  const found = contentsOf(items);
  return [...sealed.keys()]
    .filter((key) => !found.has(key) && plan.get(digestOf(key))?.after !== NO_ITEM)
    .map((key) => `${key} is gone without a plan`);
}

/** Of a key of Contents, whose first blank parts id and type unless the id itself has blanks, as a group's can. */
function digestOf(key: string): string {
  const [, group] = /^(GROUP#.*) GROUP$/s.exec(key) ?? [];
  if (group !== undefined) return keyDigest(group, 'GROUP');
  const blank = key.indexOf(' ');
  return keyDigest(key.slice(0, blank), key.slice(blank + 1));
}
