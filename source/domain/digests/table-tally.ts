import * as v from 'valibot';
import { Checksums, checksumsShape } from '../backup/checksums.ts';
import { countItem, noCounts } from '../backup/counts.ts';
import { contentDigest } from '../backup/hashing.ts';
import type { ItemKind } from '../backup/items.ts';
import { countsShape } from '../backup/manifest.ts';
import type { Counts } from '../backup/manifest.ts';
import { ItemTally, noContent } from '../backup/tally.ts';
import type { Content } from '../backup/tally.ts';
import type { TableItem } from '../ports.ts';
import type { Appendix } from '../state/progress.ts';
import { countShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';
import type { PlannedChanges } from './planned-changes.ts';

/**
 * What a scan adds up to, with every item that a plan changes taken as it was before; deletions are left out and added
 * from the plan itself. An item that is missing, doubled or changed by anything but the plan shows as a difference from
 * the sealed sums, whichever of the plan's changes are in.
 */
const asBeforeShape = v.object({
  counts: countsShape,
  checksums: checksumsShape,
  /** Additions and changes of the plan that are in. */
  applied: countShape,
  /** Items that the plan deletes and that are still there. */
  toDelete: countShape,
  /** Items of the plan's keys that are neither the old nor the new one. */
  foreign: countShape,
});
type AsBefore = v.InferOutput<typeof asBeforeShape>;

export const tableContentShape = v.object({
  counts: countsShape,
  checksums: checksumsShape,
  /** See isDamaged. */
  damaged: countShape,
  /** Where the scan began while a plan was being applied to the table, and its digests had arrived. */
  asBefore: v.exactOptional(asBeforeShape),
});
/** What was read of a table so far; part of checkpoints. */
export type TableContent = v.InferOutput<typeof tableContentShape>;

/** What a scan begins with; `underPlan`: it is held against the plan that is being applied. */
export const noTableContent = ({ underPlan = false } = {}): TableContent => ({
  ...noContent(),
  damaged: 0,
  ...(underPlan ? { asBefore: { ...noContent(), applied: 0, toDelete: 0, foreign: 0 } } : {}),
});

/**
 * Adds up a table as every reader does: what it holds, and, while a plan is being applied to it, what it would hold without
 * the plan. `content` is changed in place.
 */
export class TableTally implements Appendix {
  readonly pending = 0;
  readonly #items: ItemTally;
  readonly #checksums: Checksums;

  /** `plan`: wanted where `content` has room for `asBefore`. `runId`: see ItemTally. */
  constructor(
    private readonly content: TableContent & Pick<Content, 'written'>,
    private readonly plan: PlannedChanges | undefined,
    runId?: string,
  ) {
    this.#items = new ItemTally(content, runId);
    this.#checksums = new Checksums(content.asBefore?.checksums);
  }

  /** What the item counts as; undefined for a run's own records, which are no content. */
  add(item: TableItem): ItemKind | undefined {
    const digest = contentDigest(item);
    const kind = this.#items.add(item, digest);
    const { asBefore } = this.content;
    if (kind !== undefined && asBefore !== undefined) this.#addAsBefore(item, kind, digest, asBefore);
    return kind;
  }

  cut(): [] {
    this.settle();
    return [];
  }

  settle(): void {
    this.#items.settle();
    if (this.content.asBefore !== undefined) this.content.asBefore.checksums = this.#checksums.toHex();
  }

  #addAsBefore(item: TableItem, kind: ItemKind, digest: Buffer, asBefore: AsBefore): void {
    const index = this.plan?.find(item);
    const { before, after } = index === undefined ? { before: digest } : (this.plan as PlannedChanges).at(index);
    const isAfter = after?.equals(digest) === true;
    if (!isAfter && before?.equals(digest) !== true) {
      asBefore.foreign += 1;
      return;
    }
    if (isAfter) asBefore.applied += 1;
    if (before === undefined) return;
    if (index !== undefined && after === undefined) {
      asBefore.toDelete += 1;
      return;
    }
    countItem(asBefore.counts, kind);
    this.#checksums.add(item, before);
  }
}

/** A sum of items, as a manifest or a scan holds it. */
interface Sum {
  readonly counts: Counts;
  readonly checksums: readonly string[];
}

/** What a scan of the table turned out to be. */
export type TableVerdict =
  /** Exactly what the last run sealed. */
  | { readonly is: 'sealed' }
  /** What the last run sealed, but for changes of the plan that is being applied: each item is the old or the new one. */
  | { readonly is: 'between'; readonly applied: number; readonly planned: number }
  | {
      readonly is: 'different';
      readonly counts: boolean;
      readonly buckets: number;
      readonly foreign: number;
      /** As in `between`; absent where the plan is not known. */
      readonly applied?: number;
    };

/** Holds a complete scan against the sealed manifest and the plan that it was made under. */
export function judgeTable(
  manifest: Sum,
  content: Stored<typeof tableContentShape>,
  plan: PlannedChanges | undefined,
): TableVerdict {
  const plain = differenceOf(manifest, content);
  if (plain === undefined) return { is: 'sealed' };
  const { asBefore } = content;
  if (asBefore === undefined || plan === undefined) return { is: 'different', ...plain, foreign: 0 };
  const { whole, deletions } = withDeletions(asBefore, plan);
  const { foreign } = asBefore;
  const applied = asBefore.applied + deletions - asBefore.toDelete;
  const difference = differenceOf(manifest, whole);
  if (difference !== undefined || foreign > 0)
    return { is: 'different', ...(difference ?? { counts: false, buckets: 0 }), foreign, applied };
  return { is: 'between', applied, planned: plan.size };
}

/** Undefined when the two are the same. */
function differenceOf(manifest: Sum, found: Sum): { readonly counts: boolean; readonly buckets: number } | undefined {
  const { users, groups, memberships } = manifest.counts;
  const counts =
    users !== found.counts.users || groups !== found.counts.groups || memberships !== found.counts.memberships;
  const buckets = Checksums.differing(manifest.checksums, found.checksums).length;
  return counts || buckets > 0 ? { counts, buckets } : undefined;
}

/** The scan as it was before the plan, with all that the plan deletes, whether or not that is done. */
function withDeletions(
  { counts, checksums }: Sum,
  plan: PlannedChanges,
): { readonly whole: Sum; readonly deletions: number } {
  const sums = new Checksums(checksums);
  const all = { ...noCounts(), ...counts };
  let deletions = 0;
  for (let index = 0; index < plan.size; index += 1) {
    const { kind, bucket, before, after } = plan.at(index);
    if (before === undefined || after !== undefined) continue;
    countItem(all, kind);
    sums.addIn(bucket, before);
    deletions += 1;
  }
  return { whole: { counts: all, checksums: sums.toHex() }, deletions };
}
