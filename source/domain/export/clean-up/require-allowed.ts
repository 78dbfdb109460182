import { sumOf } from '../../backup/counts.ts';
import { keyDigest } from '../../backup/hashing.ts';
import type { HaltName } from '../../errors.ts';
import { Halt } from '../../errors.ts';
import type { ItemKey } from '../../ports.ts';
import { DigestSet } from '../../digests/digest-set.ts';
import { digestsIn, readDigests } from '../../digests/ledger.ts';
import { lastSealedText } from '../last-sealed.ts';
import { deletePlanPrefix, onlyKept, readKeys } from './delete-plan.ts';
import type { GuardOptions } from './guard.ts';
import { judgeRun } from './judge-run.ts';
import type { ChangedItem } from './judge-run.ts';
import { countedInLastDay } from './last-day.ts';
import type { SeenByRun } from './seen.ts';
import { keptIn } from './state.ts';
import type { CleanUp } from './state.ts';

/** What a run would delete and overwrite; each item once. */
export interface Planned {
  readonly deleted: () => AsyncIterable<ItemKey>;
  readonly changed: () => AsyncIterable<ChangedItem>;
}

/**
 * Ends the run unless it may do what is planned; what then counts towards later runs is stored before anything is done.
 * Halts UserPoolNotFound and SourcePoolEmpty (a pool that is gone or emptied never changes the backup, whatever is
 * allowed), MassDeleteRefused and MassChangeRefused.
 */
export async function requireAllowed(
  cleanUp: CleanUp,
  seen: SeenByRun,
  options: GuardOptions,
  planned: Planned,
): Promise<void> {
  const { deps, run, progress } = cleanUp;
  await deps.pool.describe(run.facts.userPoolId);
  await refuseEmptyPool(cleanUp, seen);
  const { stays, gone } = progress.state;
  const { counted, refused } = await judgeRun(
    {
      deleted: planned.deleted(),
      changed: planned.changed(),
      lastDay: countedInLastDay(deps, { runId: run.id, now: deps.clock.now() }),
      interrupted: readKeys(deps.objects, batchesOf(cleanUp)),
      staying: () => stayingKeys(cleanUp, seen),
      held: run.facts.sealed ?? sumOf(stays.counts, gone.counts),
    },
    options,
  );
  if (refused !== undefined)
    await refuse(
      cleanUp,
      refused.name,
      `Export run ${run.id} would ${refused.would}`,
      `If this is right, start ExportWorkflow with ${refused.input}. If not, repair the user pool, or restore it into a new one.`,
    );
  else if (counted.size > 0 || options.allowMassDelete || options.allowMassChange)
    // Also when it is empty: an invocation before this one may have stored what is now allowed.
    await counted.remember(deps.objects, run.id);
}

/** Users of identity providers never stand in for native ones, and groups stand in for nobody. */
async function refuseEmptyPool(cleanUp: CleanUp, seen: SeenByRun): Promise<void> {
  const { run, progress } = cleanUp;
  const { gone, confirm } = progress.state;
  const native = seen.users - seen.federatedUsers + confirm.present.length;
  const emptied =
    native === 0 &&
    (gone.counts.users + gone.counts.memberships > 0 ||
      (seen.users === 0 && seen.groups === 0 && gone.counts.groups > 0));
  if (!emptied) return;
  const others = seen.federatedUsers === 0 ? '' : ` but ${seen.federatedUsers} of identity providers`;
  await refuse(
    cleanUp,
    'SourcePoolEmpty',
    `User pool ${run.facts.userPoolId} has no users any more${others}, while the backup holds ${gone.counts.users} users, ${gone.counts.groups} groups and ${gone.counts.memberships} memberships that would have to be deleted. An emptied pool never changes the backup, whatever is allowed`,
    'If the users were lost, restore them with ImportWorkflow; if the pool is empty on purpose, uninstall the solution.',
  );
}

async function refuse({ deps, run }: CleanUp, name: HaltName, what: string, next: string): Promise<never> {
  const reason = `${what}. Nothing was changed in the backup and the run is not sealed. ${await lastSealedText(deps.table)} ${next}`;
  await run.abandon(reason);
  throw new Halt(name, reason);
}

/** What runs of earlier versions deleted that were not sealed. */
async function* batchesOf({ deps, run }: CleanUp): AsyncIterable<string> {
  for (const runId of run.facts.unsealedRuns) yield* deps.objects.list(deletePlanPrefix(runId));
}

async function stayingKeys({ deps, progress }: CleanUp, seen: SeenByRun): Promise<DigestSet> {
  const staying = new DigestSet(digestsIn(...seen.ledgers));
  for (const ledger of seen.ledgers) await readDigests(deps.objects, ledger, staying);
  const { state } = progress;
  for await (const key of onlyKept(readKeys(deps.objects, state.gone.parts), keptIn(state)))
    staying.add(keyDigest(key));
  return staying;
}
