/** What an execution is doing, in the words that its progress shows. */
export const WORK_PHASES = [
  'planning',
  'waiting while a selection is restored',
  'waiting while others call Cognito',
  'reading the settings',
  'listing users',
  'listing groups',
  'listing memberships',
  'comparing with the table',
  'applying the changes',
  'ending the run',
  'restoring',
  'comparing the pool',
  'repairing',
  'comparing once more',
  'linking identities',
  'writing the report',
  'reading the table',
  'reading the snapshot',
  'done',
] as const;
export type WorkPhase = (typeof WORK_PHASES)[number];

/** How much of something is done; `of` is absent while nobody can tell how much there is. */
export interface DoneOf {
  readonly done: number;
  readonly of?: number;
}

/** How far a function has come. What it leaves out is as it was told before. */
export interface WorkFigures {
  readonly phase: WorkPhase;
  readonly users?: DoneOf;
  readonly memberships?: DoneOf;
  /** Calls to Cognito that the execution still has to make. */
  readonly callsLeft?: number | 'unknown';
  /** Seconds that work beside the calls, such as import jobs, still takes; absent where there is none. */
  readonly secondsBeside?: number | 'unknown';
}

/** Tells whoever follows the execution how far it has come. */
export type TellProgress = (figures: WorkFigures) => Promise<void>;
