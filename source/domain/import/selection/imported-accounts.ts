import { namesAtSignIn } from '../../comparison/matching.ts';
import { nameDigest, nameKey, userContentDigest } from '../../digests/user-content.ts';
import type { PoolUser } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { Settlement } from '../accounts/settlement.ts';
import type { SettlementBasis } from '../accounts/settlement.ts';
import { ownOf } from '../plan/expected-place.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import type { UserDecision } from './decisions.ts';

/** Tells which users the import jobs have made. */
export class ImportedAccounts {
  readonly #byName = new Map<string, PoolUser[]>();
  #settlement: Promise<Settlement> | undefined;

  /** `found`: who had the names of the users when the jobs had ended. */
  constructor(
    private readonly objects: Pick<ObjectStore, 'get'>,
    private readonly basis: SettlementBasis & { readonly plan: Pick<RestorePlan, 'caseSensitive'> },
    found: readonly PoolUser[],
  ) {
    for (const account of found)
      for (const name of namesAtSignIn(account, basis.plan)) {
        const key = this.#keyOf(name);
        this.#byName.set(key, [...(this.#byName.get(key) ?? []), account]);
      }
  }

  /** Whether an import job made an account that has the name. */
  async has({ user, row }: NonNullable<UserDecision['make']>): Promise<boolean> {
    const accounts = this.#byName.get(this.#keyOf(user.name)) ?? [];
    if (row === undefined || accounts.length === 0) return false;
    const settlement = await (this.#settlement ??= Settlement.load(this.objects, this.basis));
    const expected = {
      digest: nameDigest(user.name, this.basis.plan.caseSensitive),
      contentDigest: userContentDigest(user),
      sub: user.sub,
      own: ownOf(row, user.enabled),
    };
    return accounts.some((account) => settlement.isOurs(expected, account));
  }

  #keyOf(name: string): string {
    return nameKey(name, this.basis.plan.caseSensitive);
  }
}
