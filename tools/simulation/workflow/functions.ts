import { createHash } from 'node:crypto';
import type { Invocation } from '../../../source/adapters/invocation.ts';
import { objectsBelow, snapshotPlaceIn } from '../../../source/domain/backup/snapshot/place.ts';
import type { SnapshotObjects } from '../../../source/domain/backup/snapshot/place.ts';
import { cleanUpTable } from '../../../source/domain/export/clean-up/clean-up.ts';
import { parseExportEvent, parseRunEvent } from '../../../source/domain/export/export-event.ts';
import { tellingLastSealed } from '../../../source/domain/export/last-sealed.ts';
import { keepSettings } from '../../../source/domain/export/keep-settings.ts';
import { listGroups } from '../../../source/domain/export/list-groups.ts';
import { checkUserPoolConfig } from '../../../source/domain/export/check-user-pool-config.ts';
import { syncGroup } from '../../../source/domain/export/sync-group.ts';
import { syncUsersInGroup } from '../../../source/domain/export/sync-users-in-group.ts';
import { syncUsers } from '../../../source/domain/export/sync-users.ts';
import { assertOwnPool } from '../../../source/domain/drill/assert-own-pool.ts';
import {
  drillStart,
  madePoolIn,
  parseDrillComparison,
  startedDrill,
} from '../../../source/domain/drill/drill-event.ts';
import { isDryRun, parseDrillPoolEvent } from '../../../source/domain/drill/drill-pool-event.ts';
import { endDrill } from '../../../source/domain/drill/end-drill.ts';
import { giveWayToRestore } from '../../../source/domain/drill/give-way.ts';
import { makeThrowAwayPool } from '../../../source/domain/drill/make-pool.ts';
import { waitingForWrites } from '../../../source/domain/import/plan/paused.ts';
import { checkNewUserPool } from '../../../source/domain/import/check-new-user-pool.ts';
import { openedImport, startedImport } from '../../../source/domain/import/import-event.ts';
import { importUsers } from '../../../source/domain/import/import-users.ts';
import type { FederatedMode } from '../../../source/domain/import/plan/identity-plan.ts';
import { REPORT_ROLES } from '../../../source/domain/import/plan/group-roles.ts';
import type { GroupRoleRules } from '../../../source/domain/import/plan/group-roles.ts';
import { scanTable } from '../../../source/domain/import/scan-table.ts';
import { updateUsers } from '../../../source/domain/import/update-users.ts';
import { PASSWORD_BYTES, passwordFrom } from '../../../source/domain/import/updates/password.ts';
import type {
  BackupTable,
  ImportJob,
  ImportJobs,
  ObjectStore,
  Random,
  SettingsReader,
  ThrowAwayPools,
  UserPoolReader,
  UserPoolWriter,
  WakeQueue,
  WorkMessage,
} from '../../../source/domain/ports.ts';
import { verifyBackup } from '../../../source/domain/verify/backup/verify-backup.ts';
import { comparePool } from '../../../source/domain/verify/pool/compare-pool.ts';
import { parseCompareEvent, parseLookEvent } from '../../../source/domain/verify/verify-event.ts';
import { checkStateMachine } from '../../../source/domain/workflow/check-state-machine.ts';
import {
  assertDrillMayRun,
  assertImportMayRun,
  assertVerifyMayRun,
  regionOf,
  takeDrillLease,
} from '../../../source/domain/workflow/lease.ts';
import type { LeaseDeps, SolutionWorkflow } from '../../../source/domain/workflow/lease.ts';
import { pausingForOthers } from '../../../source/domain/workflow/paused-drill.ts';
import { pausingForSelection, selectedSince } from '../../../source/domain/workflow/paused-export.ts';
import { startTimeIn, tellingProgress } from '../../../source/domain/workflow/progress.ts';
import type { TellProgress } from '../../../source/domain/state/work-figures.ts';
import { toldInvocation } from '../../../source/adapters/told-invocation.ts';
import { importJobEnded } from '../../../source/domain/workflow/anonymous-metrics.ts';
import { notify } from '../../../source/domain/workflow/notices/notify.ts';
import type { NotifyDeps } from '../../../source/domain/workflow/notices/notify.ts';
import { withPermittedPorts } from './permitted-ports.ts';
import type { Functions } from './run-workflow.ts';

