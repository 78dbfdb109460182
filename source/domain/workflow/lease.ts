import { Fault, Halt } from '../errors.ts';
import type { BackupTable, Clock, ItemKey } from '../ports.ts';

export const WORKFLOWS = ['ExportWorkflow', 'ImportWorkflow', 'VerifyWorkflow'] as const;
/** The state machines of the product. */
export type SolutionWorkflow = (typeof WORKFLOWS)[number];
/** Guards what an event names. */
export const isWorkflow = (value: unknown): value is SolutionWorkflow =>
  (WORKFLOWS as readonly unknown[]).includes(value);
/** `gone`: ended, unknown or out of reach. */
export type ExecutionStatus = 'RUNNING' | 'gone';

/** Who wants a lease: one execution of one workflow, in the Region where it runs. */
export interface Holder {
  readonly workflow: SolutionWorkflow;
  readonly region: string;
  readonly executionArn: string;
}

/** What taking and checking a lease needs. */
export interface LeaseDeps {
  readonly table: Pick<BackupTable, 'getItem' | 'putItemIf'>;
  /** Whether an execution still runs, in any Region; one that ended, is unknown or cannot be reached is gone. */
  readonly executionStatus: (executionArn: string) => Promise<ExecutionStatus>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Times that a lease may change hands while it is taken, before that is taken for an error. */
const ATTEMPTS = 5;

/** One lease per workflow and Region, in the backup table. */
export const leaseKey = (workflow: SolutionWorkflow, region: string): ItemKey => ({
  id: `LEASE#${workflow}#${region}`,
  type: 'LEASE',
});

/** `arn:aws:states:<region>:<account>:execution:<machine>:<name>` */
export const regionOf = (executionArn: string): string => executionArn.split(':')[3] ?? '';

/**
 * Takes the lease, or halts with ExecutionAlreadyRunning while another execution that runs holds it. A holder that is
 * gone is replaced. Of two that start together exactly one gets it; asking again for a lease that one holds is fine.
 */
export async function takeLease(
  { table, executionStatus, clock }: LeaseDeps,
  { workflow, region, executionArn }: Holder,
): Promise<void> {
  const key = leaseKey(workflow, region);
  const mine = { ...key, executionArn, takenAt: new Date(clock.now()).toISOString() };
  if (await table.putItemIf(mine, 'absent')) return;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const holder = await holderOf(table, key);
    if (holder === executionArn) return;
    if (holder !== undefined && (await executionStatus(holder)) === 'RUNNING') {
      throw new Halt(
        'ExecutionAlreadyRunning',
        `Another execution of ${workflow} runs in ${region}: ${holder}. This one stops; let the other finish, or stop it and start again.`,
      );
    }
    if (await table.putItemIf(mine, holder === undefined ? 'absent' : { attribute: 'executionArn', value: holder }))
      return;
  }
  throw new Fault(
    'ServiceError',
    `The lease of ${workflow} in ${region} changed hands ${ATTEMPTS} times while it was taken.`,
  );
}

/** Halts with LeaseLost unless the lease names this execution: every function's first step. */
export async function assertLease(
  table: Pick<BackupTable, 'getItem'>,
  { workflow, region, executionArn }: Holder,
): Promise<void> {
  const holder = await holderOf(table, leaseKey(workflow, region));
  if (holder === executionArn) return;
  throw new Halt(
    'LeaseLost',
    holder === undefined
      ? `This execution holds no lease of ${workflow} in ${region}. Start the workflow again.`
      : `Another execution of ${workflow} in ${region} took over: ${holder}. This one stops; nothing that it did is lost.`,
  );
}

/** Halts with RestoreInProgress while an import runs in one of the Regions: a corrupted pool must not overwrite the backup meanwhile. */
export async function assertNoRestore(
  { table, executionStatus }: Pick<LeaseDeps, 'executionStatus'> & { readonly table: Pick<BackupTable, 'getItem'> },
  regions: readonly string[],
): Promise<void> {
  for (const region of new Set(regions)) {
    const holder = await holderOf(table, leaseKey('ImportWorkflow', region));
    if (holder !== undefined && (await executionStatus(holder)) === 'RUNNING') {
      throw new Halt(
        'RestoreInProgress',
        `A restore runs in ${region}: ${holder}. Exports wait, so that the backup stays as it is; start the export again when the restore has ended, or leave it to the schedule.`,
      );
    }
  }
}

/** What every function of the export checks first: its lease, and that nobody restores. */
export async function assertExportMayRun(
  deps: Pick<LeaseDeps, 'executionStatus'> & { readonly table: Pick<BackupTable, 'getItem'> },
  executionArn: string,
  regions: readonly string[],
): Promise<void> {
  await assertLease(deps.table, { workflow: 'ExportWorkflow', region: regionOf(executionArn), executionArn });
  await assertNoRestore(deps, regions);
}

/** What every function of the import checks first. */
export const assertImportMayRun = (table: Pick<BackupTable, 'getItem'>, executionArn: string): Promise<void> =>
  assertLease(table, { workflow: 'ImportWorkflow', region: regionOf(executionArn), executionArn });

/** What every function of the verification checks first. */
export const assertVerifyMayRun = (table: Pick<BackupTable, 'getItem'>, executionArn: string): Promise<void> =>
  assertLease(table, { workflow: 'VerifyWorkflow', region: regionOf(executionArn), executionArn });

async function holderOf(table: Pick<BackupTable, 'getItem'>, key: ItemKey): Promise<string | undefined> {
  const lease = await table.getItem(key);
  return typeof lease?.executionArn === 'string' ? lease.executionArn : undefined;
}
