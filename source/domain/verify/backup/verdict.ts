import { Checksums } from '../../backup/checksums.ts';
import { sumOf, totalOf } from '../../backup/counts.ts';
import type { Counts, Manifest } from '../../backup/manifest.ts';
import { Halt } from '../../errors.ts';
import type { Found, Held } from './state.ts';

const KINDS: readonly (keyof Counts)[] = ['users', 'groups', 'memberships'];
const text = ({ users, groups, memberships }: Counts): string =>
  `${users} users, ${groups} groups and ${memberships} memberships`;
/** Items that the sealed run wrote. */
const writtenBy = ({ added, changed }: Manifest): number => totalOf(sumOf(added, changed));

/** How a content differs from what the manifest sealed. */
export interface Difference {
  readonly counts: boolean;
  /** Of 256 checksums. */
  readonly buckets: number;
  readonly damaged: number;
  /** In words, for messages. */
  readonly found: string;
}

/** Undefined when counts, checksums and every item's own hash agree. */
export function differenceFrom(manifest: Manifest, { counts, checksums, damaged }: Held): Difference | undefined {
  const different = KINDS.some((kind) => counts[kind] !== manifest.counts[kind]);
  const buckets = Checksums.differing(manifest.checksums, checksums).length;
  if (!different && buckets === 0 && damaged === 0) return undefined;
  const found = [
    different
      ? `it holds ${text(counts)}, the export ${manifest.runId} sealed ${text(manifest.counts)}`
      : `it holds ${text(counts)}, as many as the export ${manifest.runId} sealed`,
    `${buckets} of 256 checksums differ`,
    ...(damaged === 0 ? [] : [`${damaged} items do not hold what their own content hash says`]),
  ].join('; ');
  return { counts: different, buckets, damaged, found };
}

/**
 * True when the difference can be explained by writes or deletions of the last run that have not arrived yet: fewer items
 * carry its id than it wrote, or the surplus is no more than it deleted. Replication delivers items whole, so an item that
 * contradicts its own hash is no such thing.
 */
function looksUnfinished(manifest: Manifest, found: Found): boolean {
  if (found.damaged > 0) return false;
  if (totalOf(found.written) < writtenBy(manifest)) return true;
  const surplus = KINDS.map((kind) => found.counts[kind] - manifest.counts[kind]);
  return (
    surplus.some((items) => items > 0) &&
    KINDS.every(
      (kind, index) => (surplus[index] as number) >= 0 && (surplus[index] as number) <= manifest.deleted[kind],
    )
  );
}

/** The table that differs, for the message. */
export interface Where {
  readonly tableName: string;
  readonly region: string;
  readonly primaryRegion: string;
}

/** The halt that a difference between the table and its manifest ends in, once a second look has confirmed it. */
export function tableVerdict(
  { tableName, region, primaryRegion }: Where,
  manifest: Manifest,
  found: Found,
  difference: Difference,
): Halt {
  if (region !== primaryRegion && looksUnfinished(manifest, found)) {
    const { written } = found;
    return new Halt(
      'ReplicaBehind',
      `The replica of the table ${tableName} in ${region} does not hold all of the export ${manifest.runId}, also five minutes after the first look: ${difference.found}; ${totalOf(written)} items carry the id of that export, which wrote ${writtenBy(manifest)} and deleted ${totalOf(manifest.deleted)}.`,
    );
  }
  return new Halt(
    difference.counts ? 'CountsDiffer' : 'ChecksumDiffers',
    `The table ${tableName} in ${region} is not what its last complete export sealed, also five minutes after the first look: ${difference.found}.`,
  );
}
