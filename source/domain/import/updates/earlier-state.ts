import type { ObjectStore } from '../../ports.ts';
import { readNdjson } from '../../state/ndjson.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { failureShape, failuresPrefix } from '../plan/failures.ts';
import type { JobsState } from '../plan/jobs-state.ts';
import { updateOpShape } from '../plan/plan-model.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import type { UpdatesState } from '../plan/updates-state.ts';
import { releasedBatches } from './batches.ts';

/** What is in progress. */
interface Earlier {
  readonly plan: RestorePlan;
  readonly jobs: JobsState;
  readonly state: UpdatesState;
}

/**
 * Takes over the state of version 2.0.0, which knew users of the new pool by their names only: whom it created one by one,
 * or may have when it was cut off, is noted, and a comparison that it had begun begins again, so that every account is
 * told by the rule.
 */
export async function takeOver(
  objects: Pick<ObjectStore, 'list' | 'read'>,
  { plan, jobs, state }: Earlier,
  accounts: Accounts,
): Promise<void> {
  for await (const key of objects.list(failuresPrefix(plan.newUserPoolId, plan.restoreId)))
    for await (const { kind, sub } of readNdjson(objects, key, failureShape))
      if (kind === 'created') accounts.recordCreatedBefore(sub);
  const lanes = releasedBatches(plan, jobs);
  for (const name of ['chunks', 'once'] as const) {
    const batch = lanes[name][state[name].batch];
    if (batch === undefined) continue;
    for await (const op of readNdjson(objects, batch.key, updateOpShape))
      if (op.op === 'create') accounts.recordCreatedBefore(op.user.sub);
  }
  if (state.phase === 'updates' || state.phase === 'done') return;
  delete state.check;
  state.phase = 'check';
}
