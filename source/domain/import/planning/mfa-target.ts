import { withMfaSettings } from '../../backup/pool-mfa.ts';
import type { UserPoolDescription } from '../../model.ts';
import { mfaHurdleOf } from '../csv/mfa-sign-in.ts';
import { inParts } from '../plan/csv-rows.ts';
import { hurdlesIn, MFA_HEADER, mfaLine } from '../plan/mfa-hurdles.ts';
import type { MfaFacts } from '../preflight/required-mfa.ts';
import { classifiedShape } from './classify.ts';
import type { Rules } from './classify.ts';
import type { ClassifiedBackup } from './classify-backup.ts';
import { afterCollisions, givingWay } from './giving-way.ts';
import { mfaReportKey } from './planning-run.ts';
import type { PlanningRun } from './planning-run.ts';
import { readSpool } from './spool.ts';

/** The new pool; only one that requires MFA is asked by what. */
export async function describeTarget(
  pools: PlanningRun['deps']['pools'],
  poolId: string,
): Promise<UserPoolDescription> {
  const pool = await pools.describe(poolId);
  return pool.settings.mfaConfiguration === 'ON' ? withMfaSettings(pools, pool) : pool;
}

/** What preflight and report say of a pool that requires MFA. */
export function mfaFacts(
  { tally }: ClassifiedBackup,
  { mfa: required }: Rules,
  { input, folder }: PlanningRun,
): { readonly mfa?: MfaFacts } {
  const { mfa: counts } = tally.counts;
  if (required === undefined || counts === undefined) return {};
  const accepted = input.options.acceptMfaLockout === true;
  return { mfa: { required, counts, accepted, reportKey: mfaReportKey(folder) } };
}

/** Preflight may refuse the pool for them, and its message holds counts only: whom it is about lies in the bucket. */
export async function nameLockedOut(
  found: ClassifiedBackup,
  rules: Rules,
  { deps, folder }: PlanningRun,
): Promise<void> {
  const { mfa } = rules;
  if (mfa === undefined || hurdlesIn(found.tally.counts.mfa?.cannotSignIn) === 0) return;
  const giving = givingWay(found.losers, found.aliasLosers, found.byOtherAddress);
  const lines = async function* (): AsyncGenerator<string, void, undefined> {
    yield MFA_HEADER;
    for await (const read of readSpool(deps.objects, found.parts, classifiedShape)) {
      const classified = afterCollisions(read, giving, rules);
      if (classified.way === 'exclude') continue;
      const { sub, name, attributes } = classified.user;
      const hurdle = mfaHurdleOf(attributes, mfa);
      if (hurdle !== undefined) yield mfaLine({ sub, name, ...hurdle });
    }
  };
  await deps.objects.write(mfaReportKey(folder), inParts(lines()));
}
