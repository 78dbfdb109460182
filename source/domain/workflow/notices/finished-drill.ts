import type { EndedDrill } from '../../drill/end-drill.ts';
import { regionOf } from '../lease.ts';
import type { NoticeEvent } from './events.ts';
import { counted } from '../../counted.ts';
import { bodyOf, consoleLink, duration, subjectOf } from './text.ts';
import type { Notice } from './text.ts';

/** The message about a drill that was good: what was restored, what a restore of everybody would take, and what it costs. */
export function drillNotice(
  { executionArn, startedAt, result }: Extract<NoticeEvent, { event: 'finished' }>,
  { now, about, firstTime }: { readonly now: number; readonly about: string; readonly firstTime: string | undefined },
): Notice {
  const {
    exportRun = '?',
    rehearsed,
    backup,
    everybody,
    projectedSeconds,
    mostActiveUsers,
    settingsDiffer = [],
    leftOut = [],
    ...drill
  } = result as Partial<EndedDrill>;
  const region = regionOf(executionArn);
  return {
    subject: subjectOf(
      `Drill in ${region}: ${counted(rehearsed?.users, 'user')} restored and compared, the same as the backup`,
    ),
    body: bodyOf([
      `DrillWorkflow restored ${everybody === true ? 'everybody' : 'a sample'} of the export ${exportRun} into a user pool that it made, compared every field and deleted the pool, in ${duration(now - startedAt)}. Nothing was missing or different.`,
      `  ${counted(rehearsed?.users, 'user')} of ${counted(backup?.users, 'user')}, with ${counted(rehearsed?.groups, 'group')} and ${counted(rehearsed?.memberships, 'membership')}`,
      ...(projectedSeconds === undefined
        ? []
        : [
            `By what was measured a restore of everybody in ${region} would take ${duration(projectedSeconds * 1000)}.`,
          ]),
      ...named('Settings of the pool that came out otherwise than they were kept', settingsDiffer),
      ...named('Settings that the pool did without, so that nothing about them was rehearsed', leftOut),
      `At most ${counted(mostActiveUsers, 'user')} may count as active this month because of it.`,
      `Report, in the mapping-file bucket of this Region\n  ${drill.reportKey ?? '?'}`,
      'What to do next\n  Nothing.',
      firstTime,
      `Execution\n  ${consoleLink(executionArn)}`,
      about,
    ]),
    important: false,
  };
}

const named = (heading: string, settings: readonly string[]): string[] =>
  settings.length === 0 ? [] : [`${heading}\n${settings.map((setting) => `  ${setting}`).join('\n')}`];
