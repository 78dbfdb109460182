import type { RecoveryKnobs } from '../../../simulation/cognito/recoveries.ts';
import type { ImportJobSettings } from '../../../simulation/import-jobs/options.ts';

/** What a request must look like for a rule to apply; absent members match everything. */
export interface Matcher {
  readonly service?: string;
  /** API operation, or a list of them. */
  readonly action?: string | readonly string[];
  readonly region?: string;
  /** Function name (its end, because CloudFormation puts the stack's name before it) or role session of the caller. */
  readonly caller?: string;
  /** Only calls that carry a pagination token, or only those that carry none. */
  readonly withToken?: boolean;
  /** Only calls whose member of this name has one of these values. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
}

/** Time that is added to each matching call, before it is made. The first matching rule counts. */
export interface LatencyRule extends Matcher {
  readonly ms: number;
  /** Up to this many milliseconds more, evenly distributed. Default 0. */
  readonly jitterMs?: number;
}

/** What happens to a call that a fault rule has chosen. */
export type InjectedFault =
  /** Refused with this AWS error, not made. */
  | { readonly kind: 'error'; readonly code: string; readonly message?: string; readonly status?: number }
  /** The connection is cut, the call not made. */
  | { readonly kind: 'reset' }
  /** The call is made and the connection cut before the answer. */
  | { readonly kind: 'drop-answer' }
  /** The call is made this many milliseconds later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Of a batch call, this share of the entries (at least one) is not done and comes back as failed or unprocessed. */
  | { readonly kind: 'partial'; readonly share: number }
  /** The process of the calling function is killed, before the call is made or after it was. */
  | { readonly kind: 'kill'; readonly when: 'before' | 'after' }
  /** The call is made with these members in place of its own (JSON protocols), for instance a smaller `Limit`. */
  | { readonly kind: 'alter'; readonly members: Readonly<Record<string, unknown>> }
  /** The call is made twice and its last answer given: messages of a queue come twice. */
  | { readonly kind: 'twice' }
  /** Messages of SendMessageBatch arrive so many seconds later. */
  | { readonly kind: 'late'; readonly seconds: number }
  /** A Cognito listing answers with an empty page and a token that leads to the page that was asked for. */
  | { readonly kind: 'empty-page' }
  /** A Cognito listing answers with the token that it was asked with; only where it carried one. */
  | { readonly kind: 'repeat-token' };

/** Chooses calls to go wrong: among those that match, by number, by chance, or all. */
export interface FaultRule extends Matcher {
  readonly fault: InjectedFault;
  /** Under what the rule's strikes are counted (`GET /_local/faults`). */
  readonly label?: string;
  /** Numbers of the matching calls, from 1, counted since the rule was set. */
  readonly calls?: readonly number[];
  /** Each action's calls are numbered apart: `calls: [1]` strikes the first call of every action. */
  readonly perAction?: boolean;
  /** Chance from 0 to 1, drawn from a generator seeded with `seed`. */
  readonly probability?: number;
  readonly seed?: number;
  /** At most this many times. */
  readonly times?: number;
}

/** A kind of resource that CloudFormation cannot make: an organization denies it, or a service refuses its role. */
export interface ResourceRefusal {
  /** CloudFormation resource type. */
  readonly type: string;
  readonly region?: string;
  /** The resource's status reason. */
  readonly reason: string;
  /** At most this many times. */
  readonly times?: number;
}

/** Everything that can be switched while the cloud runs (`POST /_local/config`). A given member replaces the old one. */
export interface SimulationConfig {
  /** Cognito's default quotas per category, account and Region; or other figures (calls per second) by category. */
  readonly quotas: boolean | Readonly<Record<string, number>>;
  readonly latencies: readonly LatencyRule[];
  readonly faults: readonly FaultRule[];
  /** Regions of which every call is refused by a cut connection; meanwhile nothing is replicated between Regions. */
  readonly regionsDown: readonly string[];
  /** Services that do not exist in a Region (endpoint prefixes): there is nobody at their address, so that calls end in a cut connection. */
  readonly absentServices: readonly { readonly service: string; readonly region: string }[];
  /** Resources of stacks that are refused; the first rule that concerns one counts. */
  readonly resourceRefusals: readonly ResourceRefusal[];
  /** Keys of tags without which an organization denies the creation of whatever takes tags. */
  readonly requiredTags: readonly string[];
  /** ARN of the permissions boundary without which an organization denies the roles of stacks; empty: none is required. */
  readonly requiredBoundary: string;
  /** Milliseconds until a write reaches the other Region's replica. */
  readonly replicationLagMs: number;
  /** Cognito filters the pages of ListUsers by the beginning of a value only after it has cut them, so that they are short or empty. */
  readonly filterAfterPaging: boolean;
  /** Age in milliseconds below which StackSets does not know an IAM role yet. */
  readonly newRoleUnknownMs: number;
  /** Undocumented behaviour and speed of Cognito's import jobs, where it shall differ from the defaults. */
  readonly importJobs: Partial<ImportJobSettings>;
  /** Speed of Cognito's own recoveries of pools, and how it refuses writes meanwhile, where they shall differ from the defaults. */
  readonly recoveries: Partial<RecoveryKnobs>;
}

export const NO_SIMULATION: SimulationConfig = {
  quotas: false,
  latencies: [],
  faults: [],
  regionsDown: [],
  absentServices: [],
  resourceRefusals: [],
  requiredTags: [],
  requiredBoundary: '',
  replicationLagMs: 0,
  filterAfterPaging: false,
  newRoleUnknownMs: 0,
  importJobs: {},
  recoveries: {},
};
