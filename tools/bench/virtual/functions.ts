import type {
  BackupTable,
  Clock,
  ImportJobs,
  Log,
  ObjectStore,
  Random,
  UserPoolReader,
  UserPoolWriter,
  WakeQueue,
  WorkMessage,
} from '../../../source/domain/ports.ts';
import { cleanUpTable } from '../../../source/domain/export/clean-up/clean-up.ts';
import { parseRunEvent } from '../../../source/domain/export/export-event.ts';
import { listGroups } from '../../../source/domain/export/list-groups.ts';
import { checkUserPoolConfig } from '../../../source/domain/export/check-user-pool-config.ts';
import { syncGroup } from '../../../source/domain/export/sync-group.ts';
import { syncUsersInGroup } from '../../../source/domain/export/sync-users-in-group.ts';
import { syncUsers } from '../../../source/domain/export/sync-users.ts';
import { openedImport, startedImport } from '../../../source/domain/import/import-event.ts';
import { importUsers } from '../../../source/domain/import/import-users.ts';
import { scanTable } from '../../../source/domain/import/scan-table.ts';
import { checkNewUserPool } from '../../../source/domain/import/check-new-user-pool.ts';
import { PASSWORD_BYTES, passwordFrom } from '../../../source/domain/import/updates/password.ts';
import { updateUsers } from '../../../source/domain/import/update-users.ts';
import { verifyBackup } from '../../../source/domain/verify/backup/verify-backup.ts';
import { comparePool } from '../../../source/domain/verify/pool/compare-pool.ts';
import { parseCompareEvent, parseLookEvent } from '../../../source/domain/verify/verify-event.ts';
import { checkStateMachine } from '../../../source/domain/workflow/check-state-machine.ts';
import { SOURCE_POOL } from './source-pool.ts';

export const REGIONS = { export: 'us-east-1', import: 'eu-west-1', verify: 'eu-west-1' } as const;
const TABLE = 'backup-table';
const BUCKET = 'state-bucket';
const SNAPSHOT_RETENTION_DAYS = 35;
type Handler = (event: unknown) => Promise<unknown>;

/** What the functions find in their Regions. */
export interface Services {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly callsPerSecond: number;
  readonly cognito: UserPoolReader;
  readonly writer: UserPoolWriter;
  readonly jobs: ImportJobs;
  readonly table: BackupTable;
  readonly exportObjects: ObjectStore;
  readonly importObjects: ObjectStore;
  readonly exportQueue: WakeQueue<WorkMessage>;
  readonly newUsersQueue: WakeQueue<WorkMessage>;
  readonly updatesQueue: WakeQueue<WorkMessage>;
  /** A claim of one invocation. */
  newClaim(): string;
  /** Milliseconds left of an invocation that begins now. */
  timeLeft(): () => number;
}

/** What the function files of source/lambda do, with the in-memory services in place of the adapters. */
export function functionsOn(cloud: Services): Readonly<Record<string, Handler>> {
  const { clock, random, log, cognito, writer, jobs, table, exportObjects, importObjects } = cloud;
  const { exportQueue, newUsersQueue: newUsers, updatesQueue: updates } = cloud;
  const executionStatus = (): Promise<'gone'> => Promise.resolve('gone');
  const common = () => ({ clock, log, claim: cloud.newClaim(), timeLeft: cloud.timeLeft() });
  const exporting = () => ({
    ...common(),
    pool: cognito,
    table,
    replica: table,
    objects: exportObjects,
    queue: exportQueue,
  });
  const importing = () => ({ ...common(), objects: importObjects, pool: cognito, updates });
  const runId = (event: unknown): string => parseRunEvent(event).runId;
  return {
    CheckStateMachine: (event) => checkStateMachine({ table, executionStatus, clock }, event, Object.values(REGIONS)),
    CheckUserPoolConfig: () =>
      checkUserPoolConfig({ pool: cognito, table, objects: exportObjects, clock, random }, SOURCE_POOL),
    SyncUsers: (event) => syncUsers(exporting(), { runId: runId(event), callsPerSecond: cloud.callsPerSecond }),
    ListGroups: (event) => listGroups(exporting(), runId(event)),
    SyncGroup: (event) => syncGroup(exporting(), runId(event)),
    SyncUsersInGroup: (event) => syncUsersInGroup(exporting(), runId(event)),
    BackupTableCleanup: (event) =>
      cleanUpTable(exporting(), {
        runId: runId(event),
        allowMassDelete: false,
        maxDeletePercent: 20,
        softwareVersion: 'bench',
        keepSnapshot: true,
        replicaRegion: REGIONS.import,
      }),
    MessageBroker: async () => {
      await importObjects.put('notices/bench', '');
      return {};
    },
    CheckNewUserPool: (event) => {
      const { options } = startedImport(event);
      return checkNewUserPool(
        { options, region: REGIONS.import, primaryUserPoolId: SOURCE_POOL, tableName: TABLE },
        { pools: cognito, table, objects: importObjects, clock, random, log },
      );
    },
    ScanTable: (event) => {
      const { options, restore } = openedImport(event);
      return scanTable(
        { ...restore, options, tableName: TABLE },
        { ...common(), pools: cognito, jobs, table, objects: importObjects, newUsers, updates },
      );
    },
    ImportUsers: (event) => {
      const { options, restore } = openedImport(event);
      return importUsers(
        { newUserPoolId: options.newUserPoolId, ...restore },
        { ...importing(), jobs, newUsers, jobEnded: () => Promise.resolve() },
      );
    },
    UpdateUsers: (event) => {
      const { executionArn, options, restore } = openedImport(event);
      const input = { newUserPoolId: options.newUserPoolId, ...restore, executionArn, bucket: BUCKET };
      return updateUsers(input, {
        ...importing(),
        writer,
        newPassword: () => passwordFrom(Buffer.alloc(PASSWORD_BYTES, 7)),
      });
    },
    VerifyBackup: (event) =>
      verifyBackup(
        {
          ...parseLookEvent(event),
          tableName: TABLE,
          region: REGIONS.verify,
          primaryRegion: REGIONS.export,
          retentionDays: SNAPSHOT_RETENTION_DAYS,
        },
        { ...common(), table, objects: importObjects, primary: table },
      ),
    ComparePool: (event) =>
      comparePool(
        { ...parseCompareEvent(event), tableName: TABLE, bucket: BUCKET },
        { ...common(), table, objects: importObjects, pool: cognito },
      ),
  };
}
