import type { Counts } from '../../backup/manifest.ts';
import type { CleanUpResult, ManifestSummary } from '../../export/clean-up/clean-up.ts';
import { missesUsers } from '../../export/listing-scope.ts';
import { tooLargeKey } from '../../export/too-large.ts';
import type { NoticeEvent } from './events.ts';
import { counted, number } from '../../counted.ts';
import { settingsLines } from '../../pool-settings/words.ts';
import { bodyOf, consoleLink, duration, subjectOf } from './text.ts';
import type { Notice } from './text.ts';

type Summary = Partial<
  Pick<
    ManifestSummary,
    'runId' | 'userPoolId' | 'counts' | 'added' | 'changed' | 'deleted' | 'skipped' | 'settings' | 'snapshotObjects'
  >
>;
interface Around {
  readonly now: number;
  readonly about: string;
  readonly firstTime: string | undefined;
}
/** Something that somebody should look at although the export is complete. */
interface Warning {
  readonly subject: string;
  readonly found: string;
  readonly next: string;
}

/** The message about a complete export: what the backup holds, what changed, who is not in it, and what to look at. */
export function exportNotice(
  { executionArn, startedAt, result }: Extract<NoticeEvent, { event: 'finished' }>,
  { now, about, firstTime }: Around,
): Notice {
  const summary = (result.manifest ?? {}) as Summary;
  const {
    runId = '?',
    userPoolId = 'the user pool',
    counts,
    added,
    changed,
    deleted,
    skipped,
    settings,
    snapshotObjects = 0,
  } = summary;
  const line = (thing: keyof Counts): string =>
    `  ${thing}: ${number(counts?.[thing])} (added ${number(added?.[thing])}, changed ${number(changed?.[thing])}, deleted ${number(deleted?.[thing])})`;
  const federated = skipped?.federatedUsers ?? 0;
  const {
    listing,
    replica,
    snapshots,
    poolNotes = [],
  } = result as Pick<CleanUpResult, 'listing' | 'replica' | 'snapshots' | 'poolNotes'>;
  const warnings = [
    tooLargeWarning(summary),
    fewListed(listing),
    replicaWarning(replica),
    snapshotsWarning(snapshots),
  ].filter((warning) => warning !== undefined);
  return {
    subject: subjectOf(
      warnings.length === 0
        ? `Export of ${userPoolId} complete: ${counted(counts?.users, 'user')}`
        : `Export complete, BUT ${warnings.map(({ subject }) => subject).join('; ')} (${userPoolId})`,
    ),
    body: bodyOf([
      `ExportWorkflow backed up the user pool ${userPoolId} in ${duration(now - startedAt)} (run ${runId}).`,
      ...warnings.map(({ found }) => found),
      `The backup now holds\n${line('users')}\n${line('groups')}\n${line('memberships')}`,
      federated === 0
        ? undefined
        : `Not in the backup: ${counted(federated, 'user')} of identity providers and ${counted(skipped?.federatedMemberships, 'membership')} of theirs. No import can create them; they come back when they sign in again.`,
      snapshotObjects === 0
        ? undefined
        : `This state is also kept as a snapshot: ImportWorkflow restores exactly it with {"ExportRun":"${runId}"} in its input, also after later exports, for two days, and the last export of each day as long as SnapshotRetentionDays says.`,
      `The pool's configuration\n${settingsLines(settings)
        .map((text) => `  ${text}`)
        .join('\n')}`,
      poolNotes.length === 0 ? undefined : `About the user pool\n${poolNotes.map((note) => `  ${note}`).join('\n')}`,
      `What to do next\n  ${warnings.length === 0 ? 'Nothing.' : warnings.map(({ next }) => next).join('\n  ')}`,
      firstTime,
      `Execution\n  ${consoleLink(executionArn)}`,
      about,
    ]),
    important: warnings.length > 0,
  };
}

/** Users whom no listing ever showed are in no other check: only Cognito's estimate can tell that some are missing. */
function fewListed(listing: CleanUpResult['listing']): Warning | undefined {
  if (listing === undefined || !missesUsers(listing.users, listing.estimatedUsers)) return undefined;
  const { users, estimatedUsers } = listing;
  return {
    subject: `Cognito listed ${number(users)} of about ${counted(estimatedUsers, 'user')}`,
    found: `Cognito listed ${counted(users, 'user')} of this pool and estimates that there are ${number(estimatedUsers)}. Either the estimate is out of date, or the listing lacked users, who are then not in the backup.`,
    next: 'Find out how many users the pool has. If it has more than were listed, start ExportWorkflow again with the input {}. Earlier exports may hold users that this one lacks: ImportWorkflow restores one with {"ExportRun":"<its run id>"} in its input.',
  };
}

/** The table cannot hold every user that Cognito can: such a one costs itself, not the export. */
function tooLargeWarning({ runId = '', skipped }: Summary): Warning | undefined {
  const { tooLarge = 0, tooLargeKept = 0 } = skipped ?? {};
  if (tooLarge === 0) return undefined;
  const missing = tooLarge - tooLargeKept;
  const are = (count: number): string => `${counted(count, 'user')} ${count === 1 ? 'is' : 'are'}`;
  const asBefore = `${are(tooLargeKept)} in the backup only as an earlier export saw them`;
  const lacking = `${are(missing)} not in the backup`;
  return {
    subject: missing > 0 ? lacking : asBefore,
    found: [
      `The attributes of ${counted(tooLarge, 'user')} together are more than the 400 KB that DynamoDB takes for one item.`,
      ...(missing > 0 ? [`${lacking}.`] : []),
      ...(tooLargeKept > 0 ? [`${asBefore}.`] : []),
      'All others are in it as they are.',
    ].join(' '),
    next: `Look up in ${tooLargeKey(runId)} in the mapping-file bucket of the primary Region who they are (the next export drops it), and shorten their attributes.`,
  };
}

function replicaWarning(replica: CleanUpResult['replica']): Warning | undefined {
  if (replica === undefined || replica.state === 'current') return undefined;
  const { region, state, lastRunId } = replica;
  const last =
    lastRunId === undefined ? 'It names no complete export.' : `The last export that it names is ${lastRunId}.`;
  return state === 'behind'
    ? {
        subject: `${region} is behind`,
        found: `The replica of the backup in ${region} did not have this export a minute after its end. ${last}`,
        next: `DynamoDB normally catches up by itself. Start VerifyWorkflow in ${region}, or wait for it: it tells when the replica stays behind.`,
      }
    : {
        subject: `${region} did not answer`,
        found: `The replica of the backup in ${region} could not be read, so it is unknown whether it has this export.${lastRunId === undefined ? '' : ` ${last}`} The backup in the primary Region is complete.`,
        next: `Check the health of ${region}. DynamoDB catches up by itself when the Region is back; VerifyWorkflow there proves it.`,
      };
}

function snapshotsWarning(found: CleanUpResult['snapshots']): Warning | undefined {
  if (found === undefined) return undefined;
  return {
    subject: 'old snapshots were not marked to expire',
    found,
    next: "Nothing, if the next export marks them. If it does not, see that BackupTableCleanup's role may tag the objects below snapshots/ (s3:PutObjectTagging).",
  };
}
