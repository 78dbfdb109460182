import type { Counts } from '../backup/manifest.ts';
import { Fault, Halt, isNamed } from '../errors.ts';
import type { PoolSettings } from '../model.ts';
import type { Clock, ObjectStore } from '../ports.ts';
import { parsed, shaped } from '../state/json-object.ts';
import { shapeOf } from '../state/stored-shapes.ts';

/** What is fixed when a run begins; `exports/<run id>/run.json`. */
export interface RunFacts {
  readonly runId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly userPoolId: string;
  readonly settings: PoolSettings;
  /** Cognito's estimate when the run began: good enough to notice a listing that misses a lot. */
  readonly estimatedUsers: number;
  /** What the table held when the run began; absent when an interrupted run had left it in between. */
  readonly baseline?: Counts;
  /** Counts of the last sealed run: the guard's 100 %. Absent before the first sealed run. */
  readonly sealed?: Counts;
  /** Runs since the last sealed one whose delete plans count together with this run's. */
  readonly unsealedRuns: readonly string[];
  /** The last sealed run, if it was stopped before its end: its snapshot may still lack the manifest. */
  readonly stoppedAtItsEnd?: string;
}

/** `exports/current.json`: the run in progress, or the last one. */
export interface RunHead {
  readonly runId: string;
  readonly startedAt: string;
  /** ISO 8601; a start within RESUME_WINDOW_MS of it resumes the run. */
  readonly checkpointAt: string;
  /** `sealed`: complete. `abandoned`: the next start lists anew; `reason` says why. */
  readonly closed?: 'sealed' | 'abandoned';
  readonly reason?: string;
}

export const RESUME_WINDOW_MS = 60 * 60_000;
export const EXPORTS_PREFIX = 'exports/';
export const HEAD_KEY = `${EXPORTS_PREFIX}current.json`;
/** Everything of one run lies below this prefix. */
export const runFolder = (runId: string): string => `${EXPORTS_PREFIX}${runId}/`;
export const factsKey = (runId: string): string => `${runFolder(runId)}run.json`;
export const groupsKey = (runId: string): string => `${runFolder(runId)}groups.json`;

/** The object as JSON; undefined when it does not exist. */
export async function readJson<T>(store: Pick<ObjectStore, 'get'>, key: string): Promise<T | undefined> {
  const stored = await store.get(key);
  return stored === undefined ? undefined : parseJson<T>(key, stored.body);
}

/** Fault BadState when the object is not what its key says it is. */
export const parseJson = <T>(key: string, body: Uint8Array): T => shaped(key, parsed(key, body), shapeOf<T>(key));

/** As readJson; Fault BadState when the object does not exist. */
export async function needJson<T>(store: Pick<ObjectStore, 'get'>, key: string): Promise<T> {
  const value = await readJson<T>(store, key);
  if (value === undefined)
    throw new Fault(
      'BadState',
      `The object ${key} is missing. Start ExportWorkflow again; a run that cannot go on lists the pool anew after an hour.`,
    );
  return value;
}

/** The run that an invocation works for, as long as `exports/current.json` names it. */
export class Run {
  #etag: string | undefined;

  private constructor(
    private readonly store: Pick<ObjectStore, 'get' | 'put'>,
    private readonly clock: Pick<Clock, 'now'>,
    readonly facts: RunFacts,
  ) {}

  /** Halt Superseded when another run has begun; Fault BadState with the reason when this one was abandoned. */
  static async join(
    { objects, clock }: { readonly objects: Pick<ObjectStore, 'get' | 'put'>; readonly clock: Pick<Clock, 'now'> },
    runId: string,
  ): Promise<Run> {
    const { head, etag } = await readHead(objects, runId);
    if (head.closed === 'abandoned') throw new Fault('BadState', head.reason ?? `Export run ${runId} was abandoned.`);
    const run = new Run(objects, clock, await needJson<RunFacts>(objects, factsKey(runId)));
    run.#etag = etag;
    return run;
  }

  get id(): string {
    return this.facts.runId;
  }

  /** Moves the time from which the resume window counts. */
  async touch(): Promise<void> {
    await this.#write({});
  }

  /** The table holds exactly this run; nothing of it is left to do. */
  async seal(): Promise<void> {
    await this.#write({ closed: 'sealed' });
  }

  /** Ends the run without sealing it: the next start lists the pool anew instead of resuming. */
  async abandon(reason: string): Promise<void> {
    await this.#write({ closed: 'abandoned', reason });
  }

  async #write(change: Pick<RunHead, 'closed' | 'reason'>): Promise<void> {
    const head: RunHead = {
      runId: this.id,
      startedAt: this.facts.startedAt,
      checkpointAt: new Date(this.clock.now()).toISOString(),
      ...change,
    };
    const put = async (): Promise<void> => {
      this.#etag = await this.store.put(HEAD_KEY, JSON.stringify(head), { etag: this.#etag as string });
    };
    try {
      await put();
    } catch (error) {
      if (!isNamed(error, 'PreconditionFailed')) throw error;
      const { head: found, etag } = await readHead(this.store, this.id);
      this.#etag = etag;
      if (found.closed === 'abandoned')
        throw new Halt('Superseded', `Export run ${this.id} was abandoned by a newer invocation; this one stops.`);
      await put();
    }
  }
}

async function readHead(
  store: Pick<ObjectStore, 'get'>,
  runId: string,
): Promise<{ readonly head: RunHead; readonly etag: string }> {
  const stored = await store.get(HEAD_KEY);
  const head = stored === undefined ? undefined : parseJson<RunHead>(HEAD_KEY, stored.body);
  if (stored === undefined || head?.runId !== runId) {
    throw new Halt(
      'Superseded',
      `Export run ${runId} is no longer the one in progress (${HEAD_KEY} names ${head?.runId ?? 'none'}); this invocation stops.`,
    );
  }
  return { head, etag: stored.etag };
}
