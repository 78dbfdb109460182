import { Fault } from '../../errors.ts';
import type { ObjectStore } from '../../ports.ts';
import type { PlannedGroup, RestorePlan } from '../plan-model.ts';

/** The plan's groups, smallest first. */
export async function parseGroups(store: Pick<ObjectStore, 'get'>, plan: Pick<RestorePlan, 'groupsKey'>): Promise<readonly PlannedGroup[]> {
  const object = await store.get(plan.groupsKey);
  if (object === undefined) throw new Fault('BadState', `The object ${plan.groupsKey} is missing: the state of this restore cannot be used.`);
  return JSON.parse(Buffer.from(object.body).toString('utf8')) as readonly PlannedGroup[];
}
