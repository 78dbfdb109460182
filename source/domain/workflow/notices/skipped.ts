import { namedError } from './cause.ts';
import type { NoticeEvent } from './events.ts';
import { regionOf } from '../lease.ts';
import { bodyOf, consoleLink, subjectOf } from './text.ts';
import type { Notice } from './text.ts';

/** That a scheduled start found work under way. */
export type SkippedNotice = Extract<NoticeEvent, { event: 'skipped' }>;

const NEXT: Readonly<Record<string, string>> = {
  ExecutionAlreadyRunning:
    'Nothing, as long as exports complete. If this comes every day, exports take longer than ExportFrequency says: choose a longer one, or a higher CognitoTPS.',
  RestoreInProgress: 'Nothing while the restore runs. The next scheduled export after its end starts by itself.',
};

const NEXT_OF_DRILL: Readonly<Record<string, string>> = {
  ExecutionAlreadyRunning: 'Nothing, unless you know of no drill that should still run.',
  RestoreInProgress: 'Nothing while the restore runs. The next scheduled drill after its end starts by itself.',
};

/** The message about a start by the schedule that had nothing to do. */
export function skippedNotice({ workflow, executionArn, error }: SkippedNotice, about: string): Notice {
  const named = namedError(error);
  return {
    subject: subjectOf(
      `A scheduled ${workflow} in ${regionOf(executionArn)} found ${named.error === 'RestoreInProgress' ? 'a restore' : 'another one'} at work`,
    ),
    body: bodyOf([
      `The schedule started ${workflow} while other work was under way, so this execution ended at once, without an error. Further starts of this kind are not told for 24 hours.`,
      named.cause,
      `What to do next\n  ${(workflow === 'DrillWorkflow' ? NEXT_OF_DRILL : NEXT)[named.error] ?? 'Nothing.'}`,
      `Execution\n  ${consoleLink(executionArn)}`,
      about,
    ]),
    important: false,
  };
}
