import type { Milestones } from './results.ts';

/** Calls that bring back what a CSV import cannot. */
export const UPDATE_ACTIONS = [
  'AdminAddUserToGroup',
  'AdminDisableUser',
  'AdminCreateUser',
  'AdminSetUserPassword',
] as const;

/** How updates and import jobs overlapped; all times in milliseconds since the epoch, `updateTimes` ascending. */
export function overlapOf(
  updateTimes: ArrayLike<number>,
  lastJobEndedAt: number,
  startedAt: number,
): Pick<Milestones, 'jobsDone' | 'updatesFrom' | 'updatesDuringJobs'> {
  const jobsDone = (lastJobEndedAt - startedAt) / 1000;
  if (updateTimes.length === 0) return { jobsDone };
  let during = 0;
  while (during < updateTimes.length && (updateTimes[during] as number) < lastJobEndedAt) during += 1;
  return {
    jobsDone,
    updatesFrom: ((updateTimes[0] as number) - startedAt) / 1000,
    updatesDuringJobs: during / updateTimes.length,
  };
}
