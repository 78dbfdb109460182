import type { ExpectedUser } from '../../comparison/expected-records.ts';
import { userContentDigest } from '../../digests/user-content.ts';
import type { PoolUser } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { placeOf } from '../plan/expected-place.ts';
import type { ChunkResult, JobsState } from '../plan/jobs-state.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import type { Accounts, MadeBy } from './accounts.ts';
import { ChunkProofs } from './chunk-rows.ts';
import type { CreationJournal } from './creation-journal.ts';
import { isEarlierCreation, isOurRow, isUnfinishedCreation } from './proof.ts';
import type { JobWindows } from './proof.ts';
import { RowCode, RowResults } from './row-results.ts';

/** What the import jobs of one chunk left behind. */
interface SettledChunk {
  readonly proofs: ChunkProofs;
  /** Undefined: a job imported every row. */
  readonly results: RowResults | undefined;
  readonly windows: JobWindows;
}

/** What the answer follows from. */
export interface SettlementBasis {
  readonly plan: Pick<RestorePlan, 'signInName' | 'plannedAt' | 'importsConfirmed'>;
  readonly jobs: Pick<JobsState, 'finished'>;
  readonly accounts: Accounts;
  /** Of a repair that was cut off: its answers may be in no state. */
  readonly repairs?: Pick<CreationJournal, 'proves'>;
}

/** Whose account is it that has the sign-in name of a planned user? Holds 33 bytes per imported user. */
export class Settlement {
  private constructor(
    private readonly basis: SettlementBasis,
    private readonly chunks: ReadonlyMap<number, SettledChunk>,
  ) {}

  static async load(objects: Pick<ObjectStore, 'get'>, basis: SettlementBasis): Promise<Settlement> {
    const chunks = new Map<number, SettledChunk>();
    for (const result of basis.jobs.finished) {
      const chunk = await settledChunk(objects, result);
      if (chunk !== undefined) chunks.set(result.chunk, chunk);
    }
    return new Settlement(basis, chunks);
  }

  /**
   * Whether the listed account is the one that this restore made for the user. One that proves to be is on record from now
   * on; once there is a record, only the account that it names is ours, or one that a repair made in its place.
   */
  isOurs(user: ExpectedUser, account: PoolUser): boolean {
    const { accounts } = this.basis;
    const recorded = accounts.newSubOf(user.sub);
    if (recorded === account.sub) return true;
    const by =
      recorded === undefined ? this.#makerOf(user, account) : this.#isRepairs(user, account) ? 'create' : undefined;
    if (by === undefined) return false;
    accounts.recordMade(user.sub, { newSub: account.sub, at: Date.parse(account.created), by });
    return true;
  }

  #makerOf(user: ExpectedUser, account: PoolUser): MadeBy | undefined {
    if (this.#isImported(user, account)) return 'import';
    return this.#isRepairs(user, account) || this.#isCreated(user, account) ? 'create' : undefined;
  }

  #isRepairs({ sub }: ExpectedUser, account: PoolUser): boolean {
    const { accounts, repairs } = this.basis;
    return repairs?.proves(sub, account, accounts.lastWriteAt(sub)) === true;
  }

  #isImported(user: ExpectedUser, account: PoolUser): boolean {
    const { chunk, line } = placeOf(user);
    const settled = chunk === null ? undefined : this.chunks.get(chunk);
    if (settled === undefined) return false;
    const { proofs, results, windows } = settled;
    const told = results === undefined || results.code(line - 1) === RowCode.imported;
    const { plan } = this.basis;
    const evidence = { windows, told, importsConfirmed: plan.importsConfirmed ?? false };
    return isOurRow(account, proofs.proof(line - 1), evidence, plan.signInName);
  }

  /** The record has the digest of what the account should hold, with the flag as it should be. */
  #isCreated({ sub, contentDigest }: ExpectedUser, account: PoolUser): boolean {
    const { accounts, plan } = this.basis;
    if (![true, false].some((enabled) => userContentDigest({ ...account, enabled }).equals(contentDigest)))
      return false;
    if (accounts.mayBeCreatedBefore(sub) && isEarlierCreation(account, plan)) return true;
    return accounts.mayBeCreated(sub) && isUnfinishedCreation(account, Date.parse(plan.plannedAt));
  }
}

async function settledChunk(
  objects: Pick<ObjectStore, 'get'>,
  { users, proofsKey, resultsKey, windows = [] }: ChunkResult,
): Promise<SettledChunk | undefined> {
  if (proofsKey === undefined) return undefined;
  const results = resultsKey === undefined ? undefined : await RowResults.load(objects, resultsKey, users);
  return { proofs: await ChunkProofs.load(objects, proofsKey, users), results, windows };
}
