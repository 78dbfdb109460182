import { findFederated } from '../../domain/history/find-federated.ts';
import { findUsers } from '../../domain/history/find-items.ts';
import type { FoundUser } from '../../domain/history/find-items.ts';
import type { RunItems } from '../../domain/history/run-items.ts';
import { noRecoveryOf } from '../../domain/import/csv/recovery.ts';
import type { SelectedUser } from '../../domain/import/selection/request.ts';
import { counted } from '../../domain/counted.ts';
import { visibleText } from '../../domain/report-line.ts';
import { FEDERATED_STATUS } from '../../domain/model.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { isNamed } from '../../domain/errors.ts';
import { readingStatus } from '../history/reading-status.ts';
import type { AskedNames } from './asked-selection.ts';
import { leftToWorkflow, notKept, searchRuns } from './runs-to-search.ts';
import type { PoolPlace } from './pool-place.ts';

/** For whom the run is told singly; above that, by run. */
const FEW = 20;

/** Who is meant. */
export interface ResolvedUsers {
  readonly users: readonly SelectedUser[];
  /** Subs of users to whom the pool that was backed up sends no code of "forgot password". */
  readonly withoutRecovery: ReadonlySet<string>;
}

interface InRun {
  readonly run: RunItems;
  readonly users: readonly FoundUser[];
}

/**
 * Who is meant, and by which run: each user once. Where this command can read no snapshot, the workflow looks the names up. @throws CliError for names that no run holds, and for those that several users have
 */
export async function resolveUsers(
  context: CliContext,
  there: PoolPlace,
  { names, searched, given: { snapshot } }: AskedNames,
): Promise<ResolvedUsers> {
  if (searched.runs.length === 0)
    return {
      users: leftToWorkflow(context, there, { names, searched, snapshot }),
      withoutRecovery: new Set(),
    };
  const found = await searchRuns<InRun>(context, searched, {
    wanted: names,
    look: (run, wanted) => lookIn(context, run, wanted),
  });
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) throw notKept(searched, there, { things: 'user', missing, of: names.length });
  const shared = [...found].find(([, { users }]) => users.length > 1);
  if (shared !== undefined) throw sharedName(...shared);
  tell(context, found);
  const bySub = new Map<string, SelectedUser>();
  const withoutRecovery = new Set<string>();
  for (const name of names)
    for (const { sub, profile } of found.get(name)?.users ?? []) {
      const { run } = found.get(name) as InRun;
      const known = bySub.get(sub)?.run;
      // Who is named by an old name, too, is taken from the newest run all the same.
      if (known === undefined || known < run.manifest.runId) bySub.set(sub, { sub, run: run.manifest.runId });
      if (
        profile.status !== FEDERATED_STATUS &&
        noRecoveryOf(profile.attributes, run.manifest.poolSettings) !== undefined
      )
        withoutRecovery.add(sub);
    }
  return { users: [...bySub.values()], withoutRecovery };
}

async function lookIn(
  context: CliContext,
  run: RunItems,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, InRun>> {
  const answers = await findUsers(
    run,
    wanted.map((name) => ({ name })),
    readingStatus(context, `Looking in run ${run.manifest.runId}`),
  );
  const found = new Map(
    wanted.flatMap((name, index) => {
      const users = answers[index] ?? [];
      return users.length === 0 ? [] : [[name, { run, users }] as const];
    }),
  );
  // Who has a name as a native user is meant by it before anybody who comes from an identity provider.
  const missing = wanted.filter((name) => !found.has(name));
  for (const [index, users] of (await federatedOf(context, run, missing)).entries())
    if (users.length > 0) found.set(missing[index] as string, { run, users });
  return found;
}

/** A damaged part of the snapshot costs these only, and is told. */
async function federatedOf(
  { output }: CliContext,
  run: RunItems,
  names: readonly string[],
): Promise<readonly (readonly FoundUser[])[]> {
  if (run.manifest.federated === undefined || names.length === 0) return [];
  try {
    return await findFederated(
      run,
      names.map((name) => ({ name })),
    );
  } catch (error) {
    if (!isNamed(error, 'SnapshotDamaged')) throw error;
    output.status({ text: (error as Error).message, lasting: true });
    return [];
  }
}

/** Whoever writes to an account must have named that one: also where one of them has exactly the spelling. */
function sharedName(name: string, { run, users }: InRun): CliError {
  return new CliError('usage', {
    thing: `User ${visibleText(name)}`,
    found: `${counted(users.length, 'user')} of the run ${run.manifest.runId} answer to this name: ${users.map(({ sub, profile }) => `${visibleText(profile.username)} with the sub ${sub}, created ${profile.created}`).join('; ')}`,
    next: 'Nothing was written. Give the sub of the one who is meant.',
  });
}

function tell({ output }: CliContext, found: ReadonlyMap<string, InRun>): void {
  if (found.size <= FEW) {
    for (const [name, { run, users }] of found)
      output.status({
        text: `${name}: sub ${users[0]?.sub ?? ''}, as in the run ${run.manifest.runId} of ${run.manifest.startedAt}.`,
        data: { name, sub: users[0]?.sub, export_run: run.manifest.runId },
        lasting: true,
      });
    return;
  }
  const perRun = new Map<string, number>();
  for (const { run } of found.values()) perRun.set(run.manifest.runId, (perRun.get(run.manifest.runId) ?? 0) + 1);
  for (const [runId, users] of perRun)
    output.status({
      text: `${counted(users, 'user')} as in the run ${runId}.`,
      data: { export_run: runId, users },
      lasting: true,
    });
}