const TABLE = 'backup-table';
const BUCKET = 'state-bucket';

/** What the functions find in their Region. */
export interface RegionServices extends Pick<NotifyDeps, 'publish' | 'sendAnonymous'> {
  readonly random: Random;
  readonly cognito: UserPoolReader;
  readonly settings: SettingsReader;
  readonly writer: UserPoolWriter;
  readonly jobs: ImportJobs;
  readonly table: BackupTable;
  /** The table as the backup Region, and as the primary one, shows it. */
  readonly replica: Pick<BackupTable, 'getItem'>;
  readonly primary: Pick<BackupTable, 'getItem'>;
  readonly objects: ObjectStore;
  /** Other buckets that an input may name. */
  readonly bucketNamed?: (bucket: string) => SnapshotObjects;
  readonly exportQueue: WakeQueue<WorkMessage>;
  readonly newUsersQueue: WakeQueue<WorkMessage>;
  readonly updatesQueue: WakeQueue<WorkMessage>;
  /** Absent where no pool is ever made. */
  readonly throwAway?: ThrowAwayPools;
  readonly executionStatus: LeaseDeps['executionStatus'];
  /** An invocation that begins now. */
  readonly invocation: () => Invocation;
}

/** What the functions find in their environment. */
export interface FunctionSettings {
  readonly primaryRegion: string;
  readonly secondaryRegion: string;
  readonly primaryUserPoolId: string;
  readonly allowMfa?: boolean;
  /** REPORT where it is not given. */
  readonly federatedUsers?: FederatedMode;
  readonly allowMultipleUsernameAttributes?: boolean;
  /** GroupRoles and GroupRoleArns. */
  readonly groupRoles?: GroupRoleRules;
  readonly callsPerSecond: number;
  readonly retentionDays: number;
  /** Whether calls to Cognito wait for a pacer of their invocation. */
  readonly paced?: boolean;
  /** The bucket of VaultBucketArn. */
  readonly vaultBucket?: string;
}

/** Every function of the workflows, wired to the services of one Region as its file in source/lambda does it. */
export const workflowFunctions = (services: RegionServices, settings: FunctionSettings): Functions => ({
  ...commonFunctions(services, settings),
  ...exportFunctions(services, settings),
  ...importFunctions(services, settings),
  ...verifyFunctions(services, settings),
  ...drillFunctions(services, settings),
});

/** Of the launch: in names and tags of the pools that drills make. */
export const INSTANCE_ID = '0123456789ab';

/** An invocation that tells how far it has come. */
type Told = Invocation & { readonly tell: TellProgress };

interface Telling extends Invocation {
  readonly workflow: SolutionWorkflow;
  readonly executionArn: string;
  readonly event: unknown;
  readonly objects: ObjectStore;
  readonly callsPerSecond: number;
}

/** Counts the calls of an invocation in place of its pacer. */
function telling<T>(
  { workflow, executionArn, event, callsPerSecond, ...deps }: Telling,
  work: (parts: { readonly tell: TellProgress; readonly counted: () => void }) => Promise<T>,
): Promise<T> {
  const pacer = { grants: 0, callsPerSecond };
  const counted = (): void => {
    pacer.grants += 1;
  };
  return tellingProgress(deps, toldInvocation({ workflow, executionArn, event, pacer }), (tell) =>
    work({ tell, counted }),
  );
}

function commonFunctions(
  { table, executionStatus, invocation, publish, sendAnonymous, objects }: RegionServices,
  { primaryRegion, secondaryRegion, primaryUserPoolId, vaultBucket }: FunctionSettings,
): Functions {
  return {
    CheckStateMachine: (event) => {
      const { clock } = invocation();
      return checkStateMachine({ table, executionStatus, clock }, event, {
        regions: [primaryRegion, secondaryRegion],
        tableName: TABLE,
        ...(vaultBucket === undefined ? {} : { vaultBucket }),
      });
    },
    MessageBroker: (event) =>
      notify(
        event,
        { ...invocation(), publish, sendAnonymous, measure: () => undefined, objects },
        {
          preference: 'INFO_AND_ERRORS',
          primaryRegion,
          userPoolId: primaryUserPoolId,
          tableName: TABLE,
          bucket: BUCKET,
          exportWorkflowArn: 'ExportWorkflow',
        },
      ),
  };
}

