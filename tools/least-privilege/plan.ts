import { rolesOf } from '../../source/domain/operator/permissions/roles.ts';
import type { Role } from '../../source/domain/operator/permissions/roles.ts';
import type { Template } from '../../source/domain/operator/permissions/template.ts';

/** What is done without a statement: a workflow is run on a launched stack, or the stack is launched and uninstalled. */
export type Scenario =
  | 'export'
  | 'import'
  | 'import of a snapshot'
  | 'import with a failed job'
  | 'import from a vault'
  | 'import from an earlier launch'
  | 'import with roles of groups'
  | 'selection'
  | 'drill'
  | 'verify backup'
  | 'compare pool'
  | 'look at the backup'
  | 'look at the exports'
  | 'launch';

/** One statement that is taken away. */
export interface Experiment {
  readonly role: string;
  readonly sid: string;
  readonly scenario: Scenario;
}
export const statementName = ({ role, sid }: Pick<Experiment, 'role' | 'sid'>): string => `${role}/${sid}`;

/** Roles of functions that work for a workflow, with the shortest scenario in which each of them has to do its work. */
const WORKFLOW_ROLES: Readonly<Record<string, Scenario>> = {
  CheckStateMachineRole: 'export',
  MessageBrokerRole: 'export',
  CheckUserPoolConfigRole: 'export',
  KeepSettingsRole: 'export',
  SyncUsersRole: 'export',
  ListGroupsRole: 'export',
  SyncGroupRole: 'export',
  SyncUsersInGroupRole: 'export',
  BackupTableCleanupRole: 'export',
  CheckNewUserPoolRole: 'import',
  ScanTableRole: 'import',
  ImportUsersRole: 'import',
  UpdateUsersRole: 'import',
  VerifyBackupRole: 'verify backup',
  ComparePoolRole: 'compare pool',
  DrillPoolRole: 'drill',
  WatchBackupRole: 'look at the backup',
};
/** Statements that only a restore with another input uses, or one that does not go smoothly. */
const OTHER_SCENARIO: Readonly<Record<string, Scenario>> = {
  'CheckNewUserPoolRole/Snapshots': 'import of a snapshot',
  'ScanTableRole/Snapshots': 'import of a snapshot',
  'CheckNewUserPoolRole/VaultSnapshots': 'import from a vault',
  'CheckNewUserPoolRole/ListVaultSnapshots': 'import from a vault',
  'CheckNewUserPoolRole/VaultKey': 'import from a vault',
  'CheckNewUserPoolRole/EarlierSnapshots': 'import from an earlier launch',
  'CheckNewUserPoolRole/ListEarlierSnapshots': 'import from an earlier launch',
  'ScanTableRole/VaultSnapshots': 'import from a vault',
  'ScanTableRole/ListVaultSnapshots': 'import from a vault',
  'ScanTableRole/VaultKey': 'import from a vault',
  'ScanTableRole/EarlierSnapshots': 'import from an earlier launch',
  'ScanTableRole/ListEarlierSnapshots': 'import from an earlier launch',
  'UpdateUsersRole/PassGroupRoles': 'import with roles of groups',
  'ImportUsersRole/ImportJobLogs': 'import with a failed job',
  // The Region of the exports has these; in the other one there is nothing to ask.
  'WatchBackupRole/ExportSchedule': 'look at the exports',
  'WatchBackupRole/Exports': 'look at the exports',
  'WatchBackupRole/EndOfExport': 'look at the exports',
};
/** What only a drill uses, whichever function has it. */
const DRILL_STATEMENTS: readonly string[] = ['CallPermitOfDrill', 'DrillPool'];
/** What single users and groups into a pool in use cannot be restored without: tried in that scenario, too. */
const SELECTION: Readonly<Record<string, readonly string[]>> = {
  CheckNewUserPoolRole: ['NewUserPool', 'BackupTables', 'State'],
  ScanTableRole: ['NewUserPool', 'BackupTables', 'State', 'CallPermit'],
  UpdateUsersRole: ['NewUserPool', 'BackupTable', 'State', 'CallPermit'],
};
/** Refusals that a function explains to the operator instead of naming the call. */
export const IN_OTHER_WORDS: Readonly<Record<string, string>> = {
  'StackCheckerFunctionRole/Assets': 'does not let this account read',
  'StackCheckerFunctionRole/RegionUsable': 'refuses calls of this account',
  'StackSetFunctionRole/PassAdministrationRole': 'iam:PassRole',
  // The group comes back without its role; the report names the refusal.
  'UpdateUsersRole/PassGroupRoles': 'groups missing or different',
  'SecondaryUserPoolTableFunctionRole/Key': 'kms:',
};
/** Functions of custom resources only work when a stack is launched, updated or uninstalled. */
const isCustomResource = ({ functions }: Role): boolean =>
  functions.some((name) => /(Checker|Constants|StackSet|Table)Function$/.test(name));

/** The scenarios in the order in which they run: exports change the backup, verifications and restores do not. */
const ORDER: readonly Scenario[] = [
  'export',
  'verify backup',
  'compare pool',
  'look at the backup',
  'look at the exports',
  'import',
  'import of a snapshot',
  'import with a failed job',
  'import from a vault',
  'import from an earlier launch',
  'import with roles of groups',
  'selection',
  'drill',
  'launch',
];

/**
 * Every statement of every role that a Lambda function has.
 * @throws Error naming a function's role for which no scenario is known
 */
export function experimentsOf(templates: readonly Template[]): readonly Experiment[] {
  const experiments = templates
    .flatMap(rolesOf)
    .filter(({ functions }) => functions.length > 0)
    .flatMap((role) => {
      const scenario = WORKFLOW_ROLES[role.id] ?? (isCustomResource(role) ? 'launch' : undefined);
      if (scenario === undefined)
        throw new Error(
          `No scenario is known in which the function of ${role.id} works. Add the role to tools/least-privilege/plan.ts.`,
        );
      return role.statements.flatMap(({ Sid: sid = '' }): Experiment[] => {
        const about = { role: role.id, sid };
        return [
          {
            ...about,
            scenario: DRILL_STATEMENTS.includes(sid) ? 'drill' : (OTHER_SCENARIO[statementName(about)] ?? scenario),
          },
          ...(SELECTION[role.id]?.includes(sid) === true ? [{ ...about, scenario: 'selection' as const }] : []),
        ];
      });
    });
  return ORDER.flatMap((scenario) => experiments.filter((experiment) => experiment.scenario === scenario));
}

/** Roles that services take, not functions: the local cloud does not ask for their permissions, tests of the templates do. */
export const rolesOfServices = (templates: readonly Template[]): readonly string[] =>
  templates
    .flatMap(rolesOf)
    .filter(({ functions }) => functions.length === 0)
    .map(({ id }) => id);
