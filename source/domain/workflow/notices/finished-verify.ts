import type { VerifyBackupResult } from '../../verify/backup/state.ts';
import type { ComparePoolResult } from '../../verify/pool/state.ts';
import { regionOf } from '../lease.ts';
import type { NoticeEvent } from './events.ts';
import { counted, number } from '../../counted.ts';
import { bodyOf, consoleLink, duration, subjectOf } from './text.ts';
import type { Notice } from './text.ts';

type Result = Partial<Pick<VerifyBackupResult, 'runId' | 'counts' | 'objects' | 'notes'>> & {
  readonly pool?: Partial<Pick<ComparePoolResult, 'userPoolId' | 'counts' | 'reportKeys'>>;
};

/** The message about a verification that found everything in order: what was read, and what it was held against. */
export function verifyNotice(
  { executionArn, startedAt, result }: Extract<NoticeEvent, { event: 'finished' }>,
  { now, about, firstTime }: { readonly now: number; readonly about: string; readonly firstTime: string | undefined },
): Notice {
  const { runId = '?', counts, objects, notes = [], pool } = result as Result;
  const region = regionOf(executionArn);
  return {
    subject: subjectOf(
      `Backup in ${region} verified: ${counted(counts?.users, 'user')}${pool === undefined ? '' : ', the same as the pool'}`,
    ),
    body: bodyOf([
      `VerifyWorkflow read the whole backup in ${region} in ${duration(now - startedAt)} and found it to be what the export ${runId} sealed.`,
      `  ${counted(counts?.users, 'user')}, ${counted(counts?.groups, 'group')} and ${counted(counts?.memberships, 'membership')} in the table\n  ${number(objects?.read)} of ${counted(objects?.of, 'object')} of the newest snapshot`,
      pool === undefined ? undefined : poolText(pool),
      notes.length === 0 ? undefined : `Note\n${notes.map((note) => `  ${note}`).join('\n')}`,
      'What to do next\n  Nothing.',
      firstTime,
      `Execution\n  ${consoleLink(executionArn)}`,
      about,
    ]),
    important: false,
  };
}

function poolText({ userPoolId = '?', counts, reportKeys = [] }: NonNullable<Result['pool']>): string {
  const left = counts?.usersNotRestored ?? 0;
  return [
    `The user pool ${userPoolId} holds the same users, groups and memberships.`,
    ...(left === 0
      ? []
      : [
          `  ${counted(left, 'user')} of the backup who never confirmed the sign-up ${left === 1 ? 'is' : 'are'} not in the pool: restores leave them out.`,
        ]),
    ...reportKeys.map((key) => `  Report, in the mapping-file bucket of this Region: ${key}`),
  ].join('\n');
}
