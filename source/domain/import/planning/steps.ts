import { losesItsRole, readGroupRoles, unknownGroups, withRoles } from '../plan/group-roles.ts';
import { plannedGroupShape } from '../plan/plan-model.ts';
import { offeredRecovery, RECOVERY_STEP } from '../csv/recovery.ts';
import { assertPreflight, preflight } from '../preflight/preflight.ts';
import { counted, countedAs, number } from '../../counted.ts';
import { isPossibleName, POSSIBLE_NAMES } from '../../model.ts';
import type { PoolSettings } from '../../model.ts';
import { subShape } from '../../state/shape.ts';
import { putList, readList } from '../../state/stored-list.ts';
import { aliasLoserShape } from './alias-collisions.ts';
import { CHUNK_LIMITS } from './chunk-size.ts';
import type { ChunkLimits } from './chunk-size.ts';
import { classifyBackup } from './classify-backup.ts';
import type { ClassifiedBackup } from './classify-backup.ts';
import { cutChunk, newDraft } from './cut-chunk.ts';
import { afterCollisions, givingWay } from './giving-way.ts';
import { heldAgainst, sourceOfPreflight } from './known-settings.ts';
import { describeTarget, mfaFacts, nameLockedOut } from './mfa-target.ts';
import { orderByGroup } from './order-by-group.ts';
import {
  aliasLosersKey,
  byOtherAddressKey,
  losersKey,
  plannedGroupsKey,
  roleMapAsked,
  rulesFor,
  spoolPrefix,
} from './planning-run.ts';
import type { PlanningRun } from './planning-run.ts';
import type { StateOf } from './planning-state.ts';

const limitsOf = ({ limits }: PlanningRun['deps']): ChunkLimits => limits ?? CHUNK_LIMITS;

/** Decides about everybody once and holds the new pool against what was found: Halt PreflightFailed with every finding. */
export async function classifyStep(
  { accepted: asRead, counts, orphans, parts }: StateOf<'classify'>,
  run: PlanningRun,
): Promise<StateOf<'order'>> {
  const { input, deps, folder } = run;
  const poolId = input.options.newUserPoolId;
  const pool = await describeTarget(deps.pools, poolId);
  const header = await deps.jobs.csvHeader(poolId);
  const { settings } = pool;
  const accepted = heldAgainst(asRead, settings);
  const rules = {
    ...rulesFor(input, accepted, { pool, header }),
    caseSensitive: settings.caseSensitive,
    sourceCaseSensitive: accepted.manifest.poolSettings.caseSensitive,
  };
  const found = await classifyBackup({
    objects: deps.objects,
    parts,
    prefix: spoolPrefix(run, 'classified'),
    rules,
    firstChunkUsers: limitsOf(deps).firstChunkUsers,
    orphans,
    sourcePoolId: accepted.manifest.userPoolId,
    groupsOfUsersOnly: input.options.sample !== undefined,
  });
  const checked = preflight({
    poolId,
    settings,
    header,
    source: sourceOfPreflight(accepted, settings),
    users: found.survey.users,
    usage: found.survey.usage,
    allowTriggers: input.options.allowTriggers,
    ...mfaFacts(found, rules, run),
  });
  await nameLockedOut(found, rules, run);
  const { groups: known, ...tally } = found.tally;
  const mapped = await readGroupRoles(roleMapAsked(input), deps.objects);
  assertPreflight(poolId, {
    findings: [...checked.findings, ...mapped.findings, ...unknownGroups(mapped, known)],
    notes: [],
  });
  const groups = withRoles(known, mapped.roles);
  await putList(deps.objects, plannedGroupsKey(folder), groups);
  await putList(deps.objects, losersKey(folder), found.losers);
  await putList(deps.objects, aliasLosersKey(folder), found.aliasLosers);
  if (rules.signInName === 'emailOrPhone') await putList(deps.objects, byOtherAddressKey(folder), found.byOtherAddress);
  return {
    step: 'order',
    accepted,
    backup: counts,
    target: {
      pool,
      header,
      notes: [...checked.notes, ...userNotes(found), ...groupNotes(found), ...recoveryNotes(found, settings)],
    },
    tally: { ...tally, counts: { ...tally.counts, groupsWithoutRole: groups.filter(losesItsRole).length } },
    parts: found.parts,
  };
}

