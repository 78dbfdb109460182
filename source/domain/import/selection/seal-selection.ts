import { csvBytes, csvHeaderLine } from '../csv/csv-line.ts';
import { putList } from '../../state/stored-list.ts';
import { toNdjson } from '../../state/ndjson.ts';
import { planKey } from '../plan/plan-model.ts';
import type { ChunkPlan, RestorePlan } from '../plan/plan-model.ts';
import { CHUNK_LIMITS } from '../planning/chunk-size.ts';
import { folderOf, plannedGroupsKey, recoveryOf, rulesFor } from '../planning/planning-run.ts';
import type { ScanTableDeps, ScanTableInput } from '../planning/planning-run.ts';
import type { RestoreTarget } from '../planning/planning-state.ts';
import type { BackupRead } from './backup-read.ts';
import { classified } from './decide-users.ts';
import type { DecisionBasis } from './decide-users.ts';
import { isMade } from './decisions.ts';
import type { Decision, UserDecision } from './decisions.ts';

/** So many users who are to be created go by import job; fewer are created one by one. */
const USERS_FOR_A_JOB = 500;

/** Objects of a plan. */
export const decisionsKey = (folder: string): string => `${folder}decisions.ndjson`;

/**
 * Cuts the users who go by import job into chunks, and says of each in which row it is. Whose address is the alias of another
 * account (`taken`, by `sub` in the backup) goes one by one: AdminCreateUser leaves it there, of an import job that is not
 * documented.
 */
export async function cutJobs(
  decisions: readonly Decision[],
  basis: DecisionBasis,
  taken: Pick<ReadonlyMap<string, unknown>, 'has'>,
  { objects, limits = CHUNK_LIMITS }: Pick<ScanTableDeps, 'objects' | 'limits'>,
): Promise<{ readonly decisions: readonly Decision[]; readonly chunks: readonly ChunkPlan[] }> {
  const bytes = rowBytes(basis);
  const byJob = decisions.filter(
    (decision): decision is UserDecision =>
      decision.kind === 'user' && decision.make !== undefined && bytes.has(decision.sub) && !taken.has(decision.sub),
  );
  if (byJob.length < USERS_FOR_A_JOB) return { decisions, chunks: [] };
  const head = csvBytes(csvHeaderLine(basis.target.header));
  const chunks: ChunkPlan[] = [];
  const rows = new Map<string, { readonly chunk: number; readonly line: number }>();
  let waiting: UserDecision[] = [];
  let size = head;
  const cut = async (): Promise<void> => {
    const index = chunks.length;
    const key = `${folderOf(basis.input)}chunks/${String(index).padStart(6, '0')}.ndjson`;
    await objects.put(key, toNdjson(waiting.map(({ make }) => make?.user)));
    chunks.push({ index, key, users: waiting.length, csvBytes: size });
    waiting = [];
    size = head;
  };
  for (const decision of byJob) {
    const rowSize = bytes.get(decision.sub) as number;
    if (waiting.length >= limits.chunkUsers || (waiting.length > 0 && size + rowSize > limits.chunkBytes)) await cut();
    waiting.push(decision);
    size += rowSize;
    rows.set(decision.sub, { chunk: chunks.length, line: waiting.length });
  }
  await cut();
  return {
    chunks,
    decisions: decisions.map((decision) => {
      const row = decision.kind === 'user' ? rows.get(decision.sub) : undefined;
      return row === undefined || decision.kind !== 'user' || decision.make === undefined
        ? decision
        : { ...decision, make: { ...decision.make, row } };
    }),
  };
}

/** Bytes of the row of each user whom a CSV can carry. */
const rowBytes = (basis: DecisionBasis): ReadonlyMap<string, number> =>
  new Map(
    basis.asked.users.flatMap((found) => {
      const how = classified(found, basis);
      return how.way === 'csv' ? [[found.user.sub, how.bytes] as const] : [];
    }),
  );

/** What the plan is written from. */
export interface SelectionToSeal {
  readonly input: ScanTableInput;
  /** None where the request is an undo. */
  readonly reads: readonly BackupRead[];
  readonly target: RestoreTarget;
  readonly mayCreateUsers: boolean;
  readonly decisions: readonly Decision[];
  readonly chunks: readonly ChunkPlan[];
}

/** Writes what was decided, and the plan by which import jobs and creations go; its closing comparison is another one. */
export async function sealSelection(
  { input, reads, target, mayCreateUsers, decisions, chunks }: SelectionToSeal,
  { objects, clock }: Pick<ScanTableDeps, 'objects' | 'clock'>,
): Promise<void> {
  const folder = folderOf(input);
  const { pool, header } = target;
  await objects.put(decisionsKey(folder), toNdjson(decisions));
  await putList(objects, plannedGroupsKey(folder), []);
  const excludedKey = `${folder}excluded.ndjson`;
  await objects.put(excludedKey, '');
  const made = decisions.filter((decision) => decision.kind === 'user' && isMade(decision)).length;
  const byCsv = chunks.reduce((sum, { users }) => sum + users, 0);
  const [first] = reads;
  const plan: RestorePlan = {
    restoreId: input.restoreId,
    newUserPoolId: pool.id,
    newUserPoolName: pool.name,
    options: input.options,
    runId: first?.accepted.manifest.runId ?? 'none',
    sourceUserPoolId: first?.accepted.manifest.userPoolId ?? pool.id,
    tableName: input.tableName,
    ...planSettings({ input, reads, target }),
    csvHeader: header,
    acceptsSignUps: pool.acceptsSignUps ?? false,
    importsConfirmed: pool.importsConfirmed ?? false,
    mayCreateUsers,
    schema: pool.settings.schema,
    ...recoveryOf(target),
    caseSensitive: pool.settings.caseSensitive,
    aliases: pool.settings.aliasAttributes,
    groupsKey: plannedGroupsKey(folder),
    chunks,
    batches: [],
    excludedKey,
    expected: { users: [], memberships: [] },
    notes: target.notes,
    counts: {
      backup: { users: made, groups: 0, memberships: 0 },
      byCsv,
      oneByOne: made - byCsv,
      excluded: 0,
      excludedBy: {},
      membershipsWithoutUser: 0,
      memberships: decisions.filter((decision) => decision.kind === 'membership' && decision.op !== undefined).length,
      disabled: 0,
    },
    decided: decisions.length,
    plannedAt: new Date(clock.now()).toISOString(),
  };
  await objects.put(planKey(pool.id, input.restoreId), JSON.stringify(plan));
}

/** Where nothing is read, nobody is created. */
function planSettings({
  input,
  reads: [first],
  target,
}: Pick<SelectionToSeal, 'input' | 'reads' | 'target'>): Pick<RestorePlan, 'signInName' | 'mfaFlag'> {
  if (first === undefined) return { signInName: 'username', mfaFlag: 'false' };
  const { signInName, mfaFlag } = rulesFor(input, first.accepted, target);
  return { signInName, mfaFlag };
}
