import { isOurRow, proofOf } from '../accounts/proof.ts';
import type { JobWindows, RowEvidence, RowProof } from '../accounts/proof.ts';
import { RowCode, RowResults } from '../accounts/row-results.ts';
import type { PoolUser } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { jobsStateKey, peekJobs } from '../plan/jobs-state.ts';
import type { JobsState } from '../plan/jobs-state.ts';
import { planKey, readPlan, restoreIdOfSelection, restoreUserShape } from '../plan/plan-model.ts';
import type { ChunkPlan, RestorePlan } from '../plan/plan-model.ts';
import { isSelectionId, selectionKeys, selectionsPrefix } from '../plan/selection-keys.ts';

/** Tells whether an import job of a selection that was cut off made the account for the user of the backup. */
export type MadeEarlier = (sub: string, account: PoolUser) => boolean;

interface EarlierRow {
  readonly proof: RowProof;
  readonly evidence: RowEvidence;
  readonly signInName: RestorePlan['signInName'];
}

type Objects = Pick<ObjectStore, 'get' | 'list' | 'read'>;

/**
 * Reads the rows of import jobs of selections that have not come to their end: no sub map tells of the accounts which these
 * made. What proves them is what proves those of one's own jobs.
 */
export async function madeEarlier(objects: Objects, poolId: string, subs: ReadonlySet<string>): Promise<MadeEarlier> {
  const rows = new Map<string, readonly EarlierRow[]>();
  const { restoreIds, keys } = await cutOffWithJobs(objects, poolId);
  for (const restoreId of restoreIds) {
    const plan = await readPlan(objects, poolId, restoreId);
    const jobs = await peekJobs(objects, poolId, restoreId);
    for (const chunk of plan.chunks.slice(0, jobs.chunk + 1)) {
      const ended = endedOf(plan, jobs, chunk);
      // The older objects of a selection expire first.
      if (![chunk.key, ended.resultsKey ?? chunk.key].every((key) => keys.has(key))) continue;
      for await (const [sub, row] of rowsOf(objects, { plan, chunk, ended }))
        if (subs.has(sub)) rows.set(sub, [...(rows.get(sub) ?? []), row]);
    }
  }
  return (sub, account) =>
    rows.get(sub)?.some(({ proof, evidence, signInName }) => isOurRow(account, proof, evidence, signInName)) ?? false;
}

async function cutOffWithJobs(
  objects: Pick<ObjectStore, 'list'>,
  poolId: string,
): Promise<{ readonly restoreIds: readonly string[]; readonly keys: ReadonlySet<string> }> {
  const prefix = selectionsPrefix(poolId);
  const keys = new Set<string>();
  const ids = new Set<string>();
  for await (const key of objects.list(prefix)) {
    keys.add(key);
    ids.add(key.slice(prefix.length).split('/')[0] as string);
  }
  const restoreIds = [...ids]
    .filter((id) => isSelectionId(id) && !keys.has(selectionKeys(poolId, id).subMap))
    .map(restoreIdOfSelection)
    .filter((restoreId) => [jobsStateKey(poolId, restoreId), planKey(poolId, restoreId)].every((key) => keys.has(key)));
  return { restoreIds, keys };
}

/** What is known of the jobs of a chunk. */
interface EndedJobs {
  readonly windows: JobWindows;
  readonly resultsKey: string | undefined;
  /** They imported every row of which no results tell otherwise. */
  readonly all: boolean;
}

function endedOf({ plannedAt }: RestorePlan, jobs: JobsState, { index }: ChunkPlan): EndedJobs {
  const result = jobs.finished.find(({ chunk }) => chunk === index);
  if (result !== undefined) return { windows: result.windows ?? [], resultsKey: result.resultsKey, all: true };
  // A job of which nobody has seen the end may have run at any time since it was planned.
  const open = jobs.job === undefined ? [] : [[Date.parse(plannedAt), Infinity] as const];
  return { windows: [...(jobs.windows ?? []), ...open], resultsKey: jobs.resultsKey, all: false };
}

async function* rowsOf(
  objects: Pick<ObjectStore, 'get' | 'read'>,
  { plan, chunk, ended }: { readonly plan: RestorePlan; readonly chunk: ChunkPlan; readonly ended: EndedJobs },
): AsyncGenerator<readonly [sub: string, row: EarlierRow], void, undefined> {
  const { windows, resultsKey, all } = ended;
  const { signInName, importsConfirmed = false } = plan;
  const results = resultsKey === undefined ? undefined : await RowResults.load(objects, resultsKey, chunk.users);
  let row = 0;
  for await (const user of readNdjson(objects, chunk.key, restoreUserShape)) {
    const told = results === undefined ? all : results.code(row) === RowCode.imported;
    yield [user.sub, { proof: proofOf(user, signInName), evidence: { windows, told, importsConfirmed }, signInName }];
    row += 1;
  }
}
