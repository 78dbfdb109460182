import type { Counts, Manifest } from '../../backup/manifest.ts';
import type { NoticeEvent } from './events.ts';
import { bodyOf, consoleLink, counted, duration, type Notice, number, subjectOf } from './text.ts';

type Summary = Partial<Pick<Manifest, 'runId' | 'userPoolId' | 'counts' | 'added' | 'changed' | 'deleted' | 'skipped'>>;

/** The message about a complete export: what the backup holds, what changed, and who is not in it. */
export function exportNotice({ executionArn, startedAt, result }: Extract<NoticeEvent, { event: 'finished' }>, { now, about, firstTime }: { readonly now: number; readonly about: string; readonly firstTime: string | undefined }): Notice {
  const { runId = '?', userPoolId = 'the user pool', counts, added, changed, deleted, skipped } = (result.manifest ?? {}) as Summary;
  const line = (thing: keyof Counts): string =>
    `  ${thing}: ${number(counts?.[thing])} (added ${number(added?.[thing])}, changed ${number(changed?.[thing])}, deleted ${number(deleted?.[thing])})`;
  const federated = skipped?.federatedUsers ?? 0;
  return {
    subject: subjectOf(`Export of ${userPoolId} complete: ${counted(counts?.users, 'user')}`),
    body: bodyOf([
      `ExportWorkflow backed up the user pool ${userPoolId} in ${duration(now - startedAt)} (run ${runId}).`,
      `The backup now holds\n${line('users')}\n${line('groups')}\n${line('memberships')}`,
      federated === 0 ? undefined
        : `Not in the backup: ${counted(federated, 'user')} of identity providers and ${counted(skipped?.federatedMemberships, 'membership')} of theirs. No import can create them; they come back when they sign in again.`,
      'What to do next\n  Nothing.',
      firstTime,
      `Execution\n  ${consoleLink(executionArn)}`,
      about,
    ]),
    important: false,
  };
}
