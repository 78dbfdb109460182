import { unpackAside } from '../../adapters/unpack-aside.ts';
import { counted } from '../../domain/counted.ts';
import { joinRegions, passedOverBefore, restorableRuns, runBefore, runsIn } from '../../domain/history/runs.ts';
import type { KeptRunFacts } from '../../domain/history/runs.ts';
import type { RunItems } from '../../domain/history/run-items.ts';
import { isNamed } from '../../domain/errors.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { explained } from '../explain.ts';
import { readableNamed } from '../history/kept.ts';
import { runToldOf } from '../history/run-at.ts';
import { typed } from '../program.ts';
import type { PoolPlace } from './pool-place.ts';
import type { SelectionGiven } from './selection-options.ts';

/** The runs in which somebody is looked for, and what is said when nobody is found there. */
export interface RunsToSearch {
  /** The newest first; none where the workflow looks the names up, since this command can read no snapshot there. */
  readonly runs: readonly RunItems[];
  /** One run was asked for. */
  readonly isChosen: boolean;
  /** That one, where the workflow looks in it. */
  readonly run?: string;
}

/**
 * The run that --run or --at names, else all sealed ones, of which each user or group is taken from the newest that holds it.
 * Only those count that the pool's Region keeps: the workflow reads no other, but for the place of a snapshot that --snapshot
 * names, which is for the workflow alone to read. @throws CliError
 */
export async function runsToSearch(
  context: CliContext,
  there: PoolPlace,
  { run, at: moment, snapshot }: Pick<SelectionGiven, 'run' | 'at' | 'snapshot'>,
): Promise<RunsToSearch> {
  if (snapshot !== undefined) return { runs: [], isChosen: run !== undefined, ...(run === undefined ? {} : { run }) };
  const { region, objects, machine } = there;
  const kept = await runsIn(objects, region).catch((error: unknown) => {
    throw explained(`Snapshots in the bucket ${machine.bucket}`, error);
  });
  const newestFirst = joinRegions([kept]);
  const restorable = restorableRuns(newestFirst);
  const chosen =
    moment === undefined
      ? run
      : runToldOf(context, region, {
          moment,
          run: runBefore(restorable, moment)?.manifest,
          oldest: restorable.at(-1)?.manifest,
        });
  if (moment !== undefined && chosen !== undefined) {
    const { damaged, thinned } = passedOverBefore(newestFirst, moment, { runId: chosen });
    tellDamaged(context, damaged);
    if (thinned.length > 0)
      context.output.status({
        text: `${counted(thinned.length, 'later run')} of before that time cannot be taken: only their manifests are kept.`,
        data: { thinned_runs: thinned },
        lasting: true,
      });
  }
  if (chosen === undefined) return { runs: sealedRuns(context, there, newestFirst), isChosen: false };
  const { manifest } = readableNamed(newestFirst, chosen, there.place);
  const { refused, runId, userPoolId, startedAt } = manifest;
  if (refused !== undefined)
    context.output.status({
      text: `Run ${runId} was refused (${refused}), so it never became the backup: it is what was found in ${userPoolId} at ${startedAt}, taken because you name it.`,
      data: { export_run: runId, refused },
      lasting: true,
    });
  return { runs: [{ manifest, objects, unpack: unpackAside }], isChosen: true };
}

function sealedRuns(context: CliContext, { objects }: PoolPlace, kept: readonly KeptRunFacts[]): readonly RunItems[] {
  tellDamaged(
    context,
    kept.filter(({ state }) => state === 'damaged').map(({ runId }) => runId),
  );
  return restorableRuns(kept).map(({ manifest }) => ({ manifest, objects }));
}

function tellDamaged({ output }: CliContext, damaged: readonly string[]): void {
  if (damaged.length > 0)
    output.status({
      text: `Not looked at, because damaged: ${damaged.join(', ')}.`,
      data: { damaged_runs: damaged },
      lasting: true,
    });
}

/** What is looked for in one run after the other. */
export interface RunSearch<T> {
  readonly wanted: readonly string[];
  /** Looks for names in a run; those that it lacks are left out of the answer. */
  readonly look: (run: RunItems, names: readonly string[]) => Promise<ReadonlyMap<string, T>>;
}

/**
 * Looks for each name in the newest run that holds it. A damaged snapshot is named and passed over, unless it is the one that
 * was asked for. @throws CliError
 */
export async function searchRuns<T>(
  { output }: CliContext,
  { runs, isChosen }: RunsToSearch,
  { wanted, look }: RunSearch<T>,
): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>();
  for (const run of runs) {
    const missing = wanted.filter((name) => !found.has(name));
    if (missing.length === 0) break;
    try {
      for (const [name, item] of await look(run, missing)) found.set(name, item);
    } catch (error) {
      if (isChosen || !isNamed(error, 'SnapshotDamaged')) throw explained(`Run ${run.manifest.runId}`, error);
      output.status({ text: `${(error as Error).message} It is passed over.`, lasting: true });
    }
  }
  return found;
}

const NAMED = 10;

/** Leaves the look-up of users or groups to the workflow, and says where it looks. */
export function leftToWorkflow(
  { output }: CliContext,
  { region }: PoolPlace,
  { names, searched: { run }, snapshot }: LeftNames,
): readonly { readonly name: string; readonly run?: string }[] {
  output.status({
    text:
      snapshot === undefined
        ? `${region} keeps no snapshots: what is named is looked up in the backup table, as the last export left it.`
        : `What is named is looked up in ${snapshot} by the workflow, ${run === undefined ? 'in the newest run there' : `in the run ${run}`}.`,
    lasting: true,
  });
  return names.map((name) => ({ name, ...(run === undefined ? {} : { run }) }));
}

interface LeftNames {
  readonly names: readonly string[];
  readonly searched: RunsToSearch;
  readonly snapshot: string | undefined;
}

/** Nobody of these names is in the runs that were looked at. `of`: how many were named. */
export function notKept(
  { runs, isChosen }: RunsToSearch,
  { place }: PoolPlace,
  {
    things,
    missing,
    of,
  }: { readonly things: 'user' | 'group'; readonly missing: readonly string[]; readonly of: number },
): CliError {
  const [newest] = runs;
  const oldest = runs.at(-1);
  const where = isChosen
    ? `the export ${newest?.manifest.runId ?? ''} of ${newest?.manifest.startedAt ?? ''}`
    : runs.length === 1
      ? `the one export that is kept, of ${newest?.manifest.startedAt ?? ''}`
      : `any of the ${counted(runs.length, 'export')} that are kept, from ${oldest?.manifest.startedAt ?? ''} to ${newest?.manifest.startedAt ?? ''}`;
  const named = `${missing.slice(0, NAMED).join(', ')}${missing.length > NAMED ? ` and ${missing.length - NAMED} more` : ''}`;
  return new CliError('notFound', {
    thing: missing.length === 1 ? `${things === 'user' ? 'User' : 'Group'} ${named}` : `${missing.length} ${things}s`,
    found: `not in ${where}${missing.length === 1 ? '' : `: ${named}`}`,
    next: `Nothing was written. Check the spelling${things === 'user' ? ' (a user is known by sub, username, e-mail address or phone number)' : ' and its upper and lower case'}. ${
      isChosen
        ? `Take another run, or leave --run and --at out for the newest that holds the ${things}: ${typed(place, 'runs')}`
        : `Who was never there when an export ran is in no backup.`
    }${missing.length === of ? '' : ` Without ${missing.length === 1 ? `this ${things}` : `these ${things}s`} the others can be restored.`}`,
  });
}
