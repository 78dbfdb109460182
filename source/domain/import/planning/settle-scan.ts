import { Checksums } from '../../backup/checksums.ts';
import { countsText } from '../../backup/counts.ts';
import { sameBackup } from '../../backup/sealed-backup.ts';
import type { SealedBackup } from '../../backup/sealed-backup.ts';
import type { Manifest, OpenMarker } from '../../backup/manifest.ts';
import { counted, countedAs, number } from '../../counted.ts';
import type { PlannedChanges } from '../../digests/planned-changes.ts';
import { judgeTable } from '../../digests/table-tally.ts';
import type { TableVerdict } from '../../digests/table-tally.ts';
import type { Accepted, ReadContent, TableDifference } from './planning-state.ts';

/** How long a replica may stay behind its manifest, from the first difference that was seen. */
const PATIENCE_MS = 5 * 60_000;

/** A complete scan, and what it is held against. */
export interface ScanAgainst {
  readonly tableName: string;
  /** What the table said before the scan, and after it. */
  readonly before: SealedBackup;
  readonly after: SealedBackup;
  readonly content: ReadContent;
  /** The plan that the scan was made under. */
  readonly plan: PlannedChanges | undefined;
  readonly now: number;
  /** When the first difference was seen, milliseconds since the epoch. */
  readonly differsSince: number | undefined;
  readonly acceptIncomplete: boolean;
}

/** `accept`: the scan can be planned from. `again`: scan it again after a while. `differs`: it cannot be, and will not. */
export type ScanVerdict =
  | { readonly verdict: 'accept'; readonly accepted: Accepted }
  | { readonly verdict: 'again'; readonly differsSince: number }
  | { readonly verdict: 'differs'; readonly difference: TableDifference };

/**
 * Holds a complete scan against the sealed manifest. While a run is being applied to the table, each item that its plan
 * changes may be the old or the new one; everything else must be as it was sealed. A difference means that the replica is
 * behind: scanned again for five minutes, then `differs`, or accepted where AcceptIncomplete was given. Items that do not
 * match their own hash arrived as they are, so that no patience helps.
 */
export function settleScan(against: ScanAgainst): ScanVerdict {
  const { tableName, before, after, content, plan, now, acceptIncomplete } = against;
  const differsSince = against.differsSince ?? now;
  const patient = now - differsSince < PATIENCE_MS;
  const { manifest, open } = after;
  if (patient && (manifest === undefined || !sameBackup(before, after))) return { verdict: 'again', differsSince };
  if (manifest === undefined)
    return differs('ReplicaBehind', `the manifest of its last complete export ${after.runId} has not arrived`);
  const { damaged } = content;
  if (damaged > 0 && !acceptIncomplete)
    return differs(
      'ChecksumDiffers',
      `${counted(damaged, 'item')} of the backup table ${tableName} ${damaged === 1 ? 'does' : 'do'} not hold what an export wrote: something else changed that`,
    );
  const verdict = judgeTable(manifest, content, sameBackup(before, after) ? plan : undefined);
  const accepted = { manifest, source: 'table', ...interruption(manifest, open, verdict) } as const;
  if (verdict.is !== 'different' && damaged === 0) return { verdict: 'accept', accepted };
  if (verdict.is === 'different' && patient) return { verdict: 'again', differsSince };
  if (!acceptIncomplete) return differs('ReplicaBehind', whatDiffers(against, manifest, verdict));
  return {
    verdict: 'accept',
    accepted: {
      ...accepted,
      incomplete: {
        expected: manifest.counts,
        found: content.counts,
        differingBuckets: Checksums.differing(manifest.checksums, content.checksums).length,
        damagedItems: damaged,
      },
    },
  };
}

const differs = (halt: TableDifference['halt'], found: string): ScanVerdict => ({
  verdict: 'differs',
  difference: { halt, found },
});

/** What report and message say about the run that OPEN names. */
function interruption(
  { runId }: Manifest,
  open: OpenMarker | undefined,
  verdict: TableVerdict,
): Pick<Accepted, 'interrupted' | 'remarks'> {
  if (open === undefined) return {};
  const applied = verdict.is === 'sealed' ? 0 : verdict.applied;
  const planned = open.plan?.changes;
  const interrupted = {
    runId: open.runId,
    ...(applied === undefined ? {} : { items: applied }),
    ...(planned === undefined ? {} : { planned }),
  };
  if (verdict.is === 'different') return { interrupted };
  return {
    interrupted,
    remarks: [
      planned === undefined
        ? `The export ${open.runId} of an earlier version was interrupted; the table is what the export ${runId} sealed.`
        : `The export ${open.runId} was being applied to the table, or had been interrupted meanwhile: ${number(applied)} of its ${counted(planned, 'change')} ${applied === 1 ? 'was' : 'were'} in it, everything else is what the export ${runId} sealed.`,
    ],
  };
}

function whatDiffers(
  { after: { open }, plan, content: { counts } }: ScanAgainst,
  manifest: Manifest,
  verdict: TableVerdict,
): string {
  const buckets = verdict.is === 'different' ? verdict.buckets : 0;
  const foreign = verdict.is === 'different' ? verdict.foreign : 0;
  return [
    `it holds ${countsText(counts)}, the export ${manifest.runId} sealed ${countsText(manifest.counts)}, and ${number(buckets)} of 256 checksums ${buckets === 1 ? 'differs' : 'differ'}`,
    ...(open === undefined ? [] : [aboutOpen(open, plan, foreign)]),
  ].join('; ');
}

function aboutOpen({ runId, plan: named }: OpenMarker, plan: PlannedChanges | undefined, foreign: number): string {
  if (named === undefined)
    return `the export ${runId} of an earlier version was interrupted while it changed the table`;
  if (plan === undefined)
    return `the export ${runId} is being applied to the table, and its list of ${counted(named.changes, 'change')} has not all arrived`;
  return `the export ${runId} is being applied to the table, and its list of ${counted(named.changes, 'change')} does not explain the difference${foreign === 0 ? '' : ` (${countedAs(foreign, 'item', ['is', 'are'])} neither the old nor the new one)`}`;
}
