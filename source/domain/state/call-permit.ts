import * as v from 'valibot';
import { Halt, isNamed } from '../errors.ts';
import type { Permit } from '../pacing/pacer.ts';
import type { Clock, Log, ObjectStore, PutCondition, StoredObject } from '../ports.ts';

/**
 * Where the permit of each workflow lies in the mapping-file bucket of its Region. An export and a restore never run side by
 * side and share one, so that a restore which is started the moment an export was stopped waits for its last calls too. A
 * drill has none of its own: it needs those of all others at once (see permitOf).
 */
export const CALL_PERMIT_KEYS = {
  ExportWorkflow: 'exports/cognito-calls.json',
  ImportWorkflow: 'exports/cognito-calls.json',
  VerifyWorkflow: 'verifications/cognito-calls.json',
} as const;

/** A permit holds for so long; whoever is killed with one keeps others waiting for no longer. */
const PERMIT_MS = 20_000;
/** The permit of whoever gives way: so long others wait for it at most, beside the margin. */
const YIELDING_MS = 3_000;
/** With less than this share of its time left a permit is renewed while calls go on. */
const RENEWED_SHARE = 0.5;
/** Whoever gives way takes a permit over when nobody has called by it for so long: between two functions others only pause. */
const QUIET_MS = 60_000;
/** Two clocks differ, and a call that was granted at the last moment travels for a while. */
const MARGIN_MS = 1_500;
/** Writers who may come in between while a permit is taken, before that is taken for an error. */
const ATTEMPTS = 5;

const permitShape = v.object({
  executionArn: v.string(),
  claim: v.string(),
  until: v.number(),
  /** Its holder gives way to everybody else. */
  yields: v.exactOptional(v.literal(true)),
});
type StoredPermit = v.InferOutput<typeof permitShape>;

/** Who may call Cognito by the permit at this moment; undefined when nobody may, or only somebody who gives way. */
export async function permitHolder(
  objects: Pick<ObjectStore, 'get'>,
  key: string,
  now: number,
): Promise<string | undefined> {
  const stored = await objects.get(key);
  if (stored === undefined) return undefined;
  const { executionArn, until, yields } = storedPermit(stored, now);
  return until > now && yields === undefined ? executionArn : undefined;
}

/** Whether somebody else calls by the permit, or did so a moment ago, to whom this execution has to give way. */
export async function isInUse(
  objects: Pick<ObjectStore, 'get'>,
  { key, executionArn }: Pick<CallPermitPlace, 'key' | 'executionArn'>,
  now: number,
): Promise<boolean> {
  const stored = await objects.get(key);
  return stored !== undefined && isInUseBy(storedPermit(stored, now + PERMIT_MS), executionArn, now);
}

const isInUseBy = ({ executionArn, until, yields }: StoredPermit, taker: string, now: number): boolean =>
  executionArn !== taker && yields === undefined && Math.min(until, now + PERMIT_MS) + QUIET_MS > now;

/** Who calls: one invocation of one execution. */
export interface CallPermitPlace {
  readonly key: string;
  readonly executionArn: string;
  /** Unique per invocation. */
  readonly claim: string;
  /** Gives way: takes over from nobody who calls, and holds the permit for a short time only. */
  readonly yields?: true;
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
 * other without a wait, and whoever ends gives the rest of the time back. Of whoever gives way it is taken over like any
 * other; it takes none over while others call, and one that was taken from it comes back to nobody in this invocation.
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
    if (left > this.#length * RENEWED_SHARE) return;
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
    const until = this.deps.clock.now() + this.#length;
    try {
      this.#etag = await this.#put(until, { etag: this.#etag });
      this.#until = until;
    } catch (error) {
      if (!isNamed(error, 'PreconditionFailed')) throw error;
      const stored = await this.deps.objects.get(this.place.key);
      const found = stored === undefined ? undefined : storedPermit(stored, 0);
      // It was used for a minute by nobody, and then by somebody who gives way.
      if (found?.yields === true && this.place.yields === undefined) return this.#take();
      // The answer to an own write was lost, and its repetition by the SDK refused.
      if (stored === undefined || found?.claim !== this.place.claim) throw this.#lose();
      this.#etag = stored.etag;
      this.#until = found.until;
    }
  }

  async #take(): Promise<void> {
    const { objects, clock, log, assertLease } = this.deps;
    for (let attempt = 1; ; attempt += 1) {
      const stored = await objects.get(this.place.key);
      // Whoever lost the lease after this moment finds the permit taken over by its successor.
      await assertLease();
      const wait = stored === undefined ? 0 : this.#waitFor(storedPermit(stored, clock.now() + PERMIT_MS));
      const until = clock.now() + wait + this.#length;
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

  get #length(): number {
    return this.place.yields === true ? YIELDING_MS : PERMIT_MS;
  }

  /** Nobody's permit is longer than PERMIT_MS, whatever the object says. Whoever gives way waits for nobody: it stops. */
  #waitFor(stored: StoredPermit): number {
    const { executionArn, yields } = this.place;
    const now = this.deps.clock.now();
    if (yields === true && isInUseBy(stored, executionArn, now)) throw this.#lose();
    const left = Math.min(stored.until - now, PERMIT_MS);
    return stored.executionArn === executionArn || left <= 0 ? 0 : left + MARGIN_MS;
  }

  #put(until: number, condition: PutCondition): Promise<string> {
    const { key, ...mine } = this.place;
    return this.deps.objects.put(key, JSON.stringify({ ...mine, until } satisfies StoredPermit), condition);
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
export async function untilEnd<T>(permit: Pick<CallPermit, 'end'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await permit.end();
  }
}

/** What an invocation ends with in whose place another one calls. */
export const superseded = (): Halt =>
  new Halt('Superseded', 'A newer invocation calls Cognito in place of this one; this one stops.');

/** An object that is none, or was changed by hand, gives nobody less time than a permit; nobody has to give way to it. */
function storedPermit({ body }: StoredObject, until: number): StoredPermit {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (v.is(permitShape, value)) return value;
  } catch {
    // Told below.
  }
  return { executionArn: '', claim: '', until, yields: true };
}
