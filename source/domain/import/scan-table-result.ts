import type { Counts } from '../backup/manifest.ts';
import type { IdentityPlan } from './plan/identity-plan.ts';
import { hurdlesIn } from './plan/mfa-hurdles.ts';
import type { MfaChange } from './plan/mfa-hurdles.ts';
import { notInTable, otherPlaceOf, sealedCounts, sourceOf } from './plan/plan-model.ts';
import type { RestorePlan, RestoreSource } from './plan/plan-model.ts';
import { firstOf } from './planning/identity-notes.ts';
import type { PlanningState } from './planning/planning-state.ts';
import type { Standing } from './report/standing.ts';
import type { PlanSelectionResult } from './selection/plan-selection.ts';

/** What a plan says of identity providers: counts, and the names of those that the new pool lacks. */
export type IdentitiesFound = IdentityPlan['counts'] &
  Pick<IdentityPlan, 'mode' | 'missingProviders' | 'otherProviders'>;

/** What the state machine sees: counts and object keys. */
export type ScanTableResult =
  | PlanSelectionResult
  | { readonly done: false; readonly dryRun: boolean; readonly step: PlanningState['step'] | 'compare' }
  | {
      readonly done: true;
      readonly dryRun: boolean;
      /** The run that is restored, and where it is read from. */
      readonly exportRun: string;
      readonly source: RestoreSource;
      /** Where the snapshot was read, when it was not this Region's own. */
      readonly snapshotPrefix?: string;
      /** How the backup was read, where that was not as usual. */
      readonly remarks?: readonly string[];
      /** In the sealed export, and what of it the table lacks. */
      readonly backup: Counts;
      readonly notInTable: Counts;
      readonly byCsv: number;
      readonly oneByOne: number;
      /** Of those created one by one: an import job would bring them if the new pool verified what the old one does. */
      readonly byCsvInSource: number;
      /** Of those created one by one: the pool's triggers would see it, so that nobody creates them. */
      readonly heldBack: number;
      readonly excluded: number;
      readonly withLosses: number;
      /** Users of whom the backup does not tell for certain by which of two addresses they sign in. */
      readonly signInUnknown: number;
      /** See UserPoolDescription. */
      readonly acceptsSignUps: boolean;
      readonly groupsWithoutRole: number;
      readonly automaticGroups: number;
      /** Users who would not be able to use "forgot password". */
      readonly withoutRecovery: number;
      /** See RestorePlan; absent in plans of earlier versions. */
      readonly mfa?: MfaChange;
      /** Users who would have to enrol a second factor, and who could not sign in, where the new pool requires MFA. */
      readonly mustEnrolMfa: number;
      readonly mfaLockedOut: number;
      /** What would be done about identity providers; absent where the backup names none. */
      readonly identities?: IdentitiesFound;
      readonly chunks: number;
      readonly batches: number;
      /** Of a dry run of a restore that has begun. */
      readonly standing?: Standing;
      /** Keys of a dry run's files. */
      readonly reportKeys?: readonly string[];
    };

/** What the state machine sees of a plan that stands. */
export const planSummary = (plan: RestorePlan, dryRun: boolean): Extract<ScanTableResult, { done: true }> => {
  const { runId, counts, chunks, batches, mayCreateUsers } = plan;
  return {
    done: true,
    dryRun,
    exportRun: runId,
    source: sourceOf(plan),
    ...otherPlaceOf(plan),
    ...(plan.remarks === undefined ? {} : { remarks: plan.remarks }),
    backup: sealedCounts(plan),
    notInTable: notInTable(plan),
    byCsv: counts.byCsv,
    oneByOne: counts.oneByOne,
    byCsvInSource: counts.byCsvInSource ?? 0,
    heldBack: mayCreateUsers ? 0 : counts.oneByOne,
    excluded: counts.excluded,
    withLosses: counts.withLosses ?? 0,
    signInUnknown: counts.signInUnknown ?? 0,
    groupsWithoutRole: counts.groupsWithoutRole ?? 0,
    automaticGroups: counts.automaticGroups ?? 0,
    withoutRecovery: counts.withoutRecovery ?? 0,
    ...(plan.mfa === undefined ? {} : { mfa: plan.mfa }),
    mustEnrolMfa: hurdlesIn(counts.mfa?.mustEnrol),
    mfaLockedOut: hurdlesIn(counts.mfa?.cannotSignIn),
    ...(plan.identities === undefined ? {} : { identities: identitiesIn(plan.identities) }),
    acceptsSignUps: plan.acceptsSignUps ?? false,
    chunks: chunks.length,
    batches: batches.length,
  };
};

const identitiesIn = ({ mode, missingProviders, otherProviders, counts }: IdentityPlan): IdentitiesFound => ({
  mode,
  missingProviders: firstOf(missingProviders),
  ...(otherProviders === undefined ? {} : { otherProviders: firstOf(otherProviders) }),
  ...counts,
});
