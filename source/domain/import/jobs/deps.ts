import type { Progress } from '../../state/progress.ts';
import type { TellProgress } from '../../state/work-figures.ts';
import type {
  Clock,
  ImportJobs,
  Log,
  ObjectStore,
  TimeLeft,
  UserPoolReader,
  WakeQueue,
  WorkMessage,
} from '../../ports.ts';
import type { ImportJob } from '../../ports.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import type { JobsState } from '../plan/jobs-state.ts';

/** Told once (rarely twice, after a crash) for every job that reached its end. */
export type JobEnded = (job: ImportJob) => Promise<void>;

/** What ImportUsers needs. */
export interface ImportUsersDeps {
  readonly objects: ObjectStore;
  readonly jobs: ImportJobs;
  readonly pool: Pick<UserPoolReader, 'listUsersPage'>;
  readonly newUsers: Pick<WakeQueue<WorkMessage>, 'receive' | 'delete'>;
  readonly updates: Pick<WakeQueue<WorkMessage>, 'send'>;
  readonly clock: Clock;
  readonly timeLeft: TimeLeft;
  /** Unique per invocation. */
  readonly claim: string;
  /** See ProgressDeps. */
  readonly tell?: TellProgress;
  readonly log: Log;
  readonly jobEnded: JobEnded;
}

/** What the steps of one invocation share. */
export interface JobsRun {
  readonly plan: RestorePlan;
  readonly deps: ImportUsersDeps;
  readonly progress: Progress<JobsState>;
}
