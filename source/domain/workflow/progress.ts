import * as v from 'valibot';
import type { Clock, Log, ObjectStore } from '../ports.ts';
import { countShape, problemWith, timeShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';
import { WORK_PHASES } from '../state/work-figures.ts';
import type { TellProgress, WorkFigures } from '../state/work-figures.ts';
import { WORKFLOWS } from './lease.ts';
import type { SolutionWorkflow } from './lease.ts';

/** Below it lies one object for each execution. */
export const EXECUTION_PROGRESS_PREFIX = 'progress/';

/** Key, in the mapping-file bucket of the execution's Region, of how far it has come. */
export const executionProgressKey = (executionArn: string): string =>
  `${EXECUTION_PROGRESS_PREFIX}${executionArn.split(':').at(-1) ?? ''}.json`;

const doneOfShape = v.object({ done: countShape, of: v.exactOptional(countShape) });

export const executionProgressShape = v.object({
  workflow: v.picklist(WORKFLOWS),
  /** Executions of different workflows may have the same name. */
  executionArn: v.string(),
  phase: v.picklist(WORK_PHASES),
  /** `of` is absent until it is known. */
  users: doneOfShape,
  memberships: doneOfShape,
  /** To Cognito: made by this execution, still to be made, and as measured since its present function began. */
  calls: v.object({
    done: countShape,
    left: v.exactOptional(countShape),
    perSecond: v.exactOptional(v.number()),
  }),
  /** Of calls and import jobs; absent where nobody can tell. */
  secondsLeft: v.exactOptional(countShape),
  /** When the execution began, and of which moment this is. */
  startedAt: timeShape,
  at: timeShape,
});
/** How far an execution has come, for whoever follows it. No personal data. */
export type ExecutionProgress = Stored<typeof executionProgressShape>;

/** What tells of an execution's progress needs. */
export interface ProgressTellerDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'warn'>;
}

/** The invocation whose progress is told. */
export interface ToldInvocation {
  readonly workflow: SolutionWorkflow;
  readonly executionArn: string;
  /** Of the execution; its state has it. */
  readonly startTime?: string;
  /** Calls to Cognito that this invocation has made. */
  readonly callsMade: () => number;
  /** Calls per second that it may make; absent where it makes none. */
  readonly callsPerSecond?: () => number;
}

/** So often an invocation writes, and once more at its end. */
const WRITE_EVERY_MS = 10_000;
/** A rate of less than this says nothing. */
const MEASURED_MS = 1_000;

/**
 * Writes how far an execution has come, as its functions tell at their checkpoints. Functions follow each other: each
 * invocation goes on from what the one before wrote. No execution ever fails because nobody could be told.
 */
export class ProgressTeller {
  readonly #began: number;
  #writtenAt: number;
  #untold: WorkFigures | undefined;
  #before: { readonly progress: ExecutionProgress | undefined } | undefined;
  #last: ExecutionProgress | undefined;

  constructor(
    private readonly deps: ProgressTellerDeps,
    private readonly about: ToldInvocation,
  ) {
    this.#began = deps.clock.now();
    this.#writtenAt = this.#began;
  }

  readonly tell: TellProgress = async (figures) => {
    this.#untold = figures;
    if (this.deps.clock.now() - this.#writtenAt >= WRITE_EVERY_MS) await this.#write(figures);
  };

  /** The invocation ends: what it told last is written, too. */
  async end(): Promise<void> {
    if (this.#untold !== undefined) await this.#write(this.#untold);
  }

  async #write(figures: WorkFigures): Promise<void> {
    this.#untold = undefined;
    this.#writtenAt = this.deps.clock.now();
    const key = executionProgressKey(this.about.executionArn);
    try {
      this.#before ??= { progress: await this.#stored(key) };
      this.#last = this.#progressOf(figures, this.#before.progress);
      await this.deps.objects.put(key, JSON.stringify(this.#last));
    } catch (error) {
      this.deps.log.warn('How far the execution has come could not be written', {
        errorName: error instanceof Error ? error.name : 'unknown',
      });
    }
  }

  #progressOf(figures: WorkFigures, before: ExecutionProgress | undefined): ExecutionProgress {
    const { workflow, executionArn, startTime, callsMade } = this.about;
    const now = this.deps.clock.now();
    const last = this.#last ?? before;
    const made = callsMade();
    const left = figures.callsLeft ?? last?.calls.left ?? 'unknown';
    const perSecond = now - this.#began < MEASURED_MS || made === 0 ? undefined : (made * 1000) / (now - this.#began);
    const secondsLeft = this.#secondsLeft(left, perSecond, figures);
    return {
      workflow,
      executionArn,
      phase: figures.phase,
      users: figures.users ?? last?.users ?? { done: 0 },
      memberships: figures.memberships ?? last?.memberships ?? { done: 0 },
      calls: {
        done: (before?.calls.done ?? 0) + made,
        ...(left === 'unknown' ? {} : { left }),
        ...(perSecond === undefined ? {} : { perSecond: Math.round(perSecond * 100) / 100 }),
      },
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
      startedAt: before?.startedAt ?? startTime ?? new Date(this.#began).toISOString(),
      at: new Date(now).toISOString(),
    };
  }

  /** Calls and what goes on beside them; where nothing is left of either, what is done then takes its own time. */
  #secondsLeft(
    left: number | 'unknown',
    measured: number | undefined,
    { phase, secondsBeside = 0 }: WorkFigures,
  ): number | undefined {
    if (phase === 'done') return 0;
    if (left === 'unknown' || secondsBeside === 'unknown' || left + secondsBeside === 0) return undefined;
    const perSecond = measured ?? this.about.callsPerSecond?.();
    if (left > 0 && perSecond === undefined) return undefined;
    return Math.ceil(Math.max(left === 0 ? 0 : left / (perSecond as number), secondsBeside));
  }

  /** What an earlier invocation of this execution wrote; nothing where it is another's, or no longer readable. */
  async #stored(key: string): Promise<ExecutionProgress | undefined> {
    const stored = await this.deps.objects.get(key);
    if (stored === undefined) return undefined;
    const found = executionProgressIn(stored.body);
    return found?.executionArn === this.about.executionArn ? found : undefined;
  }
}

/** What an object below EXECUTION_PROGRESS_PREFIX says; undefined when it is something else. */
export function executionProgressIn(body: Uint8Array): ExecutionProgress | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return problemWith(value, executionProgressShape) === undefined ? (value as ExecutionProgress) : undefined;
  } catch {
    return undefined;
  }
}

/** Does the work of an invocation that tells how far it has come. */
export async function tellingProgress<T>(
  deps: ProgressTellerDeps,
  about: ToldInvocation,
  work: (tell: TellProgress) => Promise<T>,
): Promise<T> {
  const teller = new ProgressTeller(deps, about);
  try {
    return await work(teller.tell);
  } finally {
    await teller.end();
  }
}

/** When the execution began, as the state says that its first function made; undefined where it does not say so. */
export function startTimeIn(event: unknown): string | undefined {
  const { startTime } = (event ?? {}) as Readonly<Record<string, unknown>>;
  return typeof startTime === 'string' && !Number.isNaN(Date.parse(startTime)) ? startTime : undefined;
}
