import { countItem, eachKind, noCounts, sumOf, totalOf } from '../../backup/counts.ts';
import { keyDigest } from '../../backup/hashing.ts';
import { itemKind } from '../../backup/items.ts';
import type { Counts, Uncounted } from '../../backup/manifest.ts';
import { DigestSet } from '../../digests/digest-set.ts';
import type { HaltName } from '../../errors.ts';
import type { ItemKey } from '../../ports.ts';
import { refusals } from './guard.ts';
import type { GuardOptions } from './guard.ts';
import { CountedItems } from './last-day.ts';
import type { CountedItem } from './last-day.ts';
import { ValueCounts } from './value-counts.ts';

/** An item of the backup that would be deleted; or overwritten, and which of its values (see changedValues). */
export type ForeseenChange =
  | { readonly how: 'deleted'; readonly key: ItemKey }
  | { readonly how: 'changed'; readonly key: ItemKey; readonly differs: readonly string[] };

/** What a run is about to do, and what it is held against. */
export interface Foreseen {
  /** Each item once. */
  readonly changes: AsyncIterable<ForeseenChange>;
  /** What runs of the last 24 hours did, and what interrupted runs of earlier versions deleted. */
  readonly lastDay: AsyncIterable<CountedItem>;
  readonly interrupted: AsyncIterable<ItemKey>;
  /** What interrupted runs did at least, by the counts: items that the table lacks, and items that they wrote over others. */
  readonly atLeast: { readonly deleted: Counts; readonly changed: Counts };
  /** Digests of all that stays in the backup; asked for only when somebody deleted something before. */
  readonly staying: () => Promise<DigestSet>;
  /** Counts of the last sealed run, or without one of the table itself. */
  readonly held: Counts;
}

/** Why a run is refused. */
export interface GuardRefusal {
  readonly name: Extract<HaltName, 'MassDeleteRefused' | 'MassChangeRefused'>;
  /** What it would have done, as the predicate of a sentence. */
  readonly would: string;
  /** The input that allows it, as JSON. */
  readonly input: string;
}

/** The guards' answer. */
export interface RunJudgement {
  /** What counts towards the runs of the next 24 hours. */
  readonly counted: CountedItems;
  /** Absent where every attribute counts. */
  readonly uncounted?: Uncounted;
  readonly refused?: GuardRefusal;
}

/**
 * Holds deletions and changes of a run, together with those of the last 24 hours, against what the backup held before. What
 * an execution is allowed is neither judged nor counted towards later runs.
 */
export async function judgeRun(foreseen: Foreseen, options: GuardOptions): Promise<RunJudgement> {
  const own = new CountedItems();
  const values = new ValueCounts(options.uncountedAttributes);
  let uncountedUsers = 0;
  for await (const change of foreseen.changes) {
    const { how, key } = change;
    if (how === 'deleted') {
      if (!options.allowMassDelete) own.add(how, key);
      continue;
    }
    const counting = values.countingOf(key, change.differs);
    if (counting.length === 0 && change.differs.length > 0) uncountedUsers += 1;
    if (counting.length === 0 || options.allowMassChange) continue;
    values.add(key, counting);
    own.add(how, key);
  }
  const earlier = await earlierThan(foreseen, own);
  const of = sumOf(foreseen.held, earlier.deleted);
  const deletes = refusals({
    byRun: own.deleted,
    byLastDay: earlier.deleted,
    byInterrupted: earlier.interrupted,
    of,
    percent: options.maxDeletePercent,
    // A few administrators who are replaced by as few others would go unnoticed.
    mustRemain: ['users'],
  });
  const changes = refusals({
    byRun: own.changed,
    byLastDay: earlier.changed,
    byInterrupted: eachKind((kind) => Math.min(foreseen.atLeast.changed[kind], of[kind])),
    of,
    percent: options.maxChangePercent,
  });
  const refused = refusalOf(deletes, changes, values, options);
  const attributes = [...values.uncounted];
  return {
    counted: own,
    ...(attributes.length === 0 ? {} : { uncounted: { attributes, users: uncountedUsers } }),
    ...(refused === undefined ? {} : { refused }),
  };
}

interface Earlier {
  readonly deleted: Counts;
  readonly interrupted: Counts;
  readonly changed: Counts;
}

/** What others did that this run does not do too: what stays was not deleted, and each item counts once. */
async function earlierThan({ lastDay, interrupted, atLeast, staying }: Foreseen, own: CountedItems): Promise<Earlier> {
  const counts = { deleted: noCounts(), interrupted: noCounts(), changed: noCounts() };
  const [deletes, changes] = [totalOf(own.deleted) > 0, totalOf(own.changed) > 0];
  if (!deletes && !changes) return counts;
  const isOwn = own.lookUp();
  const met = { deleted: new DigestSet(), changed: new DigestSet() };
  const isNew = (how: CountedItem['how'], digest: Buffer): boolean => !isOwn(how, digest) && met[how].add(digest);
  let stays: DigestSet | undefined;
  const isGone = async (digest: Buffer): Promise<boolean> => !(stays ??= await staying()).has(digest);
  for await (const { how, kind, digest } of lastDay) {
    if (how === 'changed' ? !changes : !deletes || !(await isGone(digest))) continue;
    if (isNew(how, digest)) countItem(counts[how], kind);
  }
  if (!deletes) return counts;
  for await (const key of interrupted) {
    const [kind, digest] = [itemKind(key), keyDigest(key)];
    if (kind !== undefined && (await isGone(digest)) && isNew('deleted', digest)) countItem(counts.interrupted, kind);
  }
  return { ...counts, interrupted: eachKind((kind) => Math.max(counts.interrupted[kind], atLeast.deleted[kind])) };
}

function refusalOf(
  deletes: readonly string[],
  changes: readonly string[],
  values: ValueCounts,
  { maxDeletePercent, maxChangePercent }: GuardOptions,
): GuardRefusal | undefined {
  const within = (parameter: string, percent: number): string =>
    `more than ${parameter} (${percent} %) allows within 24 hours`;
  const would = [
    ...(deletes.length === 0
      ? []
      : [`delete ${deletes.join(' and ')} from the backup, ${within('MaxDeletePercent', maxDeletePercent)}`]),
    ...(changes.length === 0
      ? []
      : [
          `overwrite values of ${changes.join(' and ')} in the backup, ${within('MaxChangePercent', maxChangePercent)}: ${values.text()}`,
        ]),
  ];
  if (would.length === 0) return undefined;
  const allow = [
    ...(deletes.length === 0 ? [] : ['"AllowMassDelete": true']),
    ...(changes.length === 0 ? [] : ['"AllowMassChange": true']),
  ];
  return {
    name: deletes.length === 0 ? 'MassChangeRefused' : 'MassDeleteRefused',
    would: would.join(', and '),
    input: `{${allow.join(', ')}}`,
  };
}
