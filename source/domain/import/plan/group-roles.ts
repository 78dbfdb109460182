import * as v from 'valibot';
import type { ObjectStore } from '../../ports.ts';
import { restorePrefix } from './plan-model.ts';
import type { PlannedGroup } from './plan-model.ts';

/** The parameters GroupRoles and GroupRoleArns. */
export interface GroupRoleRules {
  /** REPORT gives no group a role; MAP gives those that a map names. */
  readonly mode: 'REPORT' | 'MAP';
  /** The only roles that may be passed. */
  readonly allowed: readonly string[];
}

/** Without the parameters. */
export const REPORT_ROLES: GroupRoleRules = { mode: 'REPORT', allowed: [] };

/** Where the map of roles for a pool lies; whoever starts the workflow writes it. */
export const groupRoleMapKey = (poolId: string): string => `${restorePrefix(poolId)}group-roles.json`;

/** The map that an execution names, and what the stack allows. */
export interface RoleMapAsked {
  readonly key: string | undefined;
  readonly region: string;
  readonly rules: GroupRoleRules;
}

/** Roles by group, and sentences about what is wrong, without the names of groups. */
export interface GroupRoles {
  readonly roles: ReadonlyMap<string, string>;
  readonly findings: readonly string[];
}

const mapShape = v.record(v.string(), v.record(v.pipe(v.string(), v.nonEmpty()), v.string()));
const EXAMPLE = '{"us-east-1": {"admins": "arn:aws:iam::111122223333:role/admins"}}';
const ROLE_ARN = /^arn:([a-z-]+):iam::(\d{12}):role\/\S+$/;
const MOST_FINDINGS = 5;

/** Reads the roles of this Region's groups; every role must be one that GroupRoleArns lists. */
export async function readGroupRoles(
  { key, region, rules }: RoleMapAsked,
  objects: Pick<ObjectStore, 'get'>,
): Promise<GroupRoles> {
  const refused = (finding: string): GroupRoles => ({ roles: new Map(), findings: [finding] });
  if (key === undefined) return { roles: new Map(), findings: [] };
  if (rules.mode === 'REPORT')
    return refused(
      'GroupRoleMap is given, and the parameter GroupRoles is REPORT: set it to MAP and list the roles in GroupRoleArns by an update of the stack, or leave GroupRoleMap out',
    );
  const stored = await objects.get(key);
  if (stored === undefined)
    return refused(`the mapping-file bucket of this Region has no ${key}, which GroupRoleMap names: write it first`);
  const map = parsed(Buffer.from(stored.body).toString('utf8'));
  if (map === undefined) return refused(`${key} is no map from Region to group to role, such as ${EXAMPLE}`);
  const ofRegion = Object.hasOwn(map, region) ? map[region] : undefined;
  if (ofRegion === undefined) return refused(`${key} names no roles for ${region}, where this restore runs`);
  const wrong = Object.values(ofRegion).flatMap((role, index) => {
    const why = whyNot(role, rules.allowed);
    return why === undefined ? [] : [`entry ${index + 1} of ${region} in ${key} ${why}`];
  });
  return { roles: new Map(Object.entries(ofRegion)), findings: shortened(wrong) };
}

/** Entries of the map whose group the backup lacks, by their place. */
export function unknownGroups({ roles }: GroupRoles, groups: readonly { readonly name: string }[]): readonly string[] {
  const known = new Set(groups.map(({ name }) => name));
  const unknown = [...roles.keys()].flatMap((name, index) =>
    known.has(name) ? [] : [`entry ${index + 1} of GroupRoleMap names a group that the backup does not have`],
  );
  return shortened(unknown);
}

/** The groups with the roles that they get. */
export const withRoles = (groups: readonly PlannedGroup[], roles: ReadonlyMap<string, string>): PlannedGroup[] =>
  groups.map((group) => {
    const newRoleArn = roles.get(group.name);
    return newRoleArn === undefined ? group : { ...group, newRoleArn };
  });

/** True where the backup holds a role and the restored group gets none. */
export const losesItsRole = ({ roleArn, newRoleArn }: Pick<PlannedGroup, 'roleArn' | 'newRoleArn'>): boolean =>
  roleArn !== undefined && newRoleArn === undefined;

function parsed(text: string): v.InferOutput<typeof mapShape> | undefined {
  try {
    const result = v.safeParse(mapShape, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** What is not the ARN of a role is not repeated: it could be anything. */
function whyNot(role: string, allowed: readonly string[]): string | undefined {
  if (allowed.includes(role)) return undefined;
  const [, partition, account] = ROLE_ARN.exec(role) ?? [];
  if (partition === undefined) return 'does not give the ARN of an IAM role';
  const [, ownPartition, ownAccount] = ROLE_ARN.exec(allowed[0] ?? '') ?? [];
  if (ownAccount !== undefined && (account !== ownAccount || partition !== ownPartition))
    return `gives a role of another account or partition (${role}), which nobody can pass here`;
  return `gives ${role}, which the parameter GroupRoleArns does not list`;
}

const shortened = (findings: readonly string[]): readonly string[] =>
  findings.length <= MOST_FINDINGS
    ? findings
    : [...findings.slice(0, MOST_FINDINGS), `and ${findings.length - MOST_FINDINGS} more entries of that kind`];
