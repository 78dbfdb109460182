import { poolPlan } from '../../adapters/operator/region-facts.ts';
import type { Manifest } from '../../domain/backup/manifest.ts';
import { damageAmong, nativeRecoveryBefore } from '../../domain/history/damage.ts';
import type { Interval, NativeRecovery } from '../../domain/history/damage.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { counted, number } from '../../domain/workflow/notices/text.ts';
import type { CliContext, CommandAction } from '../context.ts';
import type { Block } from '../output/output.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';
import { openSession } from '../session.ts';
import { keptRuns } from './kept.ts';

/** Tells when a mass of the content changed or vanished, and what can bring it back. */
export const runDamage: CommandAction = async (context, { options }) => {
  const { installation } = await openSession(context, options);
  const { runs, silent } = await keptRuns(context, installation);
  const { percent } = options as unknown as { readonly percent: number };
  const manifests = runs.flatMap(({ manifest }) => manifest ?? []).reverse();
  const intervals = damageAmong(manifests, percent);
  const plan = intervals.length === 0 ? undefined : await planOf(context, installation);
  const found = intervals.map((interval) => ({
    interval,
    recovery: nativeRecoveryBefore(interval, plan, context.clock.now()),
  }));
  context.output.summary({
    blocks:
      found.length === 0
        ? [{ lines: [nothingFound(manifests, percent)] }]
        : found.map(({ interval, recovery }) => blockOf(interval, recovery, installation, options)),
    data: { runs: manifests.length, silent_regions: silent, pool_plan: plan ?? null, intervals: found.map(dataOf) },
    next: found.slice(0, 1).map(({ interval }) => typed(options, diffOf(interval))),
  });
  return silent.length === 0 ? 'complete' : 'partial';
};

/** The plan decides how far Cognito's own recovery reaches; a pool that is gone or cannot be asked has none that is known. */
async function planOf(
  { clients }: CliContext,
  { primaryRegion, userPoolId }: Installation,
): Promise<string | undefined> {
  try {
    return await poolPlan(clients.cognito(primaryRegion), userPoolId);
  } catch {
    return undefined;
  }
}

const nothingFound = (runs: readonly Manifest[], percent: number): string =>
  runs.length < 2
    ? 'There is nothing to compare: fewer than two runs are kept.'
    : `Between the ${counted(runs.length, 'run')} from ${runs[0]?.startedAt} to ${runs.at(-1)?.startedAt} no more than ${percent} % of the users or memberships were deleted or changed at once, and no group was deleted.`;

const diffOf = ({ earlier, later }: Interval): string => `diff ${earlier.runId} ${later.runId}`;

function blockOf(interval: Interval, recovery: NativeRecovery, { userPoolId }: Installation, place: TypedPlace): Block {
  const { earlier, later, findings } = interval;
  return {
    heading: `Between ${earlier.startedAt} and ${later.endedAt}`,
    rows: [
      ...findings.map(({ kind, change, items, of }) => ({
        label: `${kind} ${change}`,
        value: `${number(items)} of ${number(of)}`,
        tone: 'bad' as const,
      })),
      ...(later.refused === undefined
        ? []
        : [{ label: 'refused', value: `${later.refused}: the backup is as it was before`, tone: 'good' as const }]),
      { label: 'last run before', value: `${earlier.runId} with ${counted(earlier.counts.users, 'user')}` },
    ],
    lines: [
      recovery.reaches
        ? `Cognito's own recovery reaches back before it, and brings passwords and MFA, too: it rewinds the whole living pool. aws cognito-idp initiate-point-in-time-recovery --user-pool-id ${userPoolId} --restore-timestamp ${recovery.restoreTimestamp}`
        : WHY_NOT[recovery.why],
      `From this backup, into a new pool: ${typed(place, `import --to <new pool> --run ${earlier.runId}`)}`,
      `Who is concerned: ${typed(place, `${diffOf(interval)} --save differences.csv`)}`,
    ],
  };
}

const WHY_NOT: Readonly<Record<Extract<NativeRecovery, { reaches: false }>['why'], string>> = {
  plan: "Cognito's own recovery is not offered for pools on the Lite plan.",
  unknownPlan:
    "Whether Cognito's own recovery reaches back before it is not known: the pool's plan could not be asked.",
  tooLongAgo: "Cognito's own recovery does not reach back so far: one day on the Essentials plan, fourteen on Plus.",
  tooRecent: "Cognito's own recovery takes points that are at least 15 minutes old: try again later.",
};

const dataOf = ({
  interval: { earlier, later, findings },
  recovery,
}: {
  interval: Interval;
  recovery: NativeRecovery;
}) => ({
  earlier: earlier.runId,
  later: later.runId,
  from: earlier.startedAt,
  to: later.endedAt,
  findings,
  native_recovery: recovery.reaches ? { restore_timestamp: recovery.restoreTimestamp } : { reaches_not: recovery.why },
});
