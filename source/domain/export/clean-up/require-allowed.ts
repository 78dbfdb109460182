import { countsText, eachKind, noCounts } from '../../backup/counts.ts';
import type { Counts } from '../../backup/manifest.ts';
import { keyDigest } from '../../backup/hashing.ts';
import { DigestSet } from '../../digests/digest-set.ts';
import { digestsIn, readDigests } from '../../digests/ledger.ts';
import { isStaged } from '../run.ts';
import { recoveredText } from '../safeguards.ts';
import { refusedFederated } from './federated.ts';
import { earlierPlanPrefix, readKeys } from './gone-keys.ts';
import type { GuardOptions } from './guard.ts';
import { judgeRun } from './judge-run.ts';
import type { Foreseen, ForeseenChange, GuardRefusal } from './judge-run.ts';
import { KeptItems } from './kept-items.ts';
import { countedInLastDay } from './last-day.ts';
import { isPut, keyOfLine } from './plan-batches.ts';
import { keepRefused, refuseRun } from './refused.ts';
import type { SeenByRun } from './seen.ts';
import { plannedLines } from './stored-plan.ts';
import { mustListAgain } from './list-again.ts';
import { requireUntorn } from './untorn.ts';
import type { ChangePlan, CleanUp } from './state.ts';

/** What a run may do, and the version that a refused run's snapshot names. */
export interface GuardSetting extends GuardOptions {
  readonly softwareVersion: string;
}

/**
 * Ends the run unless its plan may be applied: from here on nothing stops it any more. What then counts towards later runs
 * is stored before anything is done. Halts UserPoolNotFound and SourcePoolEmpty (a pool that is gone or emptied never
 * changes the backup, whatever is allowed), RecoveryRunning, MassDeleteRefused and MassChangeRefused; what a run that is
 * too much for the guards would have brought stays as a snapshot. Where a selection has changed the pool meanwhile, the run
 * gives way to a new one instead of being refused.
 */
export async function requireAllowed(cleanUp: CleanUp, seen: SeenByRun, options: GuardSetting): Promise<void> {
  const { deps, run, progress } = cleanUp;
  await deps.pool.describe(run.facts.userPoolId);
  await requireUntorn(cleanUp);
  if (await refuseEmptyPool(cleanUp, seen)) return;
  const { counted, uncounted, refused } = await judgeRun(
    {
      changes: foreseenBy(cleanUp),
      lastDay: countedInLastDay(deps, { runId: run.id, now: Date.parse(run.facts.startedAt) }),
      interrupted: readKeys(deps.objects, batchesOf(cleanUp)),
      staying: () => stayingKeys(cleanUp, seen),
      atLeast: doneByInterrupted(cleanUp),
      held: run.facts.sealed ?? tableCounts(cleanUp),
    },
    options,
  );
  if (uncounted === undefined) delete progress.state.uncounted;
  else progress.state.uncounted = uncounted;
  const refusal = refused ?? federatedRefusal(cleanUp, options);
  if (refusal !== undefined) {
    if (await listAgainInstead(cleanUp)) return;
    await keepRefused(cleanUp, seen, { refused: refusal.name, softwareVersion: options.softwareVersion });
    await refuseRun(
      cleanUp,
      refusal.name,
      [`Export run ${run.id} would ${refusal.would}`, allOf(progress.state.plan), recoveredText(run.facts)]
        .filter((part) => part !== undefined)
        .join('. '),
      `If this is right, start ExportWorkflow with ${refusal.input}. If not, repair the user pool, or restore it into a new one.${aboutSnapshot(cleanUp)}`,
    );
  }
  if (counted.size > 0 || options.allowMassDelete || options.allowMassChange)
    // Also when it is empty: an invocation before this one may have stored what is now allowed.
    await counted.remember(deps.objects, run.id);
  progress.state.phase = 'open';
}

function federatedRefusal(cleanUp: CleanUp, options: GuardOptions): GuardRefusal | undefined {
  const would = refusedFederated(cleanUp, options);
  return would === undefined ? undefined : { name: 'MassDeleteRefused', would, input: '{"AllowMassDelete": true}' };
}

