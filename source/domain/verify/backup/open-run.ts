import type { Manifest, OpenMarker } from '../../backup/manifest.ts';
import { counted, number } from '../../counted.ts';
import type { TableVerdict } from '../../digests/table-tally.ts';
import { Halt } from '../../errors.ts';
import { differ } from './differ.ts';
import { skip } from './skip.ts';
import { inBackupRegion, isScheduled } from './state.ts';
import type { Verification } from './state.ts';

/** Longer than a plan takes to be applied, and for that matter to arrive in the other Region: four million items take about an hour. */
const LONGEST_APPLICATION_MS = 6 * 3600 * 1000;

/** True when the run began to change the table so long ago that it was interrupted, or that its end does not arrive. */
const isOverdue = ({ deps }: Verification, { openedAt }: OpenMarker): boolean =>
  !(deps.clock.now() - Date.parse(openedAt) <= LONGEST_APPLICATION_MS);

/** True when a difference may be no more than a plan whose digests are still under way to this Region. */
export const mayArriveYet = (verification: Verification, open: OpenMarker | undefined): boolean =>
  open?.plan !== undefined &&
  verification.progress.state.found.asBefore === undefined &&
  inBackupRegion(verification.input) &&
  isScheduled(verification.input) &&
  !isOverdue(verification, open);

/**
 * The table was found in order although a run is open. True when the verification goes on: the plan explains every
 * difference from the sealed run. A scheduled look ends quietly while the run may still be at work; a run that has not
 * ended for hours, and one that names no plan, are told: Halt ExportRunOpen, or ReplicaBehind where nobody can be asked.
 */
export async function goesOnWithOpenRun(
  verification: Verification,
  open: OpenMarker,
  { manifest, verdict }: { readonly manifest: Manifest; readonly verdict: TableVerdict },
): Promise<boolean> {
  const { input, progress } = verification;
  if (isOverdue(verification, open)) {
    const halt = overdue(verification, open, manifest);
    await differ(verification, `open ${open.runId}`, () => halt);
    return false;
  }
  if (isScheduled(input)) {
    await skip(verification, 'runOpen');
    return false;
  }
  if (open.plan === undefined) throw withoutPlan(verification, open, manifest);
  const applied = verdict.is === 'between' ? verdict.applied : 0;
  progress.state.notes.push(
    `The export ${open.runId} is being applied to the table: ${number(applied)} of its ${counted(open.plan.changes, 'change')} ${applied === 1 ? 'is' : 'are'} in it, everything else is what the export ${manifest.runId} sealed.`,
  );
  return true;
}

/** By an earlier version, since the present one seals or opens nothing before it has a plan. */
const withoutPlan = ({ input }: Verification, { runId, openedAt }: OpenMarker, manifest: Manifest): Halt =>
  new Halt(
    'ExportRunOpen',
    `The table ${input.tableName} in ${input.region} is what the export ${manifest.runId} sealed, but an earlier version's export ${runId} began to change it at ${openedAt} and was interrupted. The next complete export removes its mark.`,
  );

function overdue(verification: Verification, open: OpenMarker, manifest: Manifest): Halt {
  const { tableName, region, primaryRegion } = verification.input;
  const unreachable = verification.progress.state.look?.primary === 'unreachable';
  if (open.plan === undefined && !unreachable) return withoutPlan(verification, open, manifest);
  return unreachable
    ? new Halt(
        'ReplicaBehind',
        `The replica of the table ${tableName} in ${region} shows the export ${open.runId} as under way since ${open.openedAt}, longer than an export may take, and the table in ${primaryRegion} could not be asked: either replication has stopped, or that export was interrupted and none has completed since. The last complete export here is ${manifest.runId}.`,
      )
    : new Halt(
        'ExportRunOpen',
        `The export ${open.runId} began to change the table ${tableName} at ${open.openedAt} and has not ended in ${region}: it was interrupted. Every item is as it was before or as that export wants it; the last complete export is ${manifest.runId}. The next ExportWorkflow completes the interrupted one first.`,
      );
}
