import type {
  Clock,
  Log,
  ObjectStore,
  TimeLeft,
  UserPoolReader,
  UserPoolWriter,
  WakeQueue,
  WorkMessage,
} from '../../ports.ts';
import type { TellProgress } from '../../state/work-figures.ts';

/** What UpdateUsers needs. */
export interface UpdateUsersDeps {
  readonly objects: ObjectStore;
  readonly pool: Pick<
    UserPoolReader,
    'identityProviders' | 'listUsersPage' | 'listGroupsPage' | 'listUsersInGroupPage'
  >;
  readonly writer: UserPoolWriter;
  readonly updates: Pick<WakeQueue<WorkMessage>, 'receive' | 'delete'>;
  /** A new random password that meets any policy. */
  readonly newPassword: () => string;
  readonly clock: Clock;
  readonly timeLeft: TimeLeft;
  /** Unique per invocation. */
  readonly claim: string;
  /** See ProgressDeps. */
  readonly tell?: TellProgress;
  readonly log: Log;
}
