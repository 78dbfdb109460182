import { Checksums } from '../../backup/checksums.ts';
import { totalOf } from '../../backup/counts.ts';
import { Halt } from '../../errors.ts';
import type { SealedBackup } from '../../backup/sealed-backup.ts';
import type { Accepted, ReadContent } from './planning-state.ts';

/** How long a replica may stay behind its manifest, from the first difference that was seen. */
const PATIENCE_MS = 5 * 60_000;

/** A complete scan, and what it is held against. */
export interface ScanAgainst {
  readonly tableName: string;
  /** What the table said before the scan, and after it. */
  readonly before: SealedBackup;
  readonly after: SealedBackup;
  readonly content: ReadContent;
  readonly now: number;
  /** When the first difference was seen, milliseconds since the epoch. */
  readonly differsSince: number | undefined;
  readonly acceptIncomplete: boolean;
}

/** `accept`: the scan can be planned from. `again`: scan it again after a while. */
export type ScanVerdict =
  ({ readonly verdict: 'accept' } & Accepted) | { readonly verdict: 'again'; readonly differsSince: number };

/**
 * Holds a complete scan against the sealed manifest. A run that was interrupted (an OPEN marker of another run) makes a
 * comparison meaningless, it is noted instead. Without one a difference means that the replica is behind: scanned again
 * for five minutes, then Halt ReplicaBehind, or accepted where AcceptIncomplete was given. Items that do not match their
 * own hash halt at once with ChecksumDiffers.
 */
export function settleScan(against: ScanAgainst): ScanVerdict {
  const { before, after, content, now } = against;
  const differsSince = against.differsSince ?? now;
  const patient = now - differsSince < PATIENCE_MS;
  const moved = before.runId !== after.runId || before.openRunId !== after.openRunId;
  const { manifest } = after;
  if (manifest === undefined || (moved && patient)) {
    if (patient) return { verdict: 'again', differsSince };
    throw behind(against, `the manifest of its last complete export ${after.runId} has not arrived`);
  }
  if (content.damaged > 0 && !against.acceptIncomplete) throw damaged(against);
  const differingBuckets = Checksums.differing(manifest.checksums, content.checksums).length;
  const incomplete = {
    expected: manifest.counts,
    found: content.counts,
    differingBuckets,
    damagedItems: content.damaged,
  };
  if (after.openRunId !== undefined) {
    return {
      verdict: 'accept',
      manifest,
      interrupted: { runId: after.openRunId, items: totalOf(content.written) },
      ...(content.damaged > 0 ? { incomplete } : {}),
    };
  }
  const { users, groups, memberships } = manifest.counts;
  const same =
    differingBuckets === 0 &&
    users === content.counts.users &&
    groups === content.counts.groups &&
    memberships === content.counts.memberships;
  if (same) return { verdict: 'accept', manifest };
  if (patient) return { verdict: 'again', differsSince };
  if (!against.acceptIncomplete) {
    throw behind(
      against,
      `it holds ${content.counts.users} users, ${content.counts.groups} groups, ${content.counts.memberships} memberships, the export ${after.runId} sealed ${users}, ${groups}, ${memberships}, and ${differingBuckets} of 256 checksums differ`,
    );
  }
  return { verdict: 'accept', manifest, incomplete };
}

/** An item is replicated as a whole, so no patience helps; and an interrupted run, which makes the counts meaningless, excuses none. */
const damaged = ({ tableName, content }: ScanAgainst): Halt =>
  new Halt(
    'ChecksumDiffers',
    `${content.damaged} items of the backup table ${tableName} do not hold what an export wrote: something else changed them. Nothing was written to the new pool. Restore a run that is kept as a snapshot ("ExportRun") or a table recovered to an earlier time ("BackupTableName"); or start with "AcceptIncomplete": true to restore these items as they are.`,
  );

const behind = ({ tableName }: ScanAgainst, found: string): Halt =>
  new Halt(
    'ReplicaBehind',
    `The backup table ${tableName} does not match its last complete export in this Region after five minutes: ${found}. Wait for replication and start again, or start with "AcceptIncomplete": true to restore what is there and have the rest reported.`,
  );
