import type { PoolGroup } from '../../model.ts';
import { ownGroupsOf } from './asked.ts';
import type { AskedGroup, MeantUser } from './asked.ts';
import { EXISTS } from './account-update.ts';
import { classified } from './decide-users.ts';
import type { DecisionBasis } from './decide-users.ts';
import { isMade } from './decisions.ts';
import type { GroupDecision, GroupSetting, MembershipDecision, UserDecision } from './decisions.ts';
import { HAS_ROLE, isSetting, OTHER_ROLE } from './group-settings.ts';
import { GROUP_LACKING } from './report.ts';
import type { SelectionResult } from './report.ts';

/** Decides about the groups that are asked for. */
export const decideGroups = (basis: DecisionBasis): GroupDecision[] =>
  basis.asked.groups.map((group) => decideGroup(group, basis));

function decideGroup(
  { name, backup, found }: AskedGroup,
  { request, poolGroups, roles }: DecisionBasis,
): GroupDecision {
  const about = { kind: 'group', group: name, run: backup.accepted.manifest.runId } as const;
  const end = (result: SelectionResult, what: string): GroupDecision => ({ ...about, result, what });
  if (found === undefined) return end('notInBackup', 'the run holds no such group');
  const there = poolGroups.get(name);
  const { description, precedence, roleArn } = found;
  const role = roles.get(name);
  if (there === undefined)
    return {
      ...end('created', roleArn === undefined || role !== undefined ? '' : 'without its IAM role: no map names one'),
      make: {
        ...(role === undefined ? {} : { roleArn: role }),
        ...(description === undefined ? {} : { description }),
        ...(precedence === undefined ? {} : { precedence }),
      },
    };
  if (request.existing === 'skip') return end('skipped', 'the pool has the group');
  if (request.existing === 'fail') return end('skipped', EXISTS);
  const set = differingSettings(found, there);
  if (set.length === 0) return end('unchanged', role === undefined || role === there.roleArn ? '' : OTHER_ROLE);
  const fields = set.map(({ field }) => field).join(', ');
  // Whether UpdateGroup without a role takes the role away is not documented, and to give it again takes iam:PassRole.
  if (there.roleArn === undefined) return { ...end('updated', fields), set };
  if (there.roleArn !== role) return end('failed', `${fields} not set: ${HAS_ROLE}`);
  return { ...end('updated', fields), set, keepsRole: role };
}

/** What the backup holds of a group and the pool has otherwise. */
function differingSettings(wanted: PoolGroup, there: PoolGroup): GroupSetting[] {
  return (['description', 'precedence'] as const).flatMap((field) => {
    const [after, before] = [wanted[field], there[field] ?? null];
    return after === undefined || isSetting(there, { field }, after) ? [] : [{ field, before, after }];
  });
}

/**
 * Decides about memberships: those of users who are made or updated, in groups that there are or will be; and those of the
 * groups that are asked for, of members who are in the pool or will be. Nothing is taken away.
 */
export function decideMemberships(
  basis: DecisionBasis,
  users: readonly UserDecision[],
  groups: readonly GroupDecision[],
): MembershipDecision[] {
  const decided = new Map<string, MembershipDecision>();
  const add = (decision: MembershipDecision): void => {
    const key = `${decision.sub} ${decision.group}`;
    if (!decided.has(key)) decided.set(key, decision);
  };
  const userOf = new Map(users.map((user) => [user.sub, user]));
  const made = new Set(groups.flatMap(({ group, make }) => (make === undefined ? [] : [group])));
  const exists = (group: string): boolean => made.has(group) || basis.poolGroups.has(group);
  const absent = new Set(groups.flatMap(({ group, result }) => (result === 'notInBackup' ? [group] : [])));
  for (const asked of basis.asked.groups) {
    if (absent.has(asked.name)) continue;
    for (const member of asked.members)
      add(membershipOfGroup(member, asked.name, { basis, user: userOf.get(member.user.sub), made, exists }));
  }
  for (const found of basis.asked.users) {
    const user = userOf.get(found.user.sub);
    if (user === undefined || !isWritten(user)) continue;
    for (const group of ownGroupsOf(found)) add(membership(found, group, user, { basis, made, exists }));
  }
  return [...decided.values()];
}

interface Around {
  readonly basis: DecisionBasis;
  /** Groups that the selection makes. */
  readonly made: ReadonlySet<string>;
  readonly exists: (group: string) => boolean;
}

/** The user is made by the selection, or an account gets what the backup holds. */
const isWritten = (user: UserDecision): boolean =>
  isMade(user) || user.result === 'updated' || user.result === 'unchanged';

/** Of a member of a group that is asked for. */
function membershipOfGroup(
  member: MeantUser,
  group: string,
  around: Around & { readonly user: UserDecision | undefined },
): MembershipDecision {
  const { basis, user } = around;
  // Whose account is that of another user of the request gets nothing by it.
  if (user !== undefined && (isWritten(user) || (user.result === 'collision' && user.poolSub === undefined)))
    return membership(member, group, user, around);
  const how = classified(member, basis);
  const name = how.way === 'exclude' ? member.name : how.user.name;
  const identity = basis.identityOf({ sub: member.user.sub, name });
  const about = aboutMembership(member, group);
  if (identity.is === 'nobody') return { ...about, result: 'gone', what: 'the member is not in the pool' };
  if (identity.is === 'stranger')
    return { ...about, result: 'gone', what: `the member is not in the pool: ${identity.why}` };
  return ofAccount({ ...about, poolSub: identity.account.sub }, identity.account.sub, around);
}

function membership(found: MeantUser, group: string, user: UserDecision, around: Around): MembershipDecision {
  const about = aboutMembership(found, group);
  if (!around.exists(group)) return { ...about, result: 'gone', what: GROUP_LACKING };
  if (isMade(user)) return { ...about, result: 'created', what: '', op: 'add' };
  if (user.poolSub === undefined || user.result === 'collision')
    return { ...about, result: 'gone', what: 'the member is not in the pool' };
  return ofAccount({ ...about, poolSub: user.poolSub }, user.poolSub, around);
}

function ofAccount(
  about: Omit<MembershipDecision, 'result' | 'what'>,
  poolSub: string,
  { basis: { members, request }, made }: Around,
): MembershipDecision {
  if (members.has(about.group, poolSub)) return { ...about, result: 'unchanged', what: '' };
  if (request.existing !== 'update' && !made.has(about.group))
    return { ...about, result: 'skipped', what: 'the pool has the user and the group' };
  return { ...about, result: 'created', what: '', op: 'add' };
}

const aboutMembership = (
  { user, name, backup }: MeantUser,
  group: string,
): Omit<MembershipDecision, 'result' | 'what'> => ({
  kind: 'membership',
  sub: user.sub,
  name,
  group,
  run: backup.accepted.manifest.runId,
});
