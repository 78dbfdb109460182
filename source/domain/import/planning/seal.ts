import { counted, countedAs } from '../../counted.ts';
import { readList } from '../../state/stored-list.ts';
import { losesItsRole } from '../plan/group-roles.ts';
import type { BatchPlan, PlannedGroup, RestorePlan, UpdateOp } from '../plan/plan-model.ts';
import { planKey, plannedGroupShape } from '../plan/plan-model.ts';
import { mfaChangeOf } from '../preflight/required-mfa.ts';
import { SIGN_UPS_OPEN } from '../preflight/sign-ups.ts';
import { creationIsAllowed } from '../preflight/triggers.ts';
import { MAX_BATCH_OPS, BatchWriter } from './batch-writer.ts';
import { identityNotes } from './identity-notes.ts';
import { planIdentities } from './plan-identities.ts';
import { plannedGroupsKey, recoveryOf, rulesFor } from './planning-run.ts';
import type { PlanningRun } from './planning-run.ts';
import type { StateOf } from './planning-state.ts';

/** Writes what the chunks left open and then the plan itself, which makes them a restore. Done again it writes the same. */
export async function sealPlan(state: StateOf<'seal'>, run: PlanningRun): Promise<RestorePlan> {
  const { input, deps, folder } = run;
  const groups = await readList(deps.objects, plannedGroupsKey(folder), plannedGroupShape);
  const emptyGroups = await writeEmptyGroups(state, groups, run);
  const excludedKey = `${folder}excluded.ndjson`;
  await deps.objects.write(excludedKey, joined(state.draft.excluded, run));
  const lossesKey = `${folder}losses.ndjson`;
  await deps.objects.write(lossesKey, joined(state.draft.losses ?? [], run));
  const mfaKey = state.tally.counts.mfa === undefined ? undefined : `${folder}mfa.ndjson`;
  if (mfaKey !== undefined) await deps.objects.write(mfaKey, joined(state.draft.hurdles ?? [], run));
  const { accepted, backup, target, tally, draft } = state;
  const identities = await planIdentities(state, groups, run);
  const { runId, userPoolId } = accepted.manifest;
  const { signInName, header, mfaFlag, schema } = rulesFor(input, accepted, target);
  const plan: RestorePlan = {
    restoreId: input.restoreId,
    newUserPoolId: target.pool.id,
    newUserPoolName: target.pool.name,
    options: input.options,
    runId,
    sourceUserPoolId: userPoolId,
    tableName: input.tableName,
    ...(accepted.interrupted === undefined ? {} : { interrupted: accepted.interrupted }),
    ...(accepted.incomplete === undefined ? {} : { incomplete: accepted.incomplete }),
    source: accepted.source,
    ...(accepted.remarks === undefined ? {} : { remarks: accepted.remarks }),
    signInName,
    csvHeader: header,
    mfaFlag,
    mfa: mfaChangeOf(accepted.manifest.poolSettings, target.pool.settings),
    ...(mfaKey === undefined ? {} : { mfaKey }),
    ...(identities === undefined ? {} : { identities }),
    caseSensitive: target.pool.settings.caseSensitive,
    acceptsSignUps: target.pool.acceptsSignUps ?? false,
    importsConfirmed: target.pool.importsConfirmed ?? false,
    mayCreateUsers: creationIsAllowed(input.options, target.pool.settings),
    schema,
    ...recoveryOf(target),
    groupsKey: plannedGroupsKey(folder),
    chunks: draft.chunks,
    batches: [...draft.batches, ...emptyGroups],
    excludedKey,
    disabledMarked: true,
    lossesKey,
    expected: draft.expected,
    notes: [
      ...(accepted.notes ?? []),
      ...target.notes,
      ...(target.pool.acceptsSignUps === true ? [SIGN_UPS_OPEN] : []),
      ...roleNotes(groups),
      ...(identities === undefined ? [] : identityNotes({ identities })),
    ],
    counts: { backup, ...tally.counts },
    plannedAt: new Date(deps.clock.now()).toISOString(),
  };
  await deps.objects.put(planKey(target.pool.id, input.restoreId), JSON.stringify(plan));
  return plan;
}

/** Groups that no membership would create. */
async function writeEmptyGroups(
  { draft }: StateOf<'seal'>,
  groups: readonly PlannedGroup[],
  { deps, folder }: PlanningRun,
): Promise<readonly BatchPlan[]> {
  const batches = new BatchWriter(deps.objects, `${folder}batches/`, draft.batches.length);
  const ops = groups.flatMap(({ members }, group): UpdateOp[] => (members === 0 ? [{ op: 'group', group }] : []));
  for (let at = 0; at < ops.length; at += MAX_BATCH_OPS) await batches.add(ops.slice(at, at + MAX_BATCH_OPS), null);
  await batches.flush();
  return batches.plans;
}

async function* joined(keys: readonly string[], { deps }: PlanningRun): AsyncGenerator<Uint8Array, void, undefined> {
  for (const key of keys) yield* deps.objects.read(key);
}

function roleNotes(groups: readonly PlannedGroup[]): string[] {
  const withoutRole = groups.filter(losesItsRole).length;
  const given = groups.filter(({ newRoleArn }) => newRoleArn !== undefined).length;
  return [
    ...(withoutRole === 0
      ? []
      : [
          `${counted(withoutRole, 'group')} had an IAM role and gets none: no map names one (GroupRoleMap); groups.json of this restore names the role.`,
        ]),
    ...(given === 0 ? [] : [`${countedAs(given, 'group', ['gets', 'get'])} the IAM role that GroupRoleMap names.`]),
  ];
}
