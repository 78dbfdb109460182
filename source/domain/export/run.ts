import * as v from 'valibot';
import { countsShape, safeguardsShape } from '../backup/manifest.ts';
import { Fault, Halt, isNamed } from '../errors.ts';
import { settingsShape } from '../model.ts';
import type { Clock, ObjectStore } from '../ports.ts';
import { parseJson } from '../state/json-object.ts';
import { idShape, textsShape, timeShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';

const recoveredShape = v.object({ id: v.string(), point: v.exactOptional(timeShape) });

/** Facts of the run `runId`, and of no other. */
export const runFactsShape = (runId: string) =>
  v.object({
    runId: v.literal(runId),
    startedAt: timeShape,
    userPoolId: v.string(),
    settings: settingsShape,
    /** Cognito's estimate when the run began: good enough to notice a listing that misses a lot. */
    estimatedUsers: v.number(),
    /** What the table held when the run began; absent when an interrupted run had left it in between. */
    baseline: v.exactOptional(countsShape),
    /** Counts of the last sealed run: the guard's 100 %. Absent before the first sealed run. */
    sealed: v.exactOptional(countsShape),
    /** Runs since the last sealed one: what they changed in the table counts together with what this one changes. */
    unsealedRuns: v.array(idShape),
    /** Whether what it lists is staged (see isStaged); absent in runs that a version before 2.1 began. */
    staged: v.exactOptional(v.boolean()),
    /** Absent in runs that an earlier version began. */
    safeguards: v.exactOptional(safeguardsShape),
    /** AWS's own recoveries that have put the pool back since the last sealed run. */
    recoveredSince: v.exactOptional(v.array(recoveredShape)),
    /** What the message about the run is to say of the pool; sentences. */
    poolNotes: v.exactOptional(textsShape),
    /** The last sealed run, if it was stopped before its end: its snapshot may still lack the manifest. */
    stoppedAtItsEnd: v.exactOptional(idShape),
  });
/** What is fixed when a run begins; `exports/<run id>/run.json`. */
export type RunFacts = Stored<ReturnType<typeof runFactsShape>>;

/**
 * True when the table must stay as the last run sealed it until the guard has passed: as soon as there is a sealed run.
 * The first export of a pool writes as it lists.
 */
export const isStaged = ({ staged, sealed }: RunFacts): boolean => staged ?? sealed !== undefined;

export const runHeadShape = v.object({
  runId: idShape,
  startedAt: timeShape,
  /** A start within RESUME_WINDOW_MS of it resumes the run. */
  checkpointAt: timeShape,
  /** `sealed`: complete. `abandoned`: the next start lists again; `reason` says why. */
  closed: v.exactOptional(v.picklist(['sealed', 'abandoned'])),
  reason: v.exactOptional(v.string()),
});
/** `exports/current.json`: the run in progress, or the last one. */
export type RunHead = Stored<typeof runHeadShape>;

/** So long after its last checkpoint a run can be resumed: later its listing is too old to delete by. */
const RESUME_WINDOW_MS = 60 * 60_000;
/** Everything that the export stores in its bucket lies below. */
export const EXPORTS_PREFIX = 'exports/';
/** What a run is going to change in the table lies below; apart from the rest, since it must not expire before it is done. */
export const CHANGES_PREFIX = 'changes/';
/** Names the current run; one object for all runs, written on conditions. */
export const HEAD_KEY = `${EXPORTS_PREFIX}current.json`;
/** Key of what remembers which snapshots are tagged; see backup/snapshot/superseded.ts. */
export const TAGGED_SNAPSHOTS_KEY = `${EXPORTS_PREFIX}tagged-snapshots.json`;
/** When what of the pool's settings was asked for last; see settings-looks.ts. */
export const SETTINGS_LOOKS_KEY = `${EXPORTS_PREFIX}settings-looks.json`;
/** Everything of one run lies below this prefix. */
export const runFolder = (runId: string): string => `${EXPORTS_PREFIX}${runId}/`;
/** Key of the run's RunFacts. */
export const factsKey = (runId: string): string => `${runFolder(runId)}run.json`;
/** Key of the pool's groups as ListGroups found them. */
export const runGroupsKey = (runId: string): string => `${runFolder(runId)}groups.json`;

/** The facts of a run; undefined when it has none. Fault BadState when the object is not what its key says it is. */
export async function findFacts(objects: Pick<ObjectStore, 'get'>, runId: string): Promise<RunFacts | undefined> {
  const key = factsKey(runId);
  const stored = await objects.get(key);
  return stored === undefined ? undefined : parseJson(key, stored.body, runFactsShape(runId));
}

async function readFacts(objects: Pick<ObjectStore, 'get'>, runId: string): Promise<RunFacts> {
  const facts = await findFacts(objects, runId);
  if (facts !== undefined) return facts;
  throw new Fault(
    'BadState',
    `The object ${factsKey(runId)} is missing. Start ExportWorkflow again; a run that cannot go on lists the pool again after an hour.`,
  );
}

/** The run that an invocation works for, as long as `exports/current.json` names it. */
export class Run {
  #etag: string | undefined;

  private constructor(
    private readonly objects: Pick<ObjectStore, 'get' | 'put'>,
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
    const run = new Run(objects, clock, await readFacts(objects, runId));
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

  /** Ends the run without sealing it: the next start lists the whole pool again instead of resuming. */
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
      this.#etag = await this.objects.put(HEAD_KEY, JSON.stringify(head), { etag: this.#etag as string });
    };
    try {
      await put();
    } catch (error) {
      if (!isNamed(error, 'PreconditionFailed')) throw error;
      const { head: found, etag } = await readHead(this.objects, this.id);
      this.#etag = etag;
      if (found.closed === 'abandoned')
        throw new Halt('Superseded', `Export run ${this.id} was abandoned by a newer invocation; this one stops.`);
      await put();
    }
  }
}

