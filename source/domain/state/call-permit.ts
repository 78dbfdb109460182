import * as v from 'valibot';
import { Halt, isNamed } from '../errors.ts';
import type { Permit } from '../pacing/pacer.ts';
import type { Clock, Log, ObjectStore, PutCondition, StoredObject } from '../ports.ts';

/**
 * Where the permit of each workflow lies in the mapping-file bucket of its Region. An export and a restore never run side by
 * side and share one, so that a restore which is started the moment an export was stopped waits for its last calls too.
 */
export const CALL_PERMIT_KEYS = {
  ExportWorkflow: 'exports/cognito-calls.json',
  ImportWorkflow: 'exports/cognito-calls.json',
  VerifyWorkflow: 'verifications/cognito-calls.json',
  DrillWorkflow: 'drills/cognito-calls.json',
} as const;

/** A permit holds for so long; whoever is killed with one keeps others waiting for no longer. */
const PERMIT_MS = 20_000;
/** With less than this left it is renewed while calls go on. */
const RENEW_MS = 10_000;
/** Two clocks differ, and a call that was granted at the last moment travels for a while. */
const MARGIN_MS = 1_500;
/** Writers who may come in between while a permit is taken, before that is taken for an error. */
const ATTEMPTS = 5;

const permitShape = v.object({ executionArn: v.string(), claim: v.string(), until: v.number() });
type StoredPermit = v.InferOutput<typeof permitShape>;

/** Who may call Cognito by the permit at this moment; undefined when nobody may. */
export async function permitHolder(
  objects: Pick<ObjectStore, 'get'>,
  key: string,
  now: number,
): Promise<string | undefined> {
  const stored = await objects.get(key);
  if (stored === undefined) return undefined;
  const { executionArn, until } = storedPermit(stored, now);
  return until > now ? executionArn : undefined;
}

/** Who calls: one invocation of one execution. */
export interface CallPermitPlace {
  readonly key: string;
  readonly executionArn: string;
  /** Unique per invocation. */
  readonly claim: string;
}

/** What a permit needs. */
export interface CallPermitDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info'>;
  /** Halts when the execution has lost its lease: then nothing may be taken over for it. */
  readonly assertLease: () => Promise<void>;
}

/**
 * The right of one invocation to call Cognito, so that the ceiling of a workflow also holds when an execution is stopped
 * and the next one starts at once: the stopped one's function goes on by itself. The permit is an object that says until
 * when somebody may call. Its holder renews it, which fails once somebody else has taken it over; a taker from another
 * execution waits until the time is over that the permit gave its predecessor. Functions of one execution follow each
 * other without a wait, and whoever ends gives the rest of the time back.
 */
export class CallPermit implements Permit {
  #until = Number.NEGATIVE_INFINITY;
  #etag: string | undefined;
  #renewing: Promise<void> | undefined;
  #lost: Halt | undefined;

  constructor(
    private readonly deps: CallPermitDeps,
    private readonly place: CallPermitPlace,
  ) {}

  /** See Permit. Halt Superseded when another invocation has taken over; those of the lease. */
  async ensure(): Promise<void> {
    this.#throwIfLost();
    const left = this.#until - this.deps.clock.now();
    if (left > RENEW_MS) return;
    const renewing = (this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    }));
    // A renewal that fails shows when the time is over: until then the permit is good, and the next call tries again.
    if (left > 0) renewing.catch(() => undefined);
    else await renewing;
    this.#throwIfLost();
  }

  /** The invocation makes no further call: whoever is next need not wait. */
  async end(): Promise<void> {
    await this.#renewing?.catch(() => undefined);
    const held = this.#lost === undefined && this.#etag !== undefined && this.#until > this.deps.clock.now();
    this.#lost ??= superseded();
    if (!held) return;
    // What fails here costs the next execution at most a wait.
    await this.#put(this.deps.clock.now(), { etag: this.#etag as string }).catch(() => undefined);
  }

  async #renew(): Promise<void> {
    if (this.#etag === undefined) return this.#take();
    const until = this.deps.clock.now() + PERMIT_MS;
    try {
      this.#etag = await this.#put(until, { etag: this.#etag });
      this.#until = until;
    } catch (error) {
      if (!isNamed(error, 'PreconditionFailed')) throw error;
      const stored = await this.deps.objects.get(this.place.key);
      // The answer to an own write was lost, and its repetition by the SDK refused.
      if (stored === undefined || storedPermit(stored, 0).claim !== this.place.claim) throw this.#lose();
      this.#etag = stored.etag;
      this.#until = storedPermit(stored, 0).until;
    }
  }

  async #take(): Promise<void> {
    const { objects, clock, log, assertLease } = this.deps;
    for (let attempt = 1; ; attempt += 1) {
      const stored = await objects.get(this.place.key);
      // Whoever lost the lease after this moment finds the permit taken over by its successor.
      await assertLease();
      const wait = stored === undefined ? 0 : this.#waitFor(storedPermit(stored, clock.now() + PERMIT_MS));
      const until = clock.now() + wait + PERMIT_MS;
      try {
        this.#etag = await this.#put(until, stored === undefined ? { absent: true } : { etag: stored.etag });
      } catch (error) {
        if (!isNamed(error, 'PreconditionFailed') || attempt >= ATTEMPTS) throw error;
        continue;
      }
      if (wait > 0) {
        log.info('Another execution may still call Cognito; this one waits', { seconds: Math.ceil(wait / 1000) });
        await clock.sleep(wait);
      }
      this.#until = until;
      return;
    }
  }

  /** Nobody's permit is longer than PERMIT_MS, whatever the object says. */
  #waitFor({ executionArn, until }: StoredPermit): number {
    const left = Math.min(until - this.deps.clock.now(), PERMIT_MS);
    return executionArn === this.place.executionArn || left <= 0 ? 0 : left + MARGIN_MS;
  }

  #put(until: number, condition: PutCondition): Promise<string> {
    const { key, executionArn, claim } = this.place;
    return this.deps.objects.put(key, JSON.stringify({ executionArn, claim, until } satisfies StoredPermit), condition);
  }

  #throwIfLost(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }

  #lose(): Halt {
    this.#until = Number.NEGATIVE_INFINITY;
    return (this.#lost ??= superseded());
  }
}

/** Does work that may call Cognito, and gives back what is left of the permit. */
export async function untilEnd<T>(permit: CallPermit, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await permit.end();
  }
}

const superseded = (): Halt =>
  new Halt('Superseded', 'A newer invocation calls Cognito in place of this one; this one stops.');

/** An object that is none, or was changed by hand, gives nobody less time than a permit. */
function storedPermit({ body }: StoredObject, until: number): StoredPermit {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (v.is(permitShape, value)) return value;
  } catch {
    // Told below.
  }
  return { executionArn: '', claim: '', until };
}
