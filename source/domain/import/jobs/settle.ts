import { putList } from '../../state/stored-list.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import { restoreFolder, restoreUserShape } from '../plan/plan-model.ts';
import type { ChunkPlan, UpdateOp } from '../plan/plan-model.ts';
import { failuresPrefix } from '../plan/failures.ts';
import type { Failure } from '../plan/failures.ts';
import type { JobsRun } from './deps.ts';
import { readNdjson, toNdjson } from '../../state/ndjson.ts';
import { RowCode } from '../accounts/row-results.ts';
import type { RowResults } from '../accounts/row-results.ts';
import { blockedKey, FIRST_OF_CHUNK, RESCUE_OPS, rescueKey, rowResultsKey } from '../plan/jobs-state.ts';
import type { ChunkAccount, ChunkResult, JobsState } from '../plan/jobs-state.ts';
import { isLookedAt } from './looked-at.ts';
import { writeProofs } from '../accounts/chunk-rows.ts';

const NO_RESULT = 'NoResultAfterAllImportJobs';

/**
 * The chunk has its final result: rows that no job imported become `create` operations, collisions are kept from any
 * update, and the chunk's batches are released. The state that the caller stores is the release; the messages only wake.
 */
export async function settleChunk(
  run: JobsRun,
  state: JobsState,
  chunk: ChunkPlan,
  results: RowResults,
): Promise<JobsState> {
  const { plan, deps } = run;
  const imported = results.count(RowCode.imported) + results.count(RowCode.found);
  const losses = chunk.users - imported;
  const { rescueParts, blocked, failures } =
    losses === 0 ? { rescueParts: 0, blocked: [], failures: [] } : await lossesOf(run, chunk, results);

  if (failures.length > 0)
    await deps.objects.put(
      `${failuresPrefix(plan.newUserPoolId, plan.restoreId)}chunk-${chunk.index}.ndjson`,
      toNdjson(failures),
    );
  if (blocked.length > 0)
    await putList(deps.objects, blockedKey(plan.newUserPoolId, plan.restoreId, chunk.index), blocked);

  const result: ChunkResult = {
    chunk: chunk.index,
    users: chunk.users,
    imported,
    failed: results.count(RowCode.failed) + results.count(RowCode.pending),
    collisions: results.count(RowCode.collision),
    blocked: blocked.length,
    rescueParts,
    jobs: state.ran,
    windows: state.windows ?? [],
    proofsKey: await writeProofs(deps.objects, plan, chunk),
    ...(await storedAccounts(run, state, chunk, results)),
  };
  deps.log.info('Chunk of users has its final result', { ...result, jobs: result.jobs.length });
  const { job: _job, ended: _ended, resultsKey: _resultsKey, windows: _windows, looks: _looks, ...rest } = state;
  return { ...rest, ...FIRST_OF_CHUNK, chunk: state.chunk + 1, finished: [...state.finished, result] };
}

/** What later looks at the pool are held against: the rows' results, and the accounts that are known already. */
async function storedAccounts(
  { plan, deps }: JobsRun,
  state: JobsState,
  chunk: ChunkPlan,
  results: RowResults,
): Promise<Pick<ChunkResult, 'resultsKey' | 'accountsKey'>> {
  if (results.count(RowCode.imported) === chunk.users && results.accounts.length === 0 && !isLookedAt(plan, chunk))
    return {};
  const resultsKey = rowResultsKey(plan.newUserPoolId, plan.restoreId, chunk.index, state.attempt, deps.claim);
  await results.save(deps.objects, resultsKey);
  const accounts = [
    ...results.accounts,
    ...(isLookedAt(plan, chunk) ? await notShown(deps.objects, chunk, results) : []),
  ];
  if (accounts.length === 0) return { resultsKey };
  const body = toNdjson(accounts);
  const folder = restoreFolder(plan.newUserPoolId, plan.restoreId);
  const accountsKey = keyWithDigest(`${folder}accounts/c${chunk.index}`, 'ndjson', body);
  await deps.objects.put(accountsKey, body);
  return { resultsKey, accountsKey };
}

/** Users whom a job imported by its own word, and whom no listing showed. */
async function notShown(
  objects: JobsRun['deps']['objects'],
  chunk: ChunkPlan,
  results: RowResults,
): Promise<ChunkAccount[]> {
  const found: ChunkAccount[] = [];
  let row = 0;
  for await (const { sub } of readNdjson(objects, chunk.key, restoreUserShape)) {
    if (results.code(row) === RowCode.imported && !results.hasAccount(row)) found.push({ sub });
    row += 1;
  }
  return found;
}

interface Losses {
  /** Objects of `create` operations, already stored: a lost chunk of 90 MB is not held at once. */
  readonly rescueParts: number;
  /** Subs. */
  readonly blocked: readonly string[];
  readonly failures: readonly Failure[];
}

async function lossesOf({ plan, deps }: JobsRun, chunk: ChunkPlan, results: RowResults): Promise<Losses> {
  let rescues: UpdateOp[] = [];
  let rescueParts = 0;
  const storeRescues = async (): Promise<void> => {
    if (rescues.length === 0) return;
    await deps.objects.put(rescueKey(plan.newUserPoolId, plan.restoreId, chunk.index, rescueParts), toNdjson(rescues));
    rescueParts += 1;
    rescues = [];
  };
  const blocked: string[] = [];
  const failures: Failure[] = [];
  let row = 0;
  for await (const user of readNdjson(deps.objects, chunk.key, restoreUserShape)) {
    const code = results.code(row);
    const note = results.note(row);
    row += 1;
    if (code === RowCode.imported || code === RowCode.found) continue;
    const failure: Failure = {
      sub: user.sub,
      name: user.name,
      kind: 'row',
      reason: note?.text ?? NO_RESULT,
      ...(note === undefined ? {} : { line: note.line, job: note.job }),
    };
    failures.push(failure);
    if (code === RowCode.collision) {
      blocked.push(user.sub);
      failures.push({ ...failure, kind: 'blocked', reason: 'NameCollision' });
    } else rescues.push({ op: 'create', user, why: failure.reason });
    if (rescues.length === RESCUE_OPS) await storeRescues();
  }
  await storeRescues();
  return { rescueParts, blocked, failures };
}
