import { Fault, Halt, isNamed } from '../errors.ts';
import type { ObjectStore } from '../ports.ts';
import { digestOfText } from './digest-keys.ts';
import { adviceFor } from './advice.ts';
import { parsed, shaped } from './json-object.ts';
import type { Shape } from './shape.ts';

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

/** Where the checkpoint lies, whose it is, and what it holds. */
interface CheckpointPlace<T> {
  readonly key: string;
  /** Unique per invocation (the request id). */
  readonly claim: string;
  readonly now: () => number;
  /** Of the state. */
  readonly shape: Shape<T>;
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
    private readonly place: CheckpointPlace<T>,
    state: T,
    etag: string | undefined,
  ) {
    this.#state = state;
    this.#etag = etag;
  }

  /** Takes the checkpoint over, with `initial` where none exists. */
  static async claim<T>(
    store: Pick<ObjectStore, 'get' | 'put'>,
    { initial, ...place }: CheckpointPlace<T> & { readonly initial: () => T },
  ): Promise<Checkpoint<T>> {
    for (let attempt = 1; ; attempt += 1) {
      const stored = await store.get(place.key);
      const state = stored === undefined ? initial() : parseEnvelope(place.key, stored.body, place.shape).state;
      const checkpoint = new Checkpoint(store, place, state, stored?.etag);
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
  static async peek<T>(store: Pick<ObjectStore, 'get'>, key: string, shape: Shape<T>): Promise<T | undefined> {
    const stored = await store.get(key);
    return stored === undefined ? undefined : parseEnvelope(key, stored.body, shape).state;
  }

  get state(): T {
    return this.#state;
  }

  async save(state: T): Promise<void> {
    const text = JSON.stringify(state);
    const about: Omit<Envelope<T>, 'state'> = {
      key: this.place.key,
      claim: this.place.claim,
      savedAt: new Date(this.place.now()).toISOString(),
      digest: digestOfText(text),
    };
    const body = `${JSON.stringify(about).slice(0, -1)},"state":${text}}`;
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#etag = await this.store.put(
          this.place.key,
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
    const { key, claim, shape } = this.place;
    const stored = await this.store.get(key);
    if (stored?.etag === this.#etag) return false;
    if (stored === undefined || parseEnvelope(key, stored.body, shape).claim !== claim) {
      throw new Halt('Superseded', 'A newer invocation of this function has taken its work over; this one stops.', {
        cause,
      });
    }
    this.#etag = stored.etag;
    return Buffer.from(stored.body).toString('utf8') === body;
  }
}

function parseEnvelope<T>(key: string, body: Uint8Array, shape: Shape<T>): Envelope<T> {
  const envelope = parsed(key, body) as Partial<Envelope<T>> | null;
  if (typeof envelope?.claim !== 'string' || !('state' in envelope))
    throw new Fault('BadState', `The object ${key} is damaged: it is no checkpoint. ${adviceFor(key)}`);
  if (envelope.key !== key)
    throw new Fault('BadState', `The object ${key} is damaged: it is the checkpoint of other work. ${adviceFor(key)}`);
  if (envelope.digest !== digestOfText(JSON.stringify(envelope.state)))
    throw new Fault('BadState', `The object ${key} is damaged: its state is not what was saved. ${adviceFor(key)}`);
  shaped(key, envelope.state, shape);
  return envelope as Envelope<T>;
}
