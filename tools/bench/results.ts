import type { ExportFrequency } from '../../source/domain/backup/freshness.ts';
import type { FunctionFigures } from './virtual/invocations.ts';
import type { Latencies } from './virtual/meter.ts';
import type { PopulationShape } from './population.ts';

/** Everything that one run of the benchmark found: tools/bench/results.json. Times in seconds unless the name says otherwise. */
export interface BenchResults {
  readonly profile: 'quick' | 'default';
  /** ISO 8601. */
  readonly startedAt: string;
  /** Real time of the two parts. */
  readonly tookSeconds: { readonly measured: number; readonly computed: number };
  readonly machine: { readonly node: string; readonly cpus: number; readonly memoryMb: number };
  /** Milliseconds that the local cloud adds to Cognito calls, and those of the computed cells. */
  readonly latencies: Readonly<Record<string, number>>;
  readonly cells: readonly CellResult[];
  readonly agreement: readonly Agreement[];
  readonly state: readonly StateResult[];
  readonly growth: readonly Growth[];
  /** Series of cells that could not be computed, with the reason. */
  readonly failed: readonly string[];
}

/** One workflow run under one set of conditions. */
export interface CellResult {
  readonly id: string;
  readonly title: string;
  readonly workflow: 'export' | 'import';
  /** On the local cloud in real time, or the same domain code on virtual time. */
  readonly how: 'measured' | 'computed';
  /** Computed with what the emulator's calls took when the same cell was measured, to hold the one against the other. */
  readonly twin?: boolean;
  readonly shape: PopulationShape;
  readonly callsPerSecond: number;
  readonly jobUsersPerSecond?: number;
  readonly seconds: number;
  /** What the calls and the import jobs alone would take at the limit; see limits.ts. */
  readonly limitSeconds: number;
  readonly calls: CallFigures;
  readonly usage: Usage;
  readonly milestones?: Milestones;
  /** Of a cell that looks at it: items of the plan, and seconds from the marker that opened it to the seal. */
  readonly application?: { readonly items: number; readonly seconds: number };
  /** Measured cells: mean milliseconds of the emulator's calls and of starting and ending an invocation. */
  readonly observedMs?: Overheads;
  /** What the backup Region's VerifyWorkflow takes after this export; only where a month's cost is computed from the cell. */
  readonly verification?: VerificationUsage;
  readonly checks: readonly Check[];
  /** Real time that the cell took, seeding and launching included. */
  readonly tookSeconds: number;
}

export interface VerificationUsage {
  /** The look that reads everything, once per export. */
  readonly whole: Usage;
  /** The hourly look that finds nothing new. */
  readonly idle: Usage;
  /** Of one run, in one Region. */
  readonly snapshotBytes: number;
}

/** Seconds from the start of an import. */
export interface Milestones {
  /** Of all users, as seen from outside. */
  readonly everyUserExists: number;
  /** The members of the smallest group. */
  readonly administratorsBack?: number;
  /** The last import job ended. */
  readonly jobsDone?: number;
  /** First membership, disabled user or user created one by one. */
  readonly updatesFrom?: number;
  /** Share of those calls that were made while an import job was still to end. */
  readonly updatesDuringJobs?: number;
}

export type Overheads = Pick<
  Latencies,
  'listing' | 'cognito' | 'dynamodb' | 'scan' | 's3' | 'sqs' | 'coldStart' | 'warmStart'
>;

export interface CallFigures {
  readonly total: number;
  readonly throttled: number;
  readonly maxInASecond: number;
  /** Mean of the longest phase that no latency and no import job bounds; absent when less than a minute is due. */
  readonly meanPerSecond?: number;
  /** Calls in each `bucketSeconds` from the first call on, per second. */
  readonly bucketSeconds: number;
  readonly perSecond: readonly number[];
  /** How many of the seconds with calls had 0, 1, 2, ... of them. */
  readonly histogram: readonly number[];
}

/** What AWS would bill. */
export interface Usage {
  readonly dynamodbCalls: number;
  readonly itemsWritten: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly s3Writes: number;
  readonly s3Reads: number;
  readonly sqsRequests: number;
  readonly transitions: number;
  readonly historyEvents: number;
  readonly largestPayloadBytes: number;
  readonly invocations: number;
  readonly coldStarts: number;
  readonly gbSeconds: number;
  /** By function, megabytes; of a computed cell the benchmark's whole process. */
  readonly peakMemoryMb: Readonly<Record<string, number>>;
}

export interface Check {
  readonly name: string;
  readonly value: number;
  readonly bar: number;
  readonly rule: 'at most' | 'at least';
  readonly ok: boolean;
}

/** The same cell both ways. */
export interface Agreement {
  readonly id: string;
  readonly title: string;
  readonly measuredSeconds: number;
  readonly computedSeconds: number;
  readonly differencePercent: number;
  readonly ok: boolean;
}

/** The parts that hold state, at one size of pool. */
export interface StateResult {
  readonly workflow: 'export' | 'import' | 'verify';
  readonly users: number;
  readonly memberships: number;
  readonly functions: Readonly<Record<string, FunctionFigures>>;
  readonly largestObjectMb: number;
  readonly largestPayloadKb: number;
  readonly checks: readonly Check[];
}

/** How memory and processor time of one function grew between two sizes of pool. */
export interface Growth {
  readonly workflow: StateResult['workflow'];
  readonly functionName: string;
  /** Users of the larger pool for each of the smaller one. */
  readonly users: number;
  readonly cpu: number;
  readonly memory: number;
  readonly ok: boolean;
}

/** A month of one pool at one frequency. */
export interface CostResult {
  readonly users: number;
  readonly memberships: number;
  /** Of the users, a day. */
  readonly churnPercent: number;
  readonly frequency: ExportFrequency;
  readonly exportsPerMonth: number;
  readonly storedGb: number;
  readonly lines: readonly CostLine[];
  readonly dollarsPerMonth: number;
}

export interface CostLine {
  readonly service: string;
  /** The multiplication as it was done. */
  readonly arithmetic: string;
  readonly dollars: number;
}

export const atMost = (name: string, value: number, bar: number): Check => ({
  name,
  value,
  bar,
  rule: 'at most',
  ok: value <= bar,
});
export const atLeast = (name: string, value: number, bar: number): Check => ({
  name,
  value,
  bar,
  rule: 'at least',
  ok: value >= bar,
});
