import { Mark } from '../../comparison/mark.ts';
import { Marks } from '../../comparison/marks.ts';
import type { Expected } from '../../comparison/marks.ts';
import { TEMPORARY_PASSWORD_STATUS } from '../../model.ts';
import type { PoolUser } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { adviceFor } from '../../state/advice.ts';
import { noRecoveryOf } from '../csv/recovery.ts';
import { planKey } from '../plan/plan-model.ts';
import type { RestorePlan } from '../plan/plan-model.ts';

/** What the plan says that the new pool should hold, with the marks of `marksKey`. */
export function loadPlanMarks(
  objects: Pick<ObjectStore, 'get'>,
  plan: RestorePlan,
  { marksKey, ...owners }: { readonly marksKey: string | undefined } & Pick<Expected, 'recognize' | 'nameOf'>,
): Promise<Marks> {
  const { expected, counts, signInName, caseSensitive } = plan;
  return Marks.load(
    objects,
    {
      matching: { bySub: false, signInName, caseSensitive },
      holders: 'name',
      users: { keys: expected.users, count: counts.byCsv + counts.oneByOne },
      memberships: { keys: expected.memberships, count: counts.memberships },
      alsoMarked: (user) => alsoMarked(user, plan),
      ...owners,
      advice: `It belongs to what the restore ${plan.restoreId} should bring back. ${adviceFor(planKey(plan.newUserPoolId, plan.restoreId))}`,
    },
    marksKey,
  );
}

function alsoMarked({ status, attributes }: PoolUser, mechanisms: Pick<RestorePlan, 'recoveryMechanisms'>): number {
  const why = noRecoveryOf(attributes, mechanisms);
  return (status === TEMPORARY_PASSWORD_STATUS ? Mark.noPassword : 0) | (why === undefined ? 0 : Mark[why]);
}

/** The user has a verified address, and the pool does not recover by it. */
export const isNotOffered = (mark: number): boolean => (mark & Mark.notOffered) !== 0;

/** The user was created one by one and still waits for the permanent password. */
export const hasNoPassword = (mark: number): boolean => (mark & Mark.noPassword) !== 0;

/** Users of these old subs are left alone: whoever has their names in the pool was not made by this restore. */
export function setForeign(marks: Marks, ...lists: readonly Pick<ReadonlySet<string>, 'has' | 'size'>[]): void {
  const subs = lists.filter(({ size }) => size > 0);
  if (subs.length === 0) return;
  for (let ordinal = 0; ordinal < marks.userCount; ordinal += 1) {
    const { sub } = marks.expectedUser(ordinal);
    if (subs.some((list) => list.has(sub))) marks.users[ordinal] = Mark.foreign;
  }
}
