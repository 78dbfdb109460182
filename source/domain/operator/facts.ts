import type { SealedBackup } from '../backup/sealed-backup.ts';
import type { LastDrill } from '../drill/report.ts';
import type { LastVerification } from '../verify/backup/last.ts';
import type { SolutionWorkflow } from '../workflow/lease.ts';
import type { ListedExecution } from './execution.ts';
import type { Installation } from './installation.ts';

/** What was asked for, or why nobody knows it: what was not seen is never taken for fine. */
export type Known<T> = { readonly value: T } | { readonly unknown: string };

/** The value, where it is known. */
export const valueOf = <T>(known: Known<T>): T | undefined => ('value' in known ? known.value : undefined);

/** A rule that starts exports. */
export interface ScheduleRule {
  readonly name: string;
  readonly enabled: boolean;
  readonly expression: string;
}

/** An execution with the workflow that it belongs to. */
export interface WorkflowExecution extends ListedExecution {
  readonly workflow: SolutionWorkflow;
  /** Of a restore that runs: the selection that it restores into a living pool. */
  readonly selectionId?: string;
}

/** What status asks in one Region. */
export interface RegionFacts {
  readonly region: string;
  /** Undefined inside: the table names no complete export. */
  readonly sealed: Known<SealedBackup | undefined>;
  readonly verification: Known<LastVerification | undefined>;
  /** Undefined inside: there was none. */
  readonly drill: Known<LastDrill | undefined>;
  /** Ids of the snapshots that are closed, the newest first. */
  readonly snapshots: Known<readonly string[]>;
  readonly running: Known<readonly WorkflowExecution[]>;
  /** Of each workflow, the newest execution that has ended. */
  readonly ended: Known<readonly WorkflowExecution[]>;
  readonly subscriptions: Known<{ readonly confirmed: number; readonly pending: number }>;
  /** Messages by the logical id of their dead-letter queue. */
  readonly deadLetters: Known<readonly { readonly queue: string; readonly messages: number }[]>;
  readonly alarms: Known<readonly { readonly name: string; readonly state: string }[]>;
  /** Primary Region only. */
  readonly schedule?: Known<readonly ScheduleRule[]>;
  readonly replica?: Known<string>;
  readonly pool?: Known<{ readonly exists: boolean; readonly deletionProtection: boolean }>;
}

/** All that status knows. */
export interface StatusFacts {
  readonly installation: Installation;
  /** Of the main stack, where its Region answers. */
  readonly stackStatus?: string;
  /** When the main stack was launched, milliseconds since the epoch. */
  readonly launchedAt?: number;
  readonly regions: readonly RegionFacts[];
  readonly now: number;
}