/** Additions never count. */
async function* foreseenBy({ deps, run, progress }: CleanUp): AsyncIterable<ForeseenChange> {
  for await (const line of plannedLines({ objects: deps.objects, run }, progress.state.plan.batches))
    if (!isPut(line)) yield { how: 'deleted', key: line.delete };
    else if (line.before !== undefined) yield { how: 'changed', key: keyOfLine(line), differs: line.differs ?? [] };
}

/** What the table holds before the plan is applied. */
const tableCounts = ({ progress }: CleanUp): Counts => {
  const { stays, plan } = progress.state;
  return eachKind((kind) => stays.counts[kind] - plan.added[kind] + plan.deleted[kind]);
};

/**
 * What runs since the last sealed one changed in the table without a plan, or by one that was lost: so many of the sealed
 * items are missing there, and so many were written over others.
 */
function doneByInterrupted(cleanUp: CleanUp): Foreseen['atLeast'] {
  const { facts } = cleanUp.run;
  const { sealed } = facts;
  if (sealed === undefined || !isStaged(facts)) return { deleted: noCounts(), changed: noCounts() };
  const { writtenBefore } = cleanUp.progress.state;
  const there = tableCounts(cleanUp);
  return {
    deleted: eachKind((kind) => Math.max(0, sealed[kind] - there[kind])),
    changed: eachKind((kind) =>
      kind === 'memberships' ? 0 : Math.max(0, writtenBefore[kind] - Math.max(0, there[kind] - sealed[kind])),
    ),
  };
}

const allOf = ({ added, changed, deleted }: ChangePlan): string =>
  `In all it would add ${countsText(added)}, change ${countsText(changed)} and delete ${countsText(deleted)}`;

const aboutSnapshot = ({ run, progress }: CleanUp): string =>
  progress.state.snapshot === undefined
    ? ''
    : ` What this run saw is kept as a snapshot, marked as refused: ImportWorkflow restores exactly that with {"ExportRun": "${run.id}"}.`;

/** Instead of a refusal, where a selection has changed the pool meanwhile. */
async function listAgainInstead(cleanUp: CleanUp): Promise<boolean> {
  if (!(await mustListAgain(cleanUp))) return false;
  cleanUp.progress.state.phase = 'listAgain';
  return true;
}

/**
 * Users of identity providers never stand in for native ones, and groups stand in for nobody. True where the pool is listed
 * once more instead.
 */
async function refuseEmptyPool(cleanUp: CleanUp, seen: SeenByRun): Promise<boolean> {
  const { run, progress } = cleanUp;
  const { gone, confirm } = progress.state;
  const native = seen.users - seen.federatedUsers + confirm.present.length;
  const emptied =
    native === 0 &&
    (gone.counts.users + gone.counts.memberships > 0 ||
      (seen.users === 0 && (progress.state.federated?.before?.users ?? 0) > 0) ||
      (seen.users === 0 && seen.groups === 0 && gone.counts.groups > 0));
  if (!emptied) return false;
  if (await listAgainInstead(cleanUp)) return true;
  const others = seen.federatedUsers === 0 ? '' : ` but ${seen.federatedUsers} of identity providers`;
  return refuseRun(
    cleanUp,
    'SourcePoolEmpty',
    `User pool ${run.facts.userPoolId} has no users any more${others}, while the backup holds ${countsText(gone.counts)} that would have to be deleted. An emptied pool never changes the backup, whatever is allowed`,
    'If the users were lost, restore them with ImportWorkflow; if the pool is empty on purpose, uninstall the solution.',
  );
}

/** What runs of earlier versions deleted that were not sealed. */
async function* batchesOf({ deps, run }: CleanUp): AsyncIterable<string> {
  for (const runId of [...run.facts.unsealedRuns, run.id]) yield* deps.objects.list(earlierPlanPrefix(runId));
}

async function stayingKeys({ deps, progress }: CleanUp, seen: SeenByRun): Promise<DigestSet> {
  const staying = new DigestSet(digestsIn(...seen.ledgers));
  for (const ledger of seen.ledgers) await readDigests(deps.objects, ledger, staying);
  const { state } = progress;
  const kept = await KeptItems.of(deps.objects, state);
  for await (const key of readKeys(deps.objects, state.gone.parts)) if (kept.has(key)) staying.add(keyDigest(key));
  return staying;
}
