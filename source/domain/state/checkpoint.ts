import { Fault, Halt, isNamed } from '../errors.ts';
import type { ObjectStore } from '../ports.ts';
import { digestOfText } from './sealed-keys.ts';
import { adviceFor, parsed, shaped } from './stored-shapes.ts';

interface Envelope<T> {
  /** Where it lies: an envelope that someone copied from elsewhere is refused. */
  readonly key: string;
  /** Which invocation holds the checkpoint: a retry that took it over has another claim. */
  readonly claim: string;
  readonly savedAt: string;
  /** Of the state as JSON; see digestOfText. */
  readonly digest: string;
  readonly state: T;
}

/** Tries against writers who come in between, before that is taken for an error. */
const ATTEMPTS = 4;

/**
 * Progress of one looped function, in one object. An invocation claims it by a conditional write and every later write
 * is conditional on its own last one: a predecessor that still runs (a retry may start while it does) loses its next
 * write and stops with Halt Superseded. The object is written after the data that it vouches for.
 */
export class Checkpoint<T> {
  #etag: string | undefined;
  #state: T;

  private constructor(
    private readonly store: Pick<ObjectStore, 'get' | 'put'>,
    private readonly key: string,
    private readonly claim: string,
    private readonly now: () => number,
    state: T,
  ) {
    this.#state = state;
  }

  /** Takes the checkpoint over, with `initial` where none exists. `claim` is unique per invocation (the request id). */
  static async claim<T>(
    store: Pick<ObjectStore, 'get' | 'put'>,
    {
      key,
      claim,
      now,
      initial,
    }: { readonly key: string; readonly claim: string; readonly now: () => number; readonly initial: () => T },
  ): Promise<Checkpoint<T>> {
    for (let attempt = 1; ; attempt += 1) {
      const stored = await store.get(key);
      const state = stored === undefined ? initial() : parseEnvelope<T>(key, stored.body).state;
      const checkpoint = new Checkpoint(store, key, claim, now, state);
      checkpoint.#etag = stored?.etag;
      try {
        await checkpoint.save(state);
        return checkpoint;
      } catch (error) {
        // The predecessor saved between the look and the claim: what it did is taken over too.
        if (!isNamed(error, 'Superseded') || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  /** Reads without claiming; undefined where no checkpoint exists. */
  static async peek<T>(store: Pick<ObjectStore, 'get'>, key: string): Promise<T | undefined> {
    const stored = await store.get(key);
    return stored === undefined ? undefined : parseEnvelope<T>(key, stored.body).state;
  }

  get state(): T {
    return this.#state;
  }

  async save(state: T): Promise<void> {
    const text = JSON.stringify(state);
    const about: Omit<Envelope<T>, 'state'> = {
      key: this.key,
      claim: this.claim,
      savedAt: new Date(this.now()).toISOString(),
      digest: digestOfText(text),
    };
    const body = `${JSON.stringify(about).slice(0, -1)},"state":${text}}`;
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#etag = await this.store.put(
          this.key,
          body,
          this.#etag === undefined ? { absent: true } : { etag: this.#etag },
        );
        break;
      } catch (error) {
        if (!isNamed(error, 'PreconditionFailed') || attempt >= ATTEMPTS) throw error;
        if (await this.#landed(body, error)) break;
      }
    }
    this.#state = state;
  }

  /**
   * After a refused write: true when it is stored all the same (its answer was lost, and the SDK's repetition was refused by
   * its own first try), false when it may be tried again (S3 also refuses a write while another one is under way, and then
   * changes nothing). Halt Superseded when someone else wrote.
   */
  async #landed(body: string, cause: unknown): Promise<boolean> {
    const stored = await this.store.get(this.key);
    if (stored?.etag === this.#etag) return false;
    if (stored === undefined || parseEnvelope<T>(this.key, stored.body).claim !== this.claim) {
      throw new Halt('Superseded', 'A newer invocation of this function has taken its work over; this one stops.', {
        cause,
      });
    }
    this.#etag = stored.etag;
    return Buffer.from(stored.body).toString('utf8') === body;
  }
}

function parseEnvelope<T>(key: string, body: Uint8Array): Envelope<T> {
  const envelope = parsed(key, body) as Partial<Envelope<T>> | null;
  if (typeof envelope?.claim !== 'string' || !('state' in envelope))
    throw new Fault('BadState', `The object ${key} is damaged: it is no checkpoint. ${adviceFor(key)}`);
  if (envelope.key !== key)
    throw new Fault('BadState', `The object ${key} is damaged: it is the checkpoint of other work. ${adviceFor(key)}`);
  if (envelope.digest !== digestOfText(JSON.stringify(envelope.state)))
    throw new Fault('BadState', `The object ${key} is damaged: its state is not what was saved. ${adviceFor(key)}`);
  shaped(key, envelope.state);
  return envelope as Envelope<T>;
}
