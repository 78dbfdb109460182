import type { SelectionOutcome } from '../../import/selection/update-selection.ts';
import { counted } from '../../counted.ts';
import { SELECTION_RESULTS } from '../../import/selection/report.ts';
import type { ResultCounts, SelectionResult } from '../../import/selection/report.ts';
import { missing } from '../../import/selection/counts.ts';
import type { NoticeEvent } from './events.ts';
import { bodyOf, consoleLink, duration, subjectOf } from './text.ts';
import type { Notice } from './text.ts';

type Finished = Extract<NoticeEvent, { event: 'finished' }>;

/** What ScanTable or UpdateUsers says of a selection. */
interface Told {
  readonly dryRun?: boolean;
  readonly selection: SelectionOutcome['selection'];
  readonly report?: SelectionOutcome['report'];
  readonly reportKeys?: readonly string[];
}

const WORDS: Readonly<Record<SelectionResult, string>> = {
  created: 'created',
  updated: 'updated',
  unchanged: 'already as in the backup',
  skipped: 'left as they are',
  collision: 'not restored: another account has the sign-in name',
  notInBackup: 'not in the backup',
  gone: 'not in the pool',
  undone: 'put back',
  changedSince: 'changed since and left',
  failed: 'failed, wholly or in part',
};

/** Whether the result is about a selection. */
export const isAboutSelection = ({ result }: Finished): boolean => result.selection !== undefined;

/** The message about a selection that came to its end, or about its dry run: counts, and where the files are. */
export function selectionNotice(
  { executionArn, startedAt, result }: Finished,
  {
    now,
    about,
    firstTime,
    bucket,
  }: { readonly now: number; readonly about: string; readonly firstTime: string | undefined; readonly bucket: string },
): Notice {
  const { dryRun = false, selection, report, reportKeys = [] } = result as unknown as Told;
  const { users, groups, memberships, undo, exportRuns } = selection;
  const lost = missing(selection);
  const took = duration(now - startedAt);
  const what = undo === undefined ? `Selection ${selection.selectionId}` : `Undo of the selection ${undo}`;
  const files = report ?? { bucket, keys: reportKeys };
  return {
    subject: subjectOf(subject({ users, undo, lost, dryRun })),
    body: bodyOf([
      dryRun
        ? `${what}: ImportWorkflow held it against the pool in ${took} and wrote nothing to the pool.`
        : `${what}: ImportWorkflow came to its end after ${took}.`,
      exportRuns.length === 0 ? undefined : `It read ${exportRuns.join(', ')}.`,
      linesOf({ users, groups, memberships }, dryRun),
      `Files\n${files.keys.map((key) => `  s3://${files.bucket}/${key}`).join('\n')}`,
      `What to do next\n  ${next({ users, lost, dryRun, undo })}`,
      firstTime,
      `Execution\n  ${consoleLink(executionArn)}`,
      about,
    ]),
    important: lost > 0,
  };
}

interface Ended {
  readonly users: ResultCounts;
  readonly undo: string | undefined;
  readonly lost: number;
  readonly dryRun: boolean;
}

function subject({ users, undo, lost, dryRun }: Ended): string {
  const done =
    undo === undefined
      ? `${counted(users.created ?? 0, 'user')} created, ${users.updated ?? 0} updated`
      : `${counted(users.undone ?? 0, 'user')} put back, ${users.changedSince ?? 0} changed since`;
  if (dryRun) return `Dry run of a selection: ${done}${lost > 0 ? `, ${lost} missing` : ''}`;
  const thing = undo === undefined ? 'Selection' : 'Undo';
  return lost > 0 ? `${thing} INCOMPLETE: ${lost} missing; ${done}` : `${thing} complete: ${done}`;
}

const linesOf = (
  counts: Pick<SelectionOutcome['selection'], 'users' | 'groups' | 'memberships'>,
  dryRun: boolean,
): string =>
  (['users', 'groups', 'memberships'] as const)
    .flatMap((thing) =>
      SELECTION_RESULTS.filter((result) => (counts[thing][result] ?? 0) > 0).map(
        (result) =>
          `  ${counted(counts[thing][result], thing.slice(0, -1))} ${dryRun ? 'would be ' : ''}${WORDS[result]}`,
      ),
    )
    .join('\n');

function next({ users, lost, dryRun, undo }: Ended): string {
  if (dryRun) return 'Read differences.csv, then start ImportWorkflow with the same input without DryRun.';
  return [
    ...(lost > 0
      ? [
          'Read results.csv: it names what is missing, and why. Starting with the same input tries once more what Cognito refused; for collisions and what the backup does not hold write another request.',
        ]
      : []),
    ...((users.created ?? 0) > 0
      ? [
          'Whoever was created keeps no password and sets a new one by "forgot password"; applications that store the sub need sub-map.csv.',
        ]
      : []),
    ...(undo === undefined && (users.updated ?? 0) > 0
      ? ['What was overwritten can be put back: undo.json holds it.']
      : []),
    ...(lost === 0 && (users.created ?? 0) === 0 && (undo !== undefined || (users.updated ?? 0) === 0)
      ? ['Nothing.']
      : []),
  ].join(' ');
}