function exportFunctions(
  { cognito, settings, table, replica, objects, exportQueue, executionStatus, random, invocation }: RegionServices,
  given: FunctionSettings,
): Functions {
  const { primaryRegion, secondaryRegion, callsPerSecond, retentionDays, paced } = given;
  const source = {
    userPoolId: given.primaryUserPoolId,
    allowMfa: given.allowMfa === true,
    allowMultipleUsernameAttributes: given.allowMultipleUsernameAttributes === true,
  };
  const ports = { pool: cognito, settings, table, replica, objects, queue: exportQueue };
  const regions = [primaryRegion, secondaryRegion];
  const calling = async (
    executionArn: string,
    event: unknown,
    work: (deps: typeof ports & Told) => Promise<unknown>,
  ): Promise<unknown> => {
    const begun = invocation();
    const about = { ...begun, workflow: 'ExportWorkflow' as const, executionArn, objects };
    const turn = { executionArn, startTime: startTimeIn(event) };
    return telling({ ...about, event, callsPerSecond }, ({ tell, counted }) =>
      pausingForSelection({ ...begun, table, executionStatus, objects, regions, tell }, turn, (assertLease) =>
        withPermittedPorts(
          { pool: cognito, settings },
          { ...about, assertLease, counted, ...(paced === true ? { callsPerSecond } : {}) },
          (cognitos) => tellingLastSealed(table, () => work({ ...ports, ...begun, ...cognitos, tell })),
        ),
      ),
    );
  };
  const step =
    (work: (deps: typeof ports & Told, event: ReturnType<typeof parseRunEvent>) => Promise<unknown>) =>
    async (event: unknown): Promise<unknown> => {
      const parsed = parseRunEvent(event);
      return calling(parsed.executionArn, event, (deps) => work(deps, parsed));
    };
  return {
    CheckUserPoolConfig: (event) => {
      const parsed = parseExportEvent(event);
      return calling(parsed.executionArn, event, (deps) => checkUserPoolConfig({ ...deps, random }, source, parsed));
    },
    KeepSettings: step((deps, { runId }) => keepSettings(deps, runId)),
    SyncUsers: step((deps, { runId }) => syncUsers(deps, { runId, callsPerSecond })),
    ListGroups: step((deps, { runId }) => listGroups(deps, runId)),
    SyncGroup: step((deps, { runId }) => syncGroup(deps, runId)),
    SyncUsersInGroup: step((deps, { runId }) => syncUsersInGroup(deps, runId)),
    BackupTableCleanup: step((deps, { runId, allowMassDelete, allowMassChange }) =>
      cleanUpTable(
        { ...deps, selectedSince: (since, poolId) => selectedSince({ table, regions }, since, poolId) },
        {
          runId,
          allowMassDelete,
          allowMassChange,
          maxDeletePercent: 20,
          maxChangePercent: 50,
          uncountedAttributes: [],
          softwareVersion: 'v2.1.0',
          keepSnapshot: retentionDays > 0,
          replicaRegion: secondaryRegion,
        },
      ),
    ),
  };
}

