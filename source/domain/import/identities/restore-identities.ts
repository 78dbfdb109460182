import type { IdentityPlan, PoolProviders } from '../plan/identity-plan.ts';
import { linkedUserShape, prelinkShape } from '../plan/identity-plan.ts';
import { newIdentityState } from '../plan/identity-state.ts';
import { markWriting } from '../plan/restore-head.ts';
import type { CheckRun } from '../reconcile/check-run.ts';
import { readNdjson } from '../../state/ndjson.ts';
import type { StepEnd } from '../../state/step.ts';
import { workInOrder } from '../updates/ordered-window.ts';
import { CALLS_AT_A_TIME } from '../updates/update-run.ts';
import type { UpdateRun } from '../updates/update-run.ts';
import { IdentityLog } from './identity-log.ts';
import { linkUser } from './link-user.ts';
import { makePrelinkedMember } from './make-prelink.ts';

/**
 * Brings back what the backup tells of identity providers: links of users who are there, then users of providers who are
 * made before their first sign-in. After the comparison, which proved whose accounts are whose. Providers are asked for
 * anew: one that was missing may have been made meanwhile.
 */
export async function restoreIdentities(check: CheckRun, identities: IdentityPlan): Promise<StepEnd> {
  const { run } = check;
  const state = (run.state.identities ??= newIdentityState());
  if (state.done) return 'moved';
  const { linkedUsers, prelinks } = identities.counts;
  if (linkedUsers + prelinks > 0) {
    await markWriting(run.deps.objects, run.deps.clock, run.plan);
    // From now on the comparison knows these users (see CheckRun).
    await run.progress.save();
    const providers = await run.deps.pool.identityProviders(run.plan.newUserPoolId);
    const log = await IdentityLog.load(run.deps.objects, state);
    const end = await run.progress.gather([log], () => work(check, identities, { log, providers }));
    if (end === 'sliceOver') {
      await run.progress.save();
      return end;
    }
  }
  state.done = true;
  return 'moved';
}

interface Basis {
  readonly log: IdentityLog;
  readonly providers: PoolProviders;
}

async function work(
  check: CheckRun,
  { linksKey, prelinksKey }: IdentityPlan,
  { log, providers }: Basis,
): Promise<StepEnd> {
  const { run } = check;
  const { objects } = run.deps;
  const linked = await inOrder(run, 'links', readNdjson(objects, linksKey, linkedUserShape), async (user) => {
    if (!log.isWanted(user.sub)) return;
    const { sub, name } = user;
    log.add({ kind: 'link', sub, name, problems: await linkUser(check, user, providers) });
  });
  if (linked === 'sliceOver') return linked;
  return inOrder(run, 'prelinks', readNdjson(objects, prelinksKey, prelinkShape), async (prelink) => {
    if (!log.isWanted(prelink.sub)) return;
    const { sub, name } = prelink;
    const { newSub, problems } = await makePrelinkedMember(run, prelink, providers);
    if (newSub !== undefined) log.addMade({ sub, newSub });
    log.add({ kind: 'prelink', sub, name, problems });
  });
}

const inOrder = <T extends { readonly sub: string }>(
  { state, progress, sliceOver }: UpdateRun,
  list: 'links' | 'prelinks',
  users: AsyncIterable<T>,
  visit: (user: T) => Promise<void>,
): Promise<StepEnd> => {
  const place = (state.identities ??= newIdentityState());
  return workInOrder(users, CALLS_AT_A_TIME, {
    from: place[list],
    keyOf: ({ sub }) => sub,
    work: visit,
    moved: (done) => {
      place[list] = done;
    },
    afterEach: () => progress.saveIfDue(),
    stop: sliceOver,
  });
};
