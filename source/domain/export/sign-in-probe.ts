import { forEachAtOnce } from '../concurrency.ts';
import { isNamed } from '../errors.ts';
import type { ContactAttribute, PoolUser } from '../model.ts';
import type { Clock, Log, UserPoolReader } from '../ports.ts';

/** Together they reach any pace: an answer takes a fraction of a second. */
const PROBES_AT_A_TIME = 8;
/** Without any answer so far, so many users whom Cognito does not know by either address end the asking. */
const OF_NO_USE = 10;
/** Cognito may know a new user by no address yet. */
const SETTLED_AFTER_MS = 15 * 60_000;

const ADDRESSES: readonly ContactAttribute[] = ['email', 'phone_number'];

/** Whoever changes an address may go on to sign in by the old one, until the new one is verified. */
const isVerified = ({ attributes }: PoolUser, name: ContactAttribute): boolean =>
  attributes[`${name}_verified`]?.toLowerCase() === 'true';

/** By which address users sign in, by their `sub`; who is not in it stays unknown. */
export type SignInAnswers = ReadonlyMap<string, ContactAttribute>;

/** What a probe needs. */
export interface ProbeDeps {
  readonly pool: Pick<UserPoolReader, 'signsIn'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/**
 * Asks Cognito by which of their two addresses users signed up: no listing tells. "Yes" is taken for proof. "No" to the e-mail
 * address stands for the phone number once Cognito has answered "yes" to some e-mail address of this pool, and only for a
 * user who still has that address, verified, when listed again; otherwise the phone number is asked for, too.
 */
export class SignInProbe {
  readonly #answers = new Map<string, ContactAttribute>();
  readonly #proven: Record<ContactAttribute, boolean> = { email: false, phone_number: false };
  #unanswered = 0;

  constructor(
    private readonly deps: ProbeDeps,
    private readonly poolId: string,
  ) {}

  /** `users`: with both addresses, as a listing has just shown them; `lookAgain` shows them once more. */
  async ask(users: readonly PoolUser[], lookAgain: () => Promise<readonly PoolUser[]>): Promise<SignInAnswers> {
    const notByEmail: PoolUser[] = [];
    const unknown = users.filter(({ sub }) => !this.#answers.has(sub));
    await forEachAtOnce(unknown, PROBES_AT_A_TIME, async (user) => {
      const first = this.#firstFor(user);
      if (this.#isOfNoUse || (await this.#isBy(user, first)) !== 'no') return;
      if (first === 'email' && this.#proven.email && this.#isSettled(user) && isVerified(user, 'email'))
        notByEmail.push(user);
      else if ((await this.#isBy(user, first === 'email' ? 'phone_number' : 'email')) === 'no') this.#noteUnanswered();
    });
    if (notByEmail.length > 0) await this.#confirm(notByEmail, lookAgain);
    return this.#answers;
  }

  /**
   * The one that alone is verified, since people verify what they sign up with, and an unproven address may be somebody
   * else's name. Else the e-mail address, unless Cognito is only known to answer "yes" to phone numbers here.
   */
  #firstFor(user: PoolUser): ContactAttribute {
    const [byMail, byPhone] = ADDRESSES.map((name) => isVerified(user, name));
    if (byMail !== byPhone) return byMail === true ? 'email' : 'phone_number';
    return this.#proven.email || !this.#proven.phone_number ? 'email' : 'phone_number';
  }

  get #isOfNoUse(): boolean {
    return this.#unanswered >= OF_NO_USE && !this.#proven.email && !this.#proven.phone_number;
  }

  #isSettled({ created }: PoolUser): boolean {
    return Date.parse(created) < this.deps.clock.now() - SETTLED_AFTER_MS;
  }

  /** "No" was about an address that the user may have changed after the listing. */
  async #confirm(users: readonly PoolUser[], lookAgain: () => Promise<readonly PoolUser[]>): Promise<void> {
    const now = new Map((await unlessTokenExpired(lookAgain)).map((user) => [user.sub, user.attributes.email]));
    for (const user of users)
      if (now.get(user.sub) === user.attributes.email) this.#answers.set(user.sub, 'phone_number');
      else await this.#isBy(user, 'phone_number');
  }

  async #isBy({ sub, attributes }: PoolUser, by: ContactAttribute): Promise<'yes' | 'no' | 'refused'> {
    const answer = await this.deps.pool.signsIn(this.poolId, attributes[by] as string);
    if (answer === 'refused') this.#noteUnanswered();
    if (answer !== 'yes') return answer;
    this.#answers.set(sub, by);
    this.#proven[by] = true;
    return answer;
  }

  #noteUnanswered(): void {
    this.#unanswered += 1;
    if (this.#unanswered === OF_NO_USE && this.#isOfNoUse)
      this.deps.log.warn('Cognito does not tell by which address users sign in; nobody else is asked about for now.');
  }
}

async function unlessTokenExpired(lookAgain: () => Promise<readonly PoolUser[]>): Promise<readonly PoolUser[]> {
  try {
    return await lookAgain();
  } catch (error) {
    if (isNamed(error, 'InvalidPaginationToken')) return [];
    throw error;
  }
}