function importFunctions(
  {
    cognito,
    writer,
    jobs,
    table,
    objects,
    newUsersQueue: newUsers,
    updatesQueue: updates,
    bucketNamed,
    ...services
  }: RegionServices,
  { primaryUserPoolId, callsPerSecond, paced, groupRoles = REPORT_ROLES, federatedUsers = 'REPORT' }: FunctionSettings,
): Functions {
  const { random, invocation, sendAnonymous, throwAway } = services;
  const newSecret = (): string => createHash('sha256').update(String(random())).digest('hex');
  const ports = { pools: cognito, pool: cognito, writer, jobs, table, objects, newUsers, updates };
  const calling = async (
    { executionArn, options }: ReturnType<typeof startedImport>,
    event: unknown,
    work: (deps: typeof ports & Told & { readonly snapshots?: SnapshotObjects }) => Promise<unknown>,
  ): Promise<unknown> => {
    const place = options.snapshotPrefix === undefined ? undefined : snapshotPlaceIn(options.snapshotPrefix);
    const snapshots =
      place === undefined || bucketNamed === undefined
        ? {}
        : { snapshots: objectsBelow(bucketNamed(place.bucket), place.base) };
    const drill = madePoolIn(event);
    const workflow = drill === undefined ? ('ImportWorkflow' as const) : ('DrillWorkflow' as const);
    const assertLease = (): Promise<void> =>
      drill === undefined ? assertImportMayRun(table, executionArn) : assertDrillMayRun(table, executionArn, drill);
    await assertLease();
    const begun = invocation();
    const about = { ...begun, workflow, executionArn, objects, assertLease };
    const ceiling = { callsPerSecond: options.cognitoTps ?? callsPerSecond };
    return telling({ ...about, event, ...ceiling }, ({ tell, counted }) => {
      const working = (): Promise<unknown> =>
        withPermittedPorts(
          {
            pools: cognito,
            pool: cognito,
            writer,
            jobs,
            owners: { identity: (poolId: string) => throwAway?.identity(poolId) ?? nobodys() },
          },
          { ...about, counted, ...(paced === true ? ceiling : {}) },
          async ({ owners, ...cognitos }) => {
            if (drill !== undefined)
              await assertOwnPool({ executionArn, options, drill }, { ...owners, instanceId: INSTANCE_ID });
            return waitingForWrites({ ...begun, objects }, options.newUserPoolId, () =>
              work({ ...ports, ...begun, ...cognitos, ...snapshots, tell }),
            );
          },
        );
      return drill === undefined
        ? working()
        : pausingForOthers({ ...about, tell }, { executionArn, startTime: startTimeIn(event) }, working);
    });
  };
  const step =
    (
      work: (
        deps: Parameters<Parameters<typeof calling>[2]>[0],
        parsed: ReturnType<typeof openedImport>,
        event: unknown,
      ) => Promise<unknown>,
    ) =>
    async (event: unknown): Promise<unknown> => {
      const parsed = openedImport(event);
      return calling(parsed, event, (deps) => work(deps, parsed, event));
    };
  const target = ({ options: { newUserPoolId, selectionId }, restore }: ReturnType<typeof openedImport>) => ({
    newUserPoolId,
    ...restore,
    ...(selectionId === undefined ? {} : { selectionId }),
  });
  return {
    CheckNewUserPool: async (event) => {
      const started = startedImport(event);
      const { executionArn, options } = started;
      return calling(started, event, (deps) =>
        checkNewUserPool(
          {
            options,
            region: regionOf(executionArn),
            primaryUserPoolId,
            tableName: TABLE,
            inDrill: madePoolIn(event) !== undefined,
          },
          { ...deps, random },
        ),
      );
    },
    ScanTable: step((deps, { options, restore }, event) =>
      scanTable(
        { ...restore, options, tableName: TABLE, groupRoles, inDrill: madePoolIn(event) !== undefined },
        { ...deps, newSecret, federatedUsers },
      ),
    ),
    ImportUsers: step((deps, event) => {
      const jobEnded = (job: ImportJob): Promise<void> =>
        sendAnonymous(importJobEnded(job, regionOf(event.executionArn)));
      return importUsers(target(event), { ...deps, jobEnded });
    }),
    UpdateUsers: step((deps, event) =>
      updateUsers(
        { ...target(event), executionArn: event.executionArn, bucket: BUCKET },
        { ...deps, newPassword: () => passwordFrom(Buffer.alloc(PASSWORD_BYTES, 7)) },
      ),
    ),
  };
}

