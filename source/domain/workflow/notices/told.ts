import type { EndNotice } from './events.ts';

/**
 * Objects that mark what has been told. The workflow tells of one end per execution at most: its own mark keeps EventBridge's
 * event about the same end from sending a second message. An end that the workflow could not tell of itself (stopped, timed
 * out) has a mark by its time, since a redrive continues that execution under the same ARN, and what it then has to tell is
 * another end. `own` is put; the end was told before if it or one of `others` exists.
 */
export function marksOf(notice: EndNotice): { readonly own: string; readonly others: readonly string[] } {
  const execution = folderOf(notice);
  const byWorkflow = `${execution}.json`;
  if (notice.event !== 'ended') return { own: byWorkflow, others: [] };
  return { own: `${execution}/ended-${notice.endedAt}.json`, others: notice.status === 'FAILED' ? [byWorkflow] : [] };
}

/** Marks that somebody was told, that day, that the execution waits. */
export const pauseMarkOf = (notice: Pick<EndNotice, 'executionArn'>, now: number): string =>
  `${folderOf(notice)}/paused-${new Date(now).toISOString().slice(0, 10)}.json`;

function folderOf({ executionArn }: Pick<EndNotice, 'executionArn'>): string {
  const [machine = '', name = ''] = executionArn.split(':').slice(-2);
  return `notices/${machine.split('-')[0] ?? ''}/${name}`;
}

/** The mark of an alarm that was told: EventBridge may deliver an event twice. */
export const alarmMark = ({ alarmArn, at }: { readonly alarmArn: string; readonly at: number }): string =>
  `notices/alarms/${(alarmArn.split(':').at(-1) ?? '').replaceAll(/[^\w-]/g, '_')}/${at}.json`;
