import { Fault, Halt } from '../errors.ts';
import type { BackupTable, Clock, ItemKey } from '../ports.ts';

export const WORKFLOWS = ['ExportWorkflow', 'ImportWorkflow', 'VerifyWorkflow', 'DrillWorkflow'] as const;
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

/** A restore whose lease stands in the table, whether it still runs or not. */
export interface LeasedRestore {
  readonly region: string;
  readonly executionArn: string;
  /** The pool in use into which it restores single users and groups: exports wait for its end instead of halting. */
  readonly selectionFor?: string;
  /** It writes nothing. */
  readonly dryRun?: true;
  /** ISO 8601; empty where the lease does not say it. */
  readonly takenAt: string;
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
  { workflow, region, executionArn, ...of }: Holder & Pick<LeasedRestore, 'selectionFor' | 'dryRun'>,
): Promise<void> {
  const key = leaseKey(workflow, region);
  const takenAt = new Date(clock.now()).toISOString();
  const mine = { ...key, executionArn, takenAt, ...of };
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

/** What a look at the leases of restores needs. */
export interface RestoreDeps extends Pick<LeaseDeps, 'executionStatus'> {
  readonly table: Pick<BackupTable, 'getItem'>;
}

/** The restores that hold leases in these Regions; one that has ended may stand there still. */
export async function leasedRestores(
  table: Pick<BackupTable, 'getItem'>,
  regions: readonly string[],
): Promise<LeasedRestore[]> {
  const found: LeasedRestore[] = [];
  for (const region of new Set(regions)) {
    const lease = await table.getItem(leaseKey('ImportWorkflow', region));
    if (typeof lease?.executionArn !== 'string') continue;
    const { executionArn, takenAt, selectionFor, dryRun } = lease;
    found.push({
      region,
      executionArn,
      ...(typeof selectionFor === 'string' ? { selectionFor } : {}),
      ...(dryRun === true ? { dryRun } : {}),
      takenAt: typeof takenAt === 'string' ? takenAt : '',
    });
  }
  return found;
}

async function runningRestores(
  { table, executionStatus }: RestoreDeps,
  regions: readonly string[],
): Promise<LeasedRestore[]> {
  const running: LeasedRestore[] = [];
  for (const restore of await leasedRestores(table, regions))
    if ((await executionStatus(restore.executionArn)) === 'RUNNING') running.push(restore);
  return running;
}

/**
 * Halts with RestoreInProgress while a whole backup is restored in one of the Regions: a corrupted pool must not overwrite
 * the backup meanwhile. A selection halts nobody.
 */
export async function assertNoRestore(deps: RestoreDeps, regions: readonly string[]): Promise<void> {
  refuseWhole(await runningRestores(deps, regions));
}

function refuseWhole(running: readonly LeasedRestore[]): void {
  const whole = running.find(({ selectionFor }) => selectionFor === undefined);
  if (whole === undefined) return;
  throw new Halt(
    'RestoreInProgress',
    `A restore runs in ${whole.region}: ${whole.executionArn}. Exports wait, so that the backup stays as it is; start the export again when the restore has ended, or leave it to the schedule.`,
  );
}

/**
 * What every function of the export checks first: its lease, and that nobody restores. Fault SelectionRunning while only a
 * selection is restored: then the export waits.
 */
export async function assertExportMayRun(
  deps: RestoreDeps,
  executionArn: string,
  regions: readonly string[],
): Promise<void> {
  await assertLease(deps.table, { workflow: 'ExportWorkflow', region: regionOf(executionArn), executionArn });
  const running = await runningRestores(deps, regions);
  refuseWhole(running);
  const [selection] = running;
  if (selection !== undefined)
    throw new Fault(
      'SelectionRunning',
      `A selection is restored in ${selection.region}: ${selection.executionArn}. The export goes on when that has ended.`,
    );
}

/** What every function of the import checks first. */
export const assertImportMayRun = (table: Pick<BackupTable, 'getItem'>, executionArn: string): Promise<void> =>
  assertLease(table, { workflow: 'ImportWorkflow', region: regionOf(executionArn), executionArn });

/** What every function of the verification checks first. */
export const assertVerifyMayRun = (table: Pick<BackupTable, 'getItem'>, executionArn: string): Promise<void> =>
  assertLease(table, { workflow: 'VerifyWorkflow', region: regionOf(executionArn), executionArn });

/**
 * Before a drill, and once it has its lease: Halt RestoreInProgress while anything is restored in its Region, or a whole backup
 * in the other one. A drill would take the import job that the restore needs: an account has one at a time, and it is not known
 * for certain that each Region counts its own.
 */
export async function assertNoRestoreBeside(
  deps: RestoreDeps,
  region: string,
  regions: readonly string[],
): Promise<void> {
  const running = await runningRestores(deps, [region, ...regions]);
  const first = running.find((one) => one.region === region || one.selectionFor === undefined);
  if (first !== undefined) throw restoreGoesFirst(first.executionArn);
}

const restoreGoesFirst = (executionArn: string): Halt =>
  new Halt(
    'RestoreInProgress',
    `A restore runs in ${regionOf(executionArn)}: ${executionArn}. It goes before drills, which use the one import job that an account has at a time. The drill ends, and its pool is deleted; start it again when the restore has ended, or leave it to the schedule.`,
  );

/** When a drill began, and where else its installation restores. */
export interface DrillStart {
  readonly startedAt: string;
  /** The other Region; absent in drills that an earlier version began. */
  readonly elsewhere?: readonly string[];
}

/**
 * What every function of a drill checks first: Halt RestoreInProgress when a restore has taken its lease away, or a whole
 * backup is being restored in the other Region since the drill began.
 */
export async function assertDrillMayRun(
  table: Pick<BackupTable, 'getItem'>,
  executionArn: string,
  { startedAt, elsewhere = [] }: DrillStart,
): Promise<void> {
  const region = regionOf(executionArn);
  const holder = await holderOf(table, leaseKey('DrillWorkflow', region));
  if (holder !== undefined && isOfRestore(holder)) throw restoreGoesFirst(holder);
  await assertLease(table, { workflow: 'DrillWorkflow', region, executionArn });
  const restores = await leasedRestores(table, elsewhere);
  const begun = restores.find(
    ({ selectionFor, dryRun, takenAt }) =>
      selectionFor === undefined && dryRun === undefined && Date.parse(takenAt) > Date.parse(startedAt),
  );
  if (begun !== undefined) throw restoreGoesFirst(begun.executionArn);
}

/** Machines are named `<workflow>-<instance id>`. */
const isOfRestore = (executionArn: string): boolean =>
  executionArn.split(':').at(-2)?.startsWith('ImportWorkflow-') === true;

/**
 * A restore that holds its own lease takes that of the drill of its Region away, whoever has it: the drill's functions stop at
 * their next step. The lease is the next drill's once the restore has ended.
 */
export async function takeDrillLease(
  { table, clock }: Pick<LeaseDeps, 'table' | 'clock'>,
  restoreArn: string,
): Promise<void> {
  const key = leaseKey('DrillWorkflow', regionOf(restoreArn));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const holder = await holderOf(table, key);
    if (holder === undefined || isOfRestore(holder)) return;
    const taken = { ...key, executionArn: restoreArn, takenAt: new Date(clock.now()).toISOString() };
    if (await table.putItemIf(taken, { attribute: 'executionArn', value: holder })) return;
  }
}

async function holderOf(table: Pick<BackupTable, 'getItem'>, key: ItemKey): Promise<string | undefined> {
  const lease = await table.getItem(key);
  return typeof lease?.executionArn === 'string' ? lease.executionArn : undefined;
}