function verifyFunctions(
  { table, primary, objects, cognito: pool, invocation }: RegionServices,
  { primaryRegion, retentionDays, callsPerSecond, paced }: FunctionSettings,
): Functions {
  return {
    VerifyBackup: async (event) => {
      const parsed = parseLookEvent(event);
      await assertVerifyMayRun(table, parsed.executionArn);
      const region = regionOf(parsed.executionArn);
      const begun = invocation();
      const about = { ...begun, workflow: 'VerifyWorkflow' as const, executionArn: parsed.executionArn, objects };
      return telling({ ...about, event, callsPerSecond }, ({ tell }) =>
        verifyBackup(
          { ...parsed, tableName: TABLE, region, primaryRegion, retentionDays },
          { ...begun, table, objects, tell, ...(region === primaryRegion ? {} : { primary }) },
        ),
      );
    },
    ComparePool: async (event) => {
      const drill = madePoolIn(event);
      const isDrill = drill !== undefined;
      const workflow = isDrill ? ('DrillWorkflow' as const) : ('VerifyWorkflow' as const);
      const parsed = isDrill ? parseDrillComparison(event) : parseCompareEvent(event);
      const { executionArn } = parsed;
      const assertLease = (): Promise<void> =>
        drill === undefined ? assertVerifyMayRun(table, executionArn) : assertDrillMayRun(table, executionArn, drill);
      await assertLease();
      const begun = invocation();
      const about = { ...begun, workflow, executionArn, objects, assertLease };
      return telling({ ...about, event, callsPerSecond }, ({ tell, counted }) => {
        const comparing = (): Promise<unknown> =>
          withPermittedPorts(
            { pool },
            { ...about, counted, ...(paced === true ? { callsPerSecond } : {}) },
            (cognitos) =>
              comparePool(
                { ...parsed, tableName: TABLE, bucket: BUCKET },
                { ...begun, table, objects, tell, ...cognitos },
              ),
          );
        return isDrill
          ? pausingForOthers({ ...about, tell }, { executionArn, startTime: startTimeIn(event) }, comparing)
          : comparing();
      });
    },
  };
}

/** Where no pool is ever made, none is a drill's. */
const nobodys = (): Promise<undefined> => Promise.resolve(undefined);

function drillFunctions(
  { table, objects, throwAway, invocation }: RegionServices,
  { callsPerSecond, paced }: FunctionSettings,
): Functions {
  return {
    DrillPool: async (event) => {
      const { step, state } = parseDrillPoolEvent(event);
      if (step === 'give way' && isDryRun(state)) return { ended: 0, left: 0 };
      const { executionArn } = state;
      const assertLease = {
        make: () => assertDrillMayRun(table, executionArn, drillStart(state)),
        end: () => Promise.resolve(),
        'give way': () => assertImportMayRun(table, executionArn),
      }[step];
      await assertLease();
      const begun = invocation();
      const workflow = step === 'give way' ? ('ImportWorkflow' as const) : ('DrillWorkflow' as const);
      const about = { ...begun, workflow, executionArn, objects, assertLease };
      const working = (counted: () => void): Promise<unknown> =>
        withPermittedPorts(
          { pools: throwAway ?? ({} as ThrowAwayPools) },
          { ...about, counted, ...(paced === true ? { callsPerSecond } : {}) },
          ({ pools }): Promise<unknown> => {
            const deps = { ...begun, pools, table, tableName: TABLE, objects, instanceId: INSTANCE_ID, callsPerSecond };
            if (step === 'make') return makeThrowAwayPool(startedDrill(state), deps);
            const takeLeaseAway = (): Promise<void> => takeDrillLease({ table, clock: begun.clock }, executionArn);
            return step === 'end' ? endDrill(state, deps) : giveWayToRestore({ ...deps, takeLeaseAway });
          },
        );
      if (step === 'give way') return working(() => undefined);
      const answer = await telling({ ...about, event: state, callsPerSecond }, ({ tell, counted }) =>
        pausingForOthers({ ...about, tell }, { executionArn, startTime: startTimeIn(state) }, () => working(counted)),
      );
      return step === 'make' && 'paused' in (answer as object) ? { ...state, ...(answer as object) } : answer;
    },
  };
}
