import { regionOf } from '../lease.ts';
import { namedError } from './cause.ts';
import type { NoticeEvent } from './events.ts';
import { bodyOf, consoleLink, subjectOf } from './text.ts';
import type { Notice } from './text.ts';

/** The message about a workflow that waits until AWS's own recovery of the pool has ended. */
export const pausedNotice = (
  { workflow, executionArn, error }: Extract<NoticeEvent, { event: 'paused' }>,
  about: string,
): Notice => ({
  subject: subjectOf(`${workflow} in ${regionOf(executionArn)} waits: AWS's own recovery of the user pool is active`),
  body: bodyOf([
    namedError(error).cause,
    'Nothing of the restore is lost, and no user or group was given up because of this.',
    'What to do next\n  Nothing, if the recovery is meant. If it is not: end it in the Cognito console or with cancel-point-in-time-recovery, which works as long as it is only previewed. In the status AWS_ABORTED or TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE only AWS Support can end it; restore into another empty pool if you cannot wait.',
    `Execution\n  ${consoleLink(executionArn)}`,
    about,
  ]),
  important: true,
});