/**
 * Time in which an export has to wait does not count towards the resume window: moves the checkpoint time of the run in
 * progress, if that could be resumed now.
 */
export async function keepResumable(deps: {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly clock: Pick<Clock, 'now'>;
}): Promise<void> {
  const stored = await deps.objects.get(HEAD_KEY);
  const head = stored === undefined ? undefined : parseJson(HEAD_KEY, stored.body, runHeadShape);
  if (head === undefined || head.closed !== undefined || !isWithinWindow(head, deps.clock.now())) return;
  await (await Run.join(deps, head.runId)).touch();
}

/** Whether a start at this moment may resume the run. */
export const isWithinWindow = ({ checkpointAt }: Pick<RunHead, 'checkpointAt'>, now: number): boolean =>
  now - Date.parse(checkpointAt) <= RESUME_WINDOW_MS;

/** Abandons the run that is in progress, unless an earlier invocation has done so. */
export async function abandonOnce(
  deps: { readonly objects: Pick<ObjectStore, 'get' | 'put'>; readonly clock: Pick<Clock, 'now'> },
  runId: string,
  reason: string,
): Promise<void> {
  const { head } = await readHead(deps.objects, runId);
  if (head.closed !== 'abandoned') await (await Run.join(deps, runId)).abandon(reason);
}

async function readHead(
  objects: Pick<ObjectStore, 'get'>,
  runId: string,
): Promise<{ readonly head: RunHead; readonly etag: string }> {
  const stored = await objects.get(HEAD_KEY);
  const head = stored === undefined ? undefined : parseJson(HEAD_KEY, stored.body, runHeadShape);
  if (stored === undefined || head?.runId !== runId) {
    throw new Halt(
      'Superseded',
      `Export run ${runId} is no longer the one in progress (${HEAD_KEY} names ${head?.runId ?? 'none'}); this invocation stops.`,
    );
  }
  return { head, etag: stored.etag };
}
