import * as v from 'valibot';
import { textDigest } from '../../backup/hashing.ts';
import { contentMark, Mark } from '../../comparison/mark.ts';
import type { Marks } from '../../comparison/marks.ts';
import type { PoolUser } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { joinedObjects } from '../../state/joined-objects.ts';
import type { Appendix } from '../../state/progress.ts';
import { countShape } from '../../state/shape.ts';

export const claimsShape = v.object({
  /** Object with who holds which record; absent before anybody does. */
  key: v.exactOptional(v.string()),
  /** Somebody lost a record to another account since the listing began: what was told of both is not right. */
  lost: v.boolean(),
  /** How often the listing has begun again for that. */
  rounds: countShape,
});
type ClaimsState = v.InferOutput<typeof claimsShape>;

/** Nobody claims anything yet. */
export const noClaims = (): ClaimsState => ({ lost: false, rounds: 0 });

/** Each round settles who lost a record in the one before; nobody who made up so many in a row has to be listed for ever. */
const MOST_ROUNDS = 4;

const ACCOUNT_BYTES = 8;
const CLAIM_BYTES = ACCOUNT_BYTES + 8;
/** More than any date in milliseconds. */
const DATES = 1e13;

/**
 * Which account of the pool is which user of the backup, where a user signs in by either of two addresses: no listing tells by
 * which, and the other address can be that of somebody else. No record is of two accounts: it is that of the one whose
 * attributes are the same, else of one that has proved the address, else of the older one. Holds 16 bytes per user.
 */
export class Claims implements Appendix {
  readonly pending = 0;

  private constructor(
    private readonly state: ClaimsState,
    private readonly held: Buffer,
  ) {}

  /** What the state names, which is changed in place. Fault BadState when the object does not fit. */
  static async load(
    objects: Pick<ObjectStore, 'get'>,
    state: ClaimsState,
    users: number,
    advice: string,
  ): Promise<Claims> {
    const { key } = state;
    const bytes = users * CLAIM_BYTES;
    return new Claims(
      state,
      key === undefined ? Buffer.alloc(bytes) : await joinedObjects(objects, [key], bytes, advice),
    );
  }

  /** Whether the users have to be listed once more. */
  get isUnsettled(): boolean {
    return this.state.lost && this.state.rounds < MOST_ROUNDS;
  }

  /** The users are listed once more: who holds what stays. */
  beginAgain(): void {
    this.state.lost = false;
    this.state.rounds += 1;
  }

  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    this.state.key = newKey('claims');
    return [{ key: this.state.key, body: Buffer.from(this.held) }];
  }

  /** The record that is the account's, which takes it from whoever has less right to it; undefined: none is. */
  claim(marks: Marks, account: PoolUser): number | undefined {
    const own = accountDigest(account);
    const wanted = marks
      .mayBe(account)
      .map(({ ordinal, proven }) => ({ ordinal, right: rightOf(marks, account, { ordinal, proven }) }))
      .sort((one, other) => other.right - one.right);
    const won = wanted.find(({ ordinal, right }) => this.#isHeldBy(ordinal, own) || right > this.#right(ordinal));
    for (const { ordinal } of wanted) if (ordinal !== won?.ordinal && this.#isHeldBy(ordinal, own)) this.#lose(ordinal);
    if (won === undefined) return undefined;
    if (!this.#isHeldBy(won.ordinal, own)) {
      if (this.#right(won.ordinal) > 0) this.#lose(won.ordinal);
      own.copy(this.held, won.ordinal * CLAIM_BYTES);
    }
    this.held.writeDoubleBE(won.right, won.ordinal * CLAIM_BYTES + ACCOUNT_BYTES);
    return won.ordinal;
  }

  /** The record that the account was found to be. */
  holdingOf(marks: Marks, account: PoolUser): number | undefined {
    const own = accountDigest(account);
    return marks.mayBe(account).find(({ ordinal }) => this.#isHeldBy(ordinal, own))?.ordinal;
  }

  #isHeldBy(ordinal: number, own: Buffer): boolean {
    const at = ordinal * CLAIM_BYTES;
    return this.held.subarray(at, at + ACCOUNT_BYTES).equals(own);
  }

  /** 0: nobody holds it. */
  #right(ordinal: number): number {
    return this.held.readDoubleBE(ordinal * CLAIM_BYTES + ACCOUNT_BYTES);
  }

  #lose(ordinal: number): void {
    this.state.lost = true;
    this.held.fill(0, ordinal * CLAIM_BYTES, (ordinal + 1) * CLAIM_BYTES);
  }
}

const accountDigest = ({ sub }: PoolUser): Buffer => textDigest(sub).subarray(0, ACCOUNT_BYTES);

/** What an account's right to a record is; the greatest has it, and of equal ones whoever was there before. */
function rightOf(
  marks: Marks,
  { attributes, created }: PoolUser,
  { ordinal, proven }: { readonly ordinal: number; readonly proven: boolean },
): number {
  const mark = contentMark({ attributes, enabled: true }, marks.expectedUser(ordinal).contentDigest);
  const rank = (mark & Mark.attributesDiffer) === 0 ? 3 : proven ? 2 : 1;
  return rank * DATES + (DATES - (Date.parse(created) || 0));
}