const userNotes = ({ losers, aliasLosers, tally }: ClassifiedBackup): string[] => [
  ...(losers.length === 0
    ? []
    : [
        `${countedAs(losers.length, 'user', ['has', 'have'])} the name of another user in the new pool and will not be restored; failures.csv lists them.`,
      ]),
  ...(aliasLosers.length === 0
    ? []
    : [
        `${countedAs(aliasLosers.length, 'user', ['has', 'have'])} an alias (verified address or preferred_username) by which another user signs in to the new pool: they are restored without it, and failures.csv lists them.`,
      ]),
  ...((tally.counts.withLosses ?? 0) === 0
    ? []
    : [
        `${countedAs(tally.counts.withLosses ?? 0, 'user', ['is', 'are'])} restored without an attribute that the new pool would refuse or the backup does not hold in a readable form; failures.csv names them.`,
      ]),
  ...((tally.counts.signInUnknown ?? 0) === 0
    ? []
    : [
        `Of ${counted(tally.counts.signInUnknown, 'user')} the backup does not tell for certain by which of two addresses ${tally.counts.signInUnknown === 1 ? 'it signs' : 'they sign'} in: restored with one of them, the e-mail address first; failures.csv names them.`,
      ]),
  ...((tally.counts.automaticGroups ?? 0) === 0
    ? []
    : [
        `${countedAs(tally.counts.automaticGroups ?? 0, 'group', ['is of the kind', 'are of the kind'])} that Cognito makes itself for the users of an identity provider (<pool id>_<provider>): such groups are neither created nor filled. The new pool gets its own when such users sign in.`,
      ]),
];

/** Which groups will lack something, or be missing. */
function groupNotes({ tally: { groups, groupsWithoutItem } }: ClassifiedBackup): string[] {
  const impossible = groups.filter(({ name }) => !isPossibleName(name)).length;
  return [
    ...(groupsWithoutItem === 0
      ? []
      : [
          `${countedAs(groupsWithoutItem, 'group', ['is', 'are'])} in the backup by members only: restored without description and precedence.`,
        ]),
    ...(impossible === 0
      ? []
      : [
          `${countedAs(impossible, 'group', ['has a name', 'have names'])} that Cognito will refuse, so that the group and its memberships will be missing: ${POSSIBLE_NAMES}.`,
        ]),
  ];
}

/** Who is locked out after the restore, said before it begins. */
function recoveryNotes({ tally: { counts } }: ClassifiedBackup, settings: PoolSettings): string[] {
  const { withoutRecovery = 0 } = counts;
  if (withoutRecovery === 0) return [];
  return [
    `${number(withoutRecovery)} of ${counted(counts.byCsv + counts.oneByOne, 'user')} cannot use "forgot password" in the new pool, which recovers ${offeredRecovery(settings)}, and nobody keeps a password: ${RECOVERY_STEP}.`,
  ];
}

/** Puts the users in the order of their groups, where that matters. */
export async function orderStep(state: StateOf<'order'>, run: PlanningRun): Promise<StateOf<'chunks'>> {
  const { objects } = run.deps;
  const groups = await readList(objects, plannedGroupsKey(run.folder), plannedGroupShape);
  const parts = await orderByGroup(objects, state.parts, groups, spoolPrefix(run, 'ordered'));
  return { ...state, step: 'chunks', parts, draft: newDraft(run.deps.newSecret()) };
}

/** Cuts one more chunk. */
export async function chunkStep(
  state: StateOf<'chunks'>,
  { input, deps, folder }: PlanningRun,
): Promise<StateOf<'chunks' | 'seal'>> {
  const groups = await readList(deps.objects, plannedGroupsKey(folder), plannedGroupShape);
  const rules = rulesFor(input, state.accepted, state.target);
  const giving = givingWay(
    await readList(deps.objects, losersKey(folder), subShape),
    await readList(deps.objects, aliasLosersKey(folder), aliasLoserShape),
    rules.signInName === 'emailOrPhone' ? await readList(deps.objects, byOtherAddressKey(folder), subShape) : [],
  );
  const draft = await cutChunk(state.draft, {
    objects: deps.objects,
    parts: state.parts,
    afterCollisions: (classified) => afterCollisions(classified, giving, rules),
    groupIndex: new Map(groups.map(({ name }, index) => [name, index])),
    firstGroups: state.tally.firstGroups,
    folder,
    groups,
    caseSensitive: state.target.pool.settings.caseSensitive,
    csvHeader: state.target.header,
    ...(rules.mfa === undefined ? {} : { mfa: rules.mfa }),
    sizes: { ...limitsOf(deps), counts: state.tally.counts },
  });
  return { ...state, step: draft.ended ? 'seal' : 'chunks', draft };
}
