import { poolPlan } from '../../adapters/operator/region-facts.ts';
import { errorNameOf } from '../../adapters/service-errors.ts';
import type { Manifest } from '../../domain/backup/manifest.ts';
import { counted } from '../../domain/counted.ts';
import { damageAmong } from '../../domain/history/damage.ts';
import type { Interval } from '../../domain/history/damage.ts';
import { isPoolGone, nativeRecoveryBefore, oldestPointWithin } from '../../domain/history/native-recovery.ts';
import type { KnownPlan } from '../../domain/history/native-recovery.ts';
import { victimText } from '../../domain/history/victims.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, CommandAction } from '../context.ts';
import { writeAskedFile } from '../private-file.ts';
import { quoted, typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';
import { openSession } from '../session.ts';
import { leftOutBlocks, leftOutOf } from './asked-user.ts';
import { intervalBlock, intervalData, intervalText } from './damage-blocks.ts';
import type { FoundInterval } from './damage-blocks.ts';
import { intervalOptions, isAboutUsers, restoreUsers, VICTIMS_FILE } from './damage-commands.ts';
import { restorableAt, usersOfInterval } from './interval-users.ts';
import type { IntervalUsers } from './interval-users.ts';
import { keptRuns } from './kept.ts';

interface DamageGiven {
  readonly percent: number;
  readonly since?: number;
  readonly until?: number;
  readonly users?: true;
  readonly save?: string;
}

/** Snapshots are read around so many intervals, the newest: each may take a minute in a pool of a million. */
const INTERVALS_READ = 3;

/** Tells when a mass of the content changed or vanished, whom it concerns, and what can bring it back. */
export const runDamage: CommandAction = async (context, { options }) => {
  const given = options as unknown as DamageGiven;
  assertInOrder(given);
  const { percent, users, save } = given;
  const place: TypedPlace = options;
  const { installation } = await openSession(context, options);
  const { runs, silent } = await keptRuns(context, installation);
  const manifests = runs.flatMap(({ manifest }) => manifest ?? []).reverse();
  // Of a run that was thinned out the manifest tells enough.
  const leftOut = { ...leftOutOf(runs, silent), thinned: [] };
  const intervals = damageAmong(manifests, given);
  assertOne(intervals, {
    asked: save === undefined ? (users === true ? '--users' : undefined) : `--save ${quoted(save)}`,
    place,
    percent,
  });
  // The manifests tell at once when it was; whom it concerns takes the snapshots.
  for (const interval of intervals) context.output.status({ text: intervalText(interval), lasting: true });
  const plan = intervals.length === 0 ? undefined : await planOf(context, installation);
  const read = new Set(intervals.slice(-INTERVALS_READ));
  const concerns = new Map<Interval, IntervalUsers>();
  for (const interval of read)
    concerns.set(interval, await usersOfInterval(context, { installation, runs }, { interval, percent }));
  const now = context.clock.now();
  const damaged = new Set([...concerns.values()].flatMap(({ skipped }) => skipped));
  const { primaryRegion, regions } = installation;
  const isPrimaryKnown = regions.some(({ region }) => region === primaryRegion) && !silent.includes(primaryRegion);
  const found = intervals.map((interval): FoundInterval => {
    const concerned = concerns.get(interval);
    const restorable = restorableAt(runs, interval.earlier, { damaged });
    return {
      interval,
      recovery: nativeRecoveryBefore(interval, plan, now),
      oldestPoint: oldestPointWithin(interval, plan, now),
      restorable,
      // What a Region keeps that does not answer is not known.
      forLiving: isPrimaryKnown ? restorableAt(runs, interval.earlier, { region: primaryRegion, damaged }) : restorable,
      ...(concerned === undefined ? {} : { concerned }),
    };
  });
  const listed = [...victimsOf(found)];
  const isListUnknown =
    (save !== undefined || users === true) && found.some(({ concerned }) => unknownOf(concerned) !== undefined);
  if (save !== undefined && listed.length > 0)
    await writeAskedFile(context, save, [...new Set(listed.map(({ sub }) => sub))].map((sub) => `${sub}\n`).join(''));
  context.output.summary({
    blocks: [
      ...(found.length === 0
        ? [{ lines: [nothingFound(manifests, given)] }]
        : found.map((one) => intervalBlock(one, { installation, place, percent }))),
      ...(users === true && listed.length > 0 ? [{ heading: 'Who', lines: listed.map(victimText) }] : []),
      ...(save === undefined ? [] : [{ lines: [savedText(save, { found, isEmpty: listed.length === 0 })] }]),
      ...leftOutBlocks(leftOut),
    ],
    data: {
      runs: manifests.length,
      silent_regions: silent,
      damaged_runs: leftOut.damaged,
      pool_plan: typeof plan === 'string' ? plan : null,
      intervals: found.map(intervalData),
      ...(users === true ? { users: listed } : {}),
    },
    next: found
      .filter(({ interval }) => isAboutUsers(interval))
      .slice(-1)
      .flatMap(({ interval, recovery, forLiving }) => {
        if (save === undefined)
          return [typed(place, `damage ${intervalOptions(interval, percent)} --save ${VICTIMS_FILE}`)];
        return listed.length === 0 || isPoolGone(recovery) || forLiving === undefined
          ? []
          : [restoreUsers(interval, { file: save, poolId: installation.userPoolId, run: forLiving.runId, place })];
      }),
  });
  return silent.length === 0 && !isListUnknown ? 'complete' : 'partial';
};

/** Why nobody knows whom an interval concerns; undefined where it is known. */
const unknownOf = (concerned: IntervalUsers | undefined): string | undefined =>
  concerned !== undefined && 'unknown' in concerned ? concerned.unknown : undefined;

const savedText = (
  save: string,
  { found, isEmpty }: { readonly found: readonly FoundInterval[]; readonly isEmpty: boolean },
): string =>
  isEmpty
    ? `${save} was not written: ${found.some(({ concerned }) => unknownOf(concerned) !== undefined) ? 'who is concerned is not known' : 'nobody is concerned'}.`
    : `${save} has the sub of everybody who is concerned: personal data, readable by you alone.`;

function assertInOrder({ since, until }: DamageGiven): void {
  if (since === undefined || until === undefined || since <= until) return;
  throw new CliError('usage', {
    thing: '--since and --until',
    found: `${new Date(since).toISOString()} is later than ${new Date(until).toISOString()}`,
    next: 'Give the earlier time as --since.',
  });
}

function* victimsOf(found: readonly FoundInterval[]) {
  for (const { concerned } of found)
    if (concerned !== undefined && 'victims' in concerned) yield* concerned.victims.list();
}

/** A list of people says nothing when nobody knows of which damage. */
function assertOne(
  intervals: readonly Interval[],
  {
    asked,
    place,
    percent,
  }: { readonly asked: string | undefined; readonly place: TypedPlace; readonly percent: number },
): void {
  if (asked === undefined || intervals.length < 2) return;
  throw new CliError('usage', {
    thing: asked.split(' ')[0] as string,
    found: `it lists the victims of one interval, and ${intervals.length} were found: ${intervals.map(intervalText).join('; ')}`,
    next: `Say which one, for instance: ${typed(place, `damage ${intervalOptions(intervals.at(-1) as Interval, percent)} ${asked}`)}`,
  });
}

/** The plan decides how far Cognito's own recovery reaches; a pool that cannot be asked has none that is known. */
async function planOf({ clients }: CliContext, { primaryRegion, userPoolId }: Installation): Promise<KnownPlan> {
  try {
    return await poolPlan(clients.cognito(primaryRegion), userPoolId);
  } catch (error) {
    return errorNameOf(error) === 'ResourceNotFoundException' ? { gone: true } : undefined;
  }
}

const nothingFound = (runs: readonly Manifest[], { percent, since, until }: DamageGiven): string =>
  runs.length < 2
    ? 'There is nothing to compare: fewer than two runs are kept.'
    : `Between the ${counted(runs.length, 'run')} from ${runs[0]?.startedAt} to ${runs.at(-1)?.startedAt}${since === undefined && until === undefined ? '' : ', as far as they were asked for,'} no more than ${percent} % of the users or memberships were deleted or changed at once or within a day, and no group was deleted.`;
